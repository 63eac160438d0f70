import type { Child } from 'hono/jsx';
import type { PushLine } from '../deliveries/read-pushes.ts';
import type { RowFilter, RowLine, RowStory, RowsPage } from '../deliveries/read-rows.ts';
import { REASON_NAMES, STATE_NAMES, type State } from '../deliveries/schema.ts';
import type { PushSheet } from '../pushes/read-push.ts';
import { capital } from './capital.ts';
import { PushHead } from './push-parts.tsx';
import { pushUrl, whenOf } from './push-words.tsx';
import { Acts, Button, Empty, Facts, PageHead, Prose, Section } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { Pagination, Tabs } from './ui/flow.tsx';
import { DataTable } from './ui/table.tsx';

const ALL = 'Tous';
const CAMPAIGN = 'traité par la campagne';
const nameOf = (state: State | 'campagne'): string => (state === 'campagne' ? CAMPAIGN : STATE_NAMES[state]);

type RowsProps = {
  push: PushSheet;
  line: PushLine;
  list: RowsPage;
  filter: RowFilter;
  organisation: number;
  maySend: boolean;
};

export const RowsView = (p: RowsProps) => {
  const here = pushUrl(p.push, '/destinataires');
  const total = Object.values(p.list.counts).reduce((sum, n) => sum + (n ?? 0), 0);
  return (
    <>
      <PushHead push={p.push} line={p.line} organisation={p.organisation} current="destinataires" />
      <Section title="Vos contacts dans cet envoi" note="ceux des partenaires ne sont lus que par eux">
        {total === 0 ? (
          <Empty title="La liste n’est pas encore arrêtée.">
            <p>Elle le sera au départ de l’envoi : vous verrez ici ce que devient chaque message.</p>
          </Empty>
        ) : (
          <>
            <Tabs
              label="État"
              tabs={[
                { href: here, label: `${ALL} (${number(total)})`, current: p.filter === null },
                ...Object.entries(p.list.counts).map(([state, n]) => ({
                  href: `${here}?etat=${state}`,
                  label: `${capital(nameOf(state as State))} (${number(n ?? 0)})`,
                  current: p.filter === state,
                })),
              ]}
            />
            {p.filter === 'unknown' && <Unknown />}
            {p.filter === 'unknown' && p.maySend && p.list.rows.length > 0 ? (
              <form method="get" action={pushUrl(p.push, '/destinataires/renvoi')}>
                <RowsTable {...p} choosing />
                <Acts>
                  <Button>Renvoyer aux personnes cochées…</Button>
                </Acts>
              </form>
            ) : (
              <RowsTable {...p} />
            )}
            <Pagination
              next={p.list.next === null ? null : `${here}?${p.filter ? `etat=${p.filter}&` : ''}apres=${p.list.next}`}
            />
          </>
        )}
      </Section>
    </>
  );
};

const Unknown = () => (
  <Prose>
    <p>
      Pour ces messages, la réponse du serveur ne nous est pas parvenue : coupure, arrêt d’une machine. Ils ont pu
      arriver ou non. Ils ne repartent jamais d’eux-mêmes ; vous pouvez choisir ceux qui repartent.
    </p>
  </Prose>
);

const RowsTable = ({ push, list, filter, choosing }: RowsProps & { choosing?: boolean }) =>
  list.rows.length === 0 ? (
    <Empty
      title="Personne dans cet état."
      act={{ href: pushUrl(push, '/destinataires'), label: 'Voir tout le monde' }}
    />
  ) : (
    <DataTable
      caption={filter ? capital(nameOf(filter)) : 'Dans l’ordre de l’envoi'}
      compact
      columns={[{ label: 'Destinataire' }, { label: 'État' }, { label: 'Quand' }, { label: 'Ce qu’a dit le serveur' }]}
      rows={list.rows.map((row) => [
        choosing ? <Choice row={row} /> : <a href={storyOf(push, row)}>{row.address ?? 'contact effacé'}</a>,
        choosing ? <a href={storyOf(push, row)}>{stateOf(row)}</a> : stateOf(row),
        row.at ? whenOf(row.at) : '–',
        row.reply || '–',
      ])}
    />
  );

const storyOf = (push: PushSheet, row: RowLine): string => pushUrl(push, `/destinataires/${row.id}`);

const Choice = ({ row }: { row: RowLine }) => (
  <span class="choice">
    <input type="checkbox" id={`ligne-${row.id}`} name="ligne" value={row.id} />
    <label for={`ligne-${row.id}`}>{row.address ?? 'contact effacé'}</label>
  </span>
);

function stateOf({ state, reason, nextAt }: RowLine): Child {
  const why = reason && reason in REASON_NAMES ? ` : ${REASON_NAMES[reason as keyof typeof REASON_NAMES]}` : '';
  const next = state === 'deferred' && nextAt ? `, nouvel essai ${whenOf(nextAt)}` : '';
  return `${capital(nameOf(state))}${why}${next}`;
}

const EVENT_NAMES: Record<string, string> = {
  renvoi: 'renvoyé à la demande d’une personne',
  retour: 'message revenu',
};

/** One row: what is known of it, in order. */
export const RowPage = ({ push, row }: { push: PushSheet; row: RowStory }) => (
  <>
    <PageHead
      back={{ href: pushUrl(push, '/destinataires'), label: `Destinataires de « ${push.title} »` }}
      title={row.address ?? 'Contact effacé'}
      lead={stateOf(row)}
    />
    <Section title="Ce que nous savons">
      <Facts
        items={[
          ['Personne', row.name || '–'],
          ['État', stateOf(row)],
          ['Depuis', row.at ? whenOf(row.at) : '–'],
          ['Essais', row.state === 'campagne' ? '–' : number(row.attempts)],
          ['Dernière réponse', row.reply || '–'],
          ['Identifiant du message', row.messageId ?? '–'],
        ]}
      />
    </Section>
    {row.events.length > 0 && (
      <Section title="Son histoire">
        <DataTable
          caption="Du plus ancien au plus récent"
          columns={[{ label: 'Quand' }, { label: 'Ce qui s’est passé' }, { label: 'Mots du serveur' }]}
          rows={row.events.map((e) => [
            whenOf(e.at),
            capital(EVENT_NAMES[e.what] ?? STATE_NAMES[e.what as State] ?? e.what),
            e.reply || '–',
          ])}
        />
      </Section>
    )}
    {row.address && (
      <Acts>
        <a href={`/contacts/${row.contactId}`}>Voir ce contact</a>
      </Acts>
    )}
  </>
);
