import { conflict, type FieldError, invalid } from '../base/errors.ts';
import { hasLeft, partnersOf } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { resourcesOfCampaign } from '../resources/queries.ts';
import { changesOf } from './changes.ts';
import { type WebinarRow, webinarInput } from './queries.ts';
import type { WebinarInput } from './schema.ts';

const refuse = (...fields: FieldError[]) =>
  invalid('webinaire_invalide', 'Le webinaire n’est pas enregistré : corrigez les champs signalés.', fields);

/** Whom and what it names must be there: partners that take part today, resources of the campaign. */
export async function refuseUnknown(trx: Trx, campaignId: number, input: WebinarInput, now: Date): Promise<void> {
  const partners = new Map((await partnersOf(trx, campaignId)).map((p) => [p.slug, p]));
  for (const slug of input.organisers) {
    const partner = partners.get(slug);
    if (!partner)
      throw refuse({ field: 'organisers', message: `« ${slug} » n’est pas une partenaire de cette campagne.` });
    if (hasLeft(partner, now))
      throw refuse({ field: 'organisers', message: `${partner.name} a quitté la campagne : retirez-la de la liste.` });
  }
  const known = new Set((await resourcesOfCampaign(trx, campaignId)).map((r) => r.slug));
  const unknown = input.resources.find((slug) => !known.has(slug));
  if (unknown !== undefined)
    throw refuse({ field: 'resources', message: `« ${unknown} » n’est pas dans l’inventaire de la campagne.` });
}

/** What a webinar that exists can no longer become. */
export function refuseChange(before: WebinarRow, input: WebinarInput, now: Date): void {
  if (before.said === 'annule')
    throw conflict('webinaire_annule', `« ${before.title} » est annulé, pour de bon : écrivez-en un autre.`);
  const { moved, hour } = changesOf(webinarInput(before), input);
  if (!moved) return;
  if (before.said === 'tenu')
    throw conflict(
      'webinaire_tenu',
      `« ${before.title} » a eu lieu : son heure et son lien ne changent plus. Pour un autre rendez-vous, écrivez un autre webinaire.`,
    );
  if (+input.startsAt !== +before.startsAt && input.startsAt <= now)
    throw refuse({ field: 'startsAt', message: 'Cette heure est déjà passée : choisissez-en une à venir.' });
  if (input.endsAt <= now)
    throw refuse({
      field: hour ? 'endsAt' : 'joinUrl',
      message: 'L’heure de ce webinaire est passée : donnez-lui une autre date avant d’y inviter de nouveau.',
    });
}

/**
 * Nobody who has a place loses it. `taken` is everybody's, `own` the organisation's: beside other organisations, those no
 * longer named included, the least room that is told is rounded up to ten, or trying numbers would count their registrants.
 */
export function refuseFewerPlaces(before: WebinarRow, input: WebinarInput, taken: number, own: number): void {
  if (input.capacity === null || (before.capacity !== null && input.capacity >= before.capacity)) return;
  const alone = before.organisers.length === 1 && before.organisers[0] === before.organisation.slug;
  const floor = alone && own === taken ? taken : Math.ceil(taken / 10) * 10;
  if (input.capacity >= floor) return;
  throw refuse({
    field: 'capacity',
    message: `Des personnes ont déjà une place, et personne ne perd la sienne : gardez au moins ${Math.min(floor, before.capacity ?? floor)} places.`,
  });
}
