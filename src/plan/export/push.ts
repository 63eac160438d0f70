import { toParisField } from '../../base/dates.ts';
import { LEVEL_NAMES, LEVELS, PHASE_NAMES } from '../../base/words.ts';
import type { Channel, PushInput } from '../../pushes/schema.ts';
import { SILENCE_NAMES } from '../../pushes/timing.ts';
import { pressWritten } from '../press-file.ts';
import { blockWritten } from './blocks.ts';
import { yamlOf } from './yaml.ts';

/** `2026-12-08 09:30`, a clock time in France. */
const instant = (at: Date | null): string | undefined => (at ? toParisField(at).replace('T', ' ') : undefined);

const WORDS: Record<Channel, string> = {
  newsletter: 'newsletter',
  communique: 'communiqué',
  webinaire: 'webinaire',
};

/** `envois/<slug>.yaml` */
export function pushWritten(push: PushInput): string {
  const { content } = push;
  return yamlOf({
    titre: push.title,
    canal: WORDS[push.channel],
    phase: PHASE_NAMES[push.phase],
    audience: push.audience,
    signataires: push.signatories,
    date: instant(push.scheduledAt),
    récurrence: push.recurrence ?? undefined,
    échéance: instant(push.deadlineAt),
    fenêtre: push.window ? { du: instant(push.window.from), au: instant(push.window.to) } : undefined,
    'réponse-avant': instant(push.answerBy),
    silence: push.silence === 'rien_ne_part' ? undefined : SILENCE_NAMES[push.silence],
    objet: content.subject,
    objets: Object.fromEntries(LEVELS.map((l) => [LEVEL_NAMES[l], content.subjects[l]])),
    'pré-en-tête': content.preheader,
    webinaire: content.webinar,
    ...pressWritten(content, push.title),
    blocs: content.blocks.map(blockWritten),
  });
}
