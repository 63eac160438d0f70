import { z } from 'zod';
import { parseParis } from '../base/dates.ts';
import { PHASE_NAMES, PHASES } from '../base/words.ts';
import { CHANNEL_NAMES, CHANNELS, type PushInput, pushSchema } from '../pushes/schema.ts';
import { SILENCE_NAMES, SILENCES } from '../pushes/timing.ts';
import { blockOf, type Place, writtenPath } from './blocks-file.ts';
import { levelWord } from './campaign-file.ts';
import { check, checkAs, fields, listOf, text, word } from './fields.ts';
import { PRESS_FIELDS, PRESS_KEYS, pressOf, pressPath } from './press-file.ts';
import type { Problem } from './problems.ts';
import type { Path, YamlSource } from './yaml-source.ts';

/** A clock time in France, down to the minute. */
export const instant = z.string({ error: 'Une date s’écrit 2026-12-08 09:30.' }).transform((written, ctx) => {
  const at = parseParis(written);
  if (at) return at;
  ctx.addIssue({
    code: 'custom',
    message: `« ${written} » n’est pas une date qui existe. Écrivez par exemple 2026-12-08 09:30 (heure de Paris).`,
  });
  return z.NEVER;
});

/** `envois/<slug>.yaml` */
const pushFile = fields({
  titre: text,
  canal: word(CHANNELS, CHANNEL_NAMES),
  phase: word(PHASES, PHASE_NAMES),
  audience: text,
  signataires: listOf(text),
  date: instant.optional(),
  récurrence: text.optional(),
  échéance: instant.optional(),
  /** Between these two moments it may leave at any hour: a date that moves inside asks nobody again. */
  fenêtre: fields({ du: instant, au: instant }).optional(),
  'réponse-avant': instant.optional(),
  silence: word(SILENCES, SILENCE_NAMES).optional(),
  objet: text,
  objets: z.record(z.string(), text).optional(),
  'pré-en-tête': text.optional(),
  ...PRESS_FIELDS,
  /** Of an invitation: which webinar of `webinaires.yaml`. */
  webinaire: text.optional(),
  /** A press release may say it all in its chapô, an invitation in its webinar. */
  blocs: z.array(z.unknown()).optional(),
});

const NAMES: Record<string, string> = {
  title: 'titre',
  channel: 'canal',
  signatories: 'signataires',
  scheduledAt: 'date',
  deadlineAt: 'échéance',
  recurrence: 'récurrence',
  window: 'fenêtre',
  answerBy: 'réponse-avant',
  slug: 'titre',
};
const CONTENT_NAMES: Record<string, string> = {
  subject: 'objet',
  subjects: 'objets',
  preheader: 'pré-en-tête',
  webinar: 'webinaire',
};

/** The push of one file, or what is wrong with it. */
export function pushOf(
  source: YamlSource,
  slug: string,
  campaign: Place,
): { value: PushInput | null; problems: Problem[] } {
  const { data, problems } = check(source, pushFile);
  if (!data) return { value: null, problems };
  const found: Problem[] = [];
  const press = data.canal === 'communique';
  if (!press) {
    for (const key of PRESS_KEYS)
      if (data[key] !== undefined)
        found.push(
          source.atKey([], key, `« ${key} » se dit d’un communiqué : écrivez « canal: communiqué », ou retirez-le.`),
        );
  }
  if (data.canal === 'newsletter' && data.blocs === undefined) found.push(source.at(['blocs'], 'Il manque « blocs ».'));
  const inviting = data.canal === 'webinaire';
  if (inviting && data.webinaire === undefined)
    found.push(source.at(['webinaire'], 'Il manque « webinaire » : nommez un webinaire de webinaires.yaml.'));
  if (!inviting && data.webinaire !== undefined)
    found.push(
      source.atKey(
        [],
        'webinaire',
        '« webinaire » se dit d’une invitation : écrivez « canal: webinaire », ou retirez-le.',
      ),
    );
  const written = data.blocs ?? [];
  const blocks = written.map((one, i) => {
    const { block, issues } = blockOf(one, i, campaign);
    for (const issue of issues) {
      const path = ['blocs', i, ...issue.path];
      found.push(
        issue.key === undefined ? source.at(path, issue.message) : source.atKey(path, issue.key, issue.message),
      );
    }
    return block;
  });
  const subjects: Record<string, string> = {};
  for (const [key, subject] of Object.entries(data.objets ?? {})) {
    const level = levelWord.safeParse(key);
    if (level.success) subjects[level.data] = subject;
    else found.push(source.atKey(['objets'], key, level.error.issues[0]?.message ?? 'Ce niveau n’est pas connu.'));
  }
  // Blocks that cannot be read would only echo here.
  if (found.length) return { value: null, problems: found };
  const checked = checkAs(
    source,
    pushSchema,
    {
      slug,
      title: data.titre,
      channel: data.canal,
      phase: data.phase,
      audience: data.audience,
      signatories: data.signataires,
      scheduledAt: data.date ?? null,
      deadlineAt: data.échéance ?? null,
      recurrence: data.récurrence ?? null,
      window: data.fenêtre ? { from: data.fenêtre.du, to: data.fenêtre.au } : null,
      answerBy: data['réponse-avant'] ?? null,
      silence: data.silence ?? 'rien_ne_part',
      content: {
        subject: data.objet,
        subjects,
        preheader: data['pré-en-tête'],
        blocks,
        ...(press ? { press: pressOf(data, data.titre) } : {}),
        ...(inviting ? { webinar: data.webinaire } : {}),
      },
    },
    (path) => fileLevel(path, written),
  );
  return { value: checked.data, problems: checked.problems };
}

function fileLevel(path: Path, blocks: readonly unknown[]): Path {
  const [first, second, index, ...rest] = path;
  if (first !== 'content') return path.map((step) => NAMES[String(step)] ?? step);
  if (second === 'press') return pressPath(path.slice(2));
  if (second !== 'blocks') return [CONTENT_NAMES[String(second)] ?? String(second), ...path.slice(2)];
  if (index === undefined) return ['blocs'];
  return ['blocs', index, ...writtenPath(blocks[Number(index)], rest)];
}
