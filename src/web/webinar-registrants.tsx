import { shortDateTime } from '../base/dates.ts';
import { PUBLIC_NAMES } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { LetterState } from '../webinars/letter-states.ts';
import type { Registrant, RegistrantPage } from '../webinars/read-registrants.ts';
import type { WebinarSheet } from '../webinars/read-webinars.ts';
import { plural, quoted } from './push-words.tsx';
import { Acts, Button, ButtonLink, Empty, PageHead, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { Pagination } from './ui/flow.tsx';
import { State, type StateKind } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';
import { peopleText, webinarUrl } from './webinar-words.tsx';

export const registrantName = (r: Pick<Registrant, 'firstName' | 'lastName' | 'address'>): string =>
  [r.firstName, r.lastName].filter(Boolean).join(' ') || r.address || 'personne oubliée';

/** The organisation's own registrants. Partners' are not here, nor in any search. */
export const RegistrantsPage = (p: {
  campaign: CampaignSheet;
  webinar: WebinarSheet;
  list: RegistrantPage;
  search: string;
  first: boolean;
}) => {
  const { webinar: w } = p;
  const here = webinarUrl(p.campaign.slug, w.slug, '/inscriptions');
  const nobody = p.first && p.search === '' && p.list.rows.length === 0;
  return (
    <>
      <PageHead
        back={{ href: webinarUrl(p.campaign.slug, w.slug), label: 'Le webinaire' }}
        kicker={w.title}
        title={nobody ? 'Personne ne s’est encore inscrit.' : 'Les personnes inscrites'}
        lead={
          w.alone
            ? undefined
            : 'Celles de votre organisation : les autres ne les lisent pas, et vous ne lisez pas les leurs.'
        }
      >
        {!nobody && (
          <Acts>
            <ButtonLink href={webinarUrl(p.campaign.slug, w.slug, '/intervenants.csv')} download>
              La liste pour les intervenants (CSV, sans adresses)
            </ButtonLink>
          </Acts>
        )}
      </PageHead>
      {nobody ? (
        <Empty
          title={
            w.state === 'prepare' ? 'Les inscriptions ne sont pas ouvertes.' : 'La page publique attend ses lecteurs.'
          }
        >
          <p>
            {w.state === 'prepare'
              ? 'Ouvrez-les depuis la page du webinaire, puis écrivez l’invitation.'
              : 'Écrivez l’invitation, ou donnez l’adresse de la page à vos relais.'}
          </p>
        </Empty>
      ) : (
        <Section title="La liste" note={peopleText(w.counts.placed, w)}>
          {p.list.unknown > 0 && (
            <p>
              {plural(p.list.unknown, 'personne n’a peut-être pas reçu', 'personnes n’ont peut-être pas reçu')} notre
              dernier message : le serveur de courrier n’a pas répondu. Il ne repart pas de lui-même ; ouvrez la fiche
              de la personne pour le renvoyer.
            </p>
          )}
          <form method="get" action={here}>
            <FieldRow>
              <Field kind="search" name="recherche" label="Nom, adresse, entreprise" value={p.search} bare />
              <Button>Chercher</Button>
            </FieldRow>
          </form>
          {p.list.rows.length === 0 ? (
            <Empty title="Personne ne correspond." act={{ href: here, label: 'Voir toute la liste' }} />
          ) : (
            <DataTable
              caption="De la plus récente à la plus ancienne"
              compact
              columns={[
                { label: 'Personne' },
                { label: 'Adresse' },
                { label: 'Structure' },
                { label: 'Inscription' },
                { label: 'Où elle en est' },
              ]}
              rows={p.list.rows.map((r) => [
                <>
                  <a href={`${here}/${r.id}`}>{registrantName(r)}</a>
                  {r.question && <p class="meta">{quoted(r.question)}</p>}
                </>,
                r.address ?? '–',
                [r.company, PUBLIC_NAMES[r.public]].filter(Boolean).join(', '),
                shortDateTime(r.registeredAt),
                <Standing registrant={r} />,
              ])}
            />
          )}
          <Pagination next={p.list.next === null ? null : nextPage(here, p.search, p.list.next)} />
        </Section>
      )}
    </>
  );
};

function nextPage(here: string, search: string, after: number): string {
  const query = new URLSearchParams({ ...(search ? { recherche: search } : {}), apres: String(after) });
  return `${here}?${query}`;
}

const CANCELLED_BY = {
  lien: 'annulée par la personne',
  agenda: 'annulée depuis son agenda',
  organisation: 'annulée par l’organisation',
} as const;
const REPLIES = {
  accepte: 'vient, dit son agenda',
  peut_etre: 'peut-être, dit son agenda',
  decline: 'ne vient pas, dit son agenda',
};

export const Standing = ({ registrant: r }: { registrant: Registrant & { letters: LetterState[] } }) => {
  const [kind, text]: [StateKind, string] = r.cancelledAt
    ? ['off', r.cancelledBy ? CANCELLED_BY[r.cancelledBy] : 'annulée']
    : r.letters[0]?.fate === 'inconnu'
      ? ['stop', 'dernier message : sort inconnu']
      : r.place === 'attente'
        ? ['wait', 'attend une place']
        : ['ok', r.reply ? REPLIES[r.reply] : 'a une place'];
  return <State kind={kind}>{text}</State>;
};
