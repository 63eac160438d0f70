import { z } from 'zod';
import { written } from '../campaigns/plan-fields.ts';
import type { WebinarRow } from '../webinars/queries.ts';

/** Whom a letter after the webinar is for: those who came, and those who did not. */
export const FOLLOWED = ['presents', 'absents'] as const;
export type Followed = (typeof FOLLOWED)[number];
export const FOLLOWED_NAMES: Record<Followed, string> = { presents: 'présents', absents: 'absents' };

const letterSchema = z.strictObject({
  to: z.enum(FOLLOWED),
  subject: written(160, 'Donnez un objet à cette lettre.'),
  /** Markdown subset of a text block. */
  words: written(6000, 'Écrivez cette lettre.'),
  /** Ends with the address of the survey. */
  survey: z.boolean().default(false),
});
export type FollowUpLetter = z.output<typeof letterSchema>;

export const followUpSchema = z.strictObject({
  letters: z
    .array(letterSchema)
    .min(1, 'Choisissez à qui écrire.')
    .refine((all) => new Set(all.map((l) => l.to)).size === all.length, 'Une seule lettre par groupe.'),
});
export type FollowUpInput = z.output<typeof followUpSchema>;

/** What is proposed; `shown` says what the letter will end with. */
export function draftLetter(
  to: Followed,
  { title, resources }: Pick<WebinarRow, 'title' | 'resources'>,
  shown: { replay: boolean; survey: boolean },
): FollowUpLetter {
  const below = [shown.replay && 'l’enregistrement', resources.length > 0 && 'les ressources présentées']
    .filter(Boolean)
    .join(' et ');
  const paragraphs =
    to === 'presents'
      ? [
          `Merci d’avoir suivi « ${title} ».`,
          below && `Vous trouverez ci-dessous ${below} : faites-les circuler autour de vous.`,
          shown.survey &&
            'Une minute pour nous dire ce que vous en pensez ? Personne ne saura qui a répondu quoi, et cela nous aide à faire mieux.',
        ]
      : [
          `Vous aviez demandé à suivre « ${title} », et votre nom ne figure pas parmi les présents. Si vous étiez là sous un autre nom, pardonnez-nous.`,
          below && `Rien n’est perdu : voici ${below}, à voir quand vous voulez.`,
          shown.survey && 'Une minute pour nous dire ce qui vous serait utile ? Personne ne saura qui a répondu quoi.',
        ];
  return {
    to,
    subject: to === 'presents' ? `Merci d’avoir suivi « ${title} »` : `« ${title} » : à voir quand vous voulez`,
    words: paragraphs.filter(Boolean).join('\n\n'),
    survey: shown.survey,
  };
}
