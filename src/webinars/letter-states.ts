import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { VOIDED } from '../outbox/void-owed.ts';
import { aboutWebinar } from './outbox-names.ts';
import type { LetterKind } from './schema.ts';

/**
 * What became of a letter. `inconnu`: a server may have it or not, and nobody but a person sends it again; `remplace`:
 * another one made it pointless before it left; `ancien`: left long ago, its mail is not kept any more.
 */
export type LetterFate = 'attend' | 'parti' | 'refuse' | 'inconnu' | 'remplace' | 'ancien';
export const LETTER_FATE_NAMES: Record<LetterFate, string> = {
  attend: 'va partir',
  parti: 'remis au serveur de courrier',
  refuse: 'refusé',
  inconnu: 'sort inconnu : peut-être reçu',
  remplace: 'remplacé avant de partir',
  ancien: 'parti',
};
export type LetterState = { registrationId: number; kind: LetterKind; at: Date; fate: LetterFate };

/**
 * The letters written to the registrants of one organisation for this webinar, the latest first, with what became of each.
 * Across organisations (mail owed is read by nobody else); `organisationId` keeps it to one's own.
 */
export async function letterStates(
  trx: Trx,
  of: { webinarId: number; organisationId: number },
): Promise<Map<number, LetterState[]>> {
  const { rows } = await sql<LetterState>`
    select l.registration_id as "registrationId", l.kind, l.at,
      case when o.id is null then 'ancien' when o.sent_at is not null then 'parti'
        when o.failed_at is not null then case when o.last_error = ${VOIDED} then 'remplace' else 'refuse' end
        when o.unknown_at is not null then 'inconnu' else 'attend' end as fate
    from webinar_letters l
    left join outbox o on o.about = ${aboutWebinar(of.webinarId)}
      and o.message->>'letter' = l.registration_id || '/' || l.kind || '/' || l.key
    where l.webinar_id = ${of.webinarId} and l.organisation_id = ${of.organisationId}
    order by l.at desc, o.id desc nulls last`.execute(trx);
  return Map.groupBy(rows, (r) => r.registrationId);
}

/** Of these, the registrants whose last word from us may not have reached them: one may be asked to be written again. */
export async function unknownLetters(
  trx: Trx,
  of: { webinarId: number; organisationId: number },
): Promise<LetterState[]> {
  const states = await letterStates(trx, of);
  return [...states.values()].flatMap(([last]) => (last?.fate === 'inconnu' ? [last] : []));
}
