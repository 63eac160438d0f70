import type { WebinarCard } from '../webinars/read-webinars.ts';
import { plural } from './push-words.tsx';
import { Section } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { Gauge } from './ui/gauge.tsx';
import { peopleText } from './webinar-words.tsx';

/** How full it is, as the reader's organisation may know it: its own people, and the others' together from k up. */
export const Places = ({ webinar: w, now }: { webinar: WebinarCard; now: Date }) => {
  const { placed, waiting, cancelled } = w.counts;
  const told = placed.others !== null || w.alone;
  const sum = placed.own + (placed.others ?? 0);
  // Once it is over, nobody looks for a place any more.
  const over = w.state === 'passe' || w.state === 'tenu' || w.state === 'annule';
  const room = over ? null : w.capacity;
  return (
    <Section title={over ? 'Les inscriptions' : 'Les places'}>
      <Gauge
        id="places"
        title={room === null ? 'Inscrits' : 'Places prises'}
        summary={summary(w, { room, over }, sum, told)}
        parts={[
          { label: w.alone ? 'Inscrits' : 'Votre organisation', value: placed.own },
          ...(placed.others === null ? [] : [{ label: 'Autres organisations', value: placed.others }]),
        ]}
        // Under k, what the others take is not drawn, and so what is left is not either.
        total={told ? room : null}
        left="Places libres"
        note={
          <p class="meta">
            {[
              waiting.own > 0 || waiting.others !== null ? `En attente : ${peopleText(waiting, w)}.` : '',
              cancelled.own > 0 || cancelled.others !== null ? `Annulées : ${peopleText(cancelled, w)}.` : '',
            ]
              .filter(Boolean)
              .join(' ') ||
              `${w.alone ? 'Personne n’attend, et personne n’a' : 'Dans votre organisation, personne n’attend et personne n’a'} annulé.`}
          </p>
        }
        passport={{
          unit: 'inscriptions',
          window: { from: w.createdAt, to: now, zone: 'Europe/Paris' },
          source: 'les inscriptions prises sur la page publique',
          definition:
            'une personne par adresse et par webinaire, qui a une place ; celles qui attendent et celles qui ont annulé sont à part',
          leftOut: w.alone
            ? 'rien'
            : `les inscriptions des autres organisations ne sont dites qu’ensemble, à partir de ${w.k}`,
          ruleVersion: 'webinaire-1',
        }}
      />
    </Section>
  );
};

function summary(
  w: WebinarCard,
  { room, over }: { room: number | null; over: boolean },
  sum: number,
  told: boolean,
): string {
  if (!told)
    return `${plural(w.counts.placed.own, 'personne', 'personnes')} de votre organisation ; moins de ${w.k} chez les autres${
      room === null ? '' : `, pour ${plural(room, 'place', 'places')}`
    }.`;
  const people = plural(sum, 'personne inscrite', 'personnes inscrites');
  if (room === null) return over ? `${people}.` : `${people}, sans limite de places.`;
  const free = Math.max(room - sum, 0);
  return free === 0
    ? `La salle est pleine : ${number(room)} places prises. Qui s’inscrit attend une place rendue.`
    : `${number(sum)} sur ${number(room)} : il reste ${plural(free, 'place', 'places')}.`;
}
