import type { CsvValue } from '../base/csv.ts';
import type { PersonFile } from '../contacts/export-person.ts';
import { STATE_NAMES } from '../deliveries/schema.ts';
import { TREATED } from '../pressure/own-view.ts';

/** What became of a message, as the organisation may say it. */
export const stateName = (state: string): string =>
  state === TREATED ? 'traité par la campagne' : (STATE_NAMES[state as keyof typeof STATE_NAMES] ?? state);

/** PRV-55 as a table anybody opens: heading, what, value. */
export function personRows({
  profile,
  consents,
  suppressions,
  messages,
  registrations,
  clicks,
}: PersonFile): CsvValue[][] {
  return [
    ['Rubrique', 'Élément', 'Valeur', 'Date'],
    ...Object.entries(profile).map(([key, value]): CsvValue[] => [
      'profil',
      key,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
    ...consents.map((k): CsvValue[] => [
      'accord',
      k.purpose,
      `${k.value === 'granted' ? 'accord' : 'refus'} (${k.source})${k.wording ? ` : ${k.wording}` : ''}`,
      k.at,
    ]),
    ...suppressions.map((s): CsvValue[] => ['ne plus écrire', s.scope, `${s.reason} (${s.source})`, s.at]),
    ...messages.map((m): CsvValue[] => ['message', m.push, stateName(m.state), m.handedAt]),
    ...registrations.map((r): CsvValue[] => [
      'inscription',
      r.webinar,
      [
        r.cancelledAt ? 'annulée' : r.place,
        r.firstName,
        r.lastName,
        r.company,
        r.question,
        r.minutes !== null && `${r.minutes} min`,
      ]
        .filter(Boolean)
        .join(', '),
      r.registeredAt,
    ]),
    ...clicks.map((k): CsvValue[] => [
      'clic compté à son nom',
      k.push,
      `${k.link} (${k.url})${k.setAside ? ', mis de côté comme automatique' : ''}`,
      k.at,
    ]),
  ];
}
