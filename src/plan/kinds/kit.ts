import { z } from 'zod';
import { type KitSettings, kitSettingsSchema } from '../../relay-kits/schema.ts';
import { kitSettingsOf, writeKitSettings } from '../../relay-kits/settings.ts';
import { yamlOf } from '../export/yaml.ts';
import { check, checkAs, fields, listOf, text, yesNo } from '../fields.ts';
import { kind } from './kind.ts';
import { fromYaml } from './yaml-text.ts';

/** Left out: every one that may be shown. « aucun »: none of them. */
const chosen = z.preprocess((v) => (v === 'aucun' ? [] : v), z.array(text)).optional();
const chosenWritten = (slugs: string[] | null) => (slugs === null ? undefined : slugs.length ? slugs : 'aucun');

const kitFile = fields({
  'ouvert au public': yesNo.optional(),
  introduction: text.optional(),
  affiche: fields({ titre: text.optional(), texte: text.optional() }).optional(),
  destination: text.optional(),
  'éléments de langage': chosen,
  ressources: chosen,
  visuels: listOf(text).optional(),
  extrait: text.optional(),
});

const NAMES: Record<string, string[]> = {
  introduction: ['introduction'],
  posterTitle: ['affiche', 'titre'],
  posterText: ['affiche', 'texte'],
  destination: ['destination'],
  keyMessages: ['éléments de langage'],
  resources: ['ressources'],
  visuals: ['visuels'],
  extract: ['extrait'],
};

/** `kit.yaml`: what the kits of all relays contain. */
export const kit = kind<KitSettings>({
  what: 'kit',
  file: 'kit.yaml',
  keyOf: () => 'kit',
  read: (name, bytes) =>
    fromYaml(name, bytes, (source) => {
      const { data, problems } = check(source, kitFile);
      if (!data) return { value: [], problems };
      const given = {
        open: data['ouvert au public'],
        introduction: data.introduction,
        posterTitle: data.affiche?.titre,
        posterText: data.affiche?.texte,
        destination: data.destination,
        keyMessages: data['éléments de langage'],
        resources: data.ressources,
        visuals: data.visuels,
        extract: data.extrait,
      };
      const checked = checkAs(source, kitSettingsSchema, given, ([first, ...rest]) => [
        ...(NAMES[String(first)] ?? [String(first)]),
        ...rest,
      ]);
      return checked.data ? { value: [checked.data], problems: [] } : { value: [], problems: checked.problems };
    }),
  written: ([k]) =>
    k
      ? yamlOf({
          'ouvert au public': k.open ? 'oui' : undefined,
          introduction: k.introduction,
          affiche: { titre: k.posterTitle, texte: k.posterText },
          destination: k.destination ?? undefined,
          'éléments de langage': chosenWritten(k.keyMessages),
          ressources: chosenWritten(k.resources),
          visuels: k.visuals,
          extrait: k.extract ?? undefined,
        })
      : '',
  async current(trx, campaign) {
    const settings = await kitSettingsOf(trx, campaign.id);
    const usual = kitSettingsSchema.parse({});
    return JSON.stringify(settings) === JSON.stringify(usual) ? [] : [settings];
  },
  write: (trx, ctx, campaign, settings) => writeKitSettings(trx, ctx, campaign.id, settings),
  fromModel: (k) => k,
});
