import type { CampaignRow } from '../campaigns/queries.ts';
import { CELL_DIMENSION_NAMES, LINK_MODE_NAMES } from '../campaigns/schema.ts';
import type { Dimension } from '../deliveries/select.ts';
import { CLASSES, type HitClass, RULE_VERSION, RULES } from '../tracking/classify.ts';
import { DEFINITIONS, type Definition, type FigureName, notesOf } from './definitions.ts';
import type { Figure } from './figure.ts';
import { dimensionsOf, type Table } from './tables.ts';

/** What a class of request is called in the interface. */
export const CLASS_NAMES: Record<HitClass, string> = {
  scanner: 'robot',
  suspect: 'douteux',
  inconnu: 'retenu',
  qualifie: 'retenu',
  confirme: 'retenu',
};

/** How everything is counted: made from the definitions and the rules in use, so that it cannot say otherwise than they do. */
export type Methods = {
  /** Of the rules that class requests, and of the definitions. */
  version: number;
  figures: ({ name: FigureName } & Definition)[];
  rules: { rule: string; class: string; reason: string }[];
  settings: { what: string; value: string }[];
  notes: readonly string[];
};

type Shown = {
  /** Dimensions of the groups that every group mixes. */
  blurred: readonly Dimension[];
  figures: Partial<Record<FigureName, Figure>>;
  tables: readonly Table[];
};

export function methodsOf(campaign: CampaignRow, { blurred, figures, tables }: Shown): Methods {
  const used = new Set<string>([...Object.keys(figures), ...tables.flatMap((t) => t.columns)]);
  const names = (Object.keys(DEFINITIONS) as FigureName[]).filter((name) => used.has(name));
  const cut = dimensionsOf(campaign).cut.filter((d) => !blurred.includes(d));
  return {
    version: RULE_VERSION,
    figures: names.map((name) => ({ name, ...DEFINITIONS[name] })),
    rules: RULES.toSorted((a, b) => CLASSES.indexOf(a.class) - CLASSES.indexOf(b.class)).map((r) => ({
      rule: r.rule,
      class: CLASS_NAMES[r.class],
      reason: r.reason,
    })),
    settings: [
      { what: 'Plus petit groupe publié', value: `${campaign.k} destinataires` },
      { what: 'Liens', value: LINK_MODE_NAMES[campaign.linkMode] },
      {
        what: 'Les clics se comptent par',
        value:
          cut.length > 0 ? ['organisation', ...cut.map((d) => CELL_DIMENSION_NAMES[d])].join(', ') : 'organisation',
      },
      ...(blurred.length > 0
        ? [
            {
              what: 'Et non par',
              value: `${blurred.map((d) => CELL_DIMENSION_NAMES[d]).join(', ')} : les groupes seraient trop petits`,
            },
          ]
        : []),
      { what: 'Fuseau', value: 'Europe/Paris : un jour de changement d’heure a 23 ou 25 heures' },
    ],
    notes: notesOf(campaign.linkMode),
  };
}
