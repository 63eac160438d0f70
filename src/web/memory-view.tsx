import { STANDINGS } from '../decisions/queries.ts';
import type { MemoryFilter, MemoryPage } from '../decisions/read-memory.ts';
import { INSTANCE_NAMES, INSTANCES } from '../decisions/schema.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { DecisionState, dayOf, decisionUrl, memoryUrl, noteUrl, Pieces, STANDING_NAMES } from './memory-words.tsx';
import { plural } from './push-words.tsx';
import { Acts, Button, ButtonLink, Columns, Empty, Fold, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { Pagination } from './ui/flow.tsx';

type Props = {
  /** Null: every memory this organisation reads. */
  campaign: { slug: string; name: string } | null;
  memory: MemoryPage;
  filter: MemoryFilter;
  /** The address of this page with other values; null takes one away. */
  link: (change: Record<string, string | null>) => string;
  /** Not the first page. */
  later: boolean;
  mayWrite: boolean;
  mayReport: boolean;
};

export const MemoryView = (p: Props) => {
  const { campaign, memory } = p;
  const base = memoryUrl(campaign);
  const writes = p.mayWrite && memory.open;
  return (
    <>
      <PageHead
        back={
          campaign
            ? { href: `/campagnes/${campaign.slug}`, label: campaign.name }
            : { href: '/campagnes', label: 'Campagnes' }
        }
        title={campaign ? 'Ce qui a été décidé, et pourquoi' : 'Tout ce que vous avez décidé'}
        lead={leadText(p)}
      />
      {campaign && <CampaignTabs slug={campaign.slug} current="memoire" mayReport={p.mayReport} />}
      <Acts>
        {writes && (
          <ButtonLink href={`${base}/decisions/nouvelle`} primary>
            Noter une décision
          </ButtonLink>
        )}
        {campaign && (
          <>
            {writes && <ButtonLink href={`${base}/compte-rendu`}>Préparer la prochaine réunion</ButtonLink>}
            <ButtonLink href={`/campagnes/${campaign.slug}/passation`} quiet>
              Passer le relais à quelqu’un
            </ButtonLink>
            <ButtonLink href={`${base}/document`} quiet>
              Tout en un document
            </ButtonLink>
          </>
        )}
      </Acts>
      <Columns aside={<Watch {...p} base={base} writes={writes} />}>
        <Section title="Les décisions">
          {memory.total > 0 && <Filters {...p} base={base} />}
          <List {...p} base={base} writes={writes} />
        </Section>
      </Columns>
    </>
  );
};

function leadText({ campaign, memory }: Props): string {
  if (memory.total === 0)
    return 'La mémoire survit aux personnes qui changent : elle commence à la première décision notée.';
  const pending = memory.pending > 0 ? `, dont ${memory.pending} en attente` : '';
  const whose = campaign ? '' : ', dans vos campagnes et chez vous';
  return `${plural(memory.total, 'décision', 'décisions')}${pending}${whose}.`;
}

const Filters = ({ memory, filter, base }: Props & { base: string }) => (
  <form method="get" action={base}>
    <Field
      kind="search"
      name="recherche"
      label="Chercher dans la mémoire"
      hint="Accents et pluriels sont indifférents. Les mots entre guillemets droits se suivent."
      value={filter.search}
      maxlength={200}
      bare
    />
    <Fold title="Filtrer" open={filtered({ ...filter, search: undefined })}>
      <FieldRow>
        <Field
          kind="select"
          name="instance"
          label="Instance"
          value={filter.instance}
          bare
          options={[{ value: '', label: 'toutes' }, ...INSTANCES.map((i) => ({ value: i, label: INSTANCE_NAMES[i] }))]}
        />
        <Field
          kind="select"
          name="etat"
          label="État"
          value={filter.standing}
          bare
          options={[{ value: '', label: 'tous' }, ...STANDINGS.map((s) => ({ value: s, label: STANDING_NAMES[s] }))]}
        />
        {memory.organisations.length > 1 && (
          <Field
            kind="select"
            name="organisation"
            label="Organisation"
            value={filter.organisation}
            bare
            options={[
              { value: '', label: 'toutes' },
              ...memory.organisations.map((o) => ({ value: o.slug, label: o.name })),
            ]}
          />
        )}
        {memory.pushes.length > 0 && (
          <Field
            kind="select"
            name="envoi"
            label="Envoi"
            value={filter.push}
            bare
            options={[{ value: '', label: 'tous' }, ...memory.pushes.map((x) => ({ value: x.slug, label: x.title }))]}
          />
        )}
      </FieldRow>
    </Fold>
    <Acts>
      <Button>Chercher</Button>
      {filtered(filter) && (
        <ButtonLink href={base} quiet>
          Tout revoir
        </ButtonLink>
      )}
    </Acts>
  </form>
);

const filtered = (f: MemoryFilter): boolean => Object.values(f).some((v) => v !== undefined);

const List = (p: Props & { base: string; writes: boolean }) => {
  const { memory, campaign } = p;
  if (memory.decisions.length === 0)
    return memory.total > 0 ? (
      <Empty title="Aucune décision ne répond à cette recherche.">
        <p>Essayez avec moins de mots, ou sans filtre.</p>
      </Empty>
    ) : (
      <Empty
        title="Rien n’est encore noté ici."
        act={p.writes ? { href: `${p.base}/decisions/nouvelle`, label: 'Noter la première décision' } : undefined}
      >
        <p>
          Une réunion, un arbitrage, un choix : notez ce qui est décidé, entre quelles options et pourquoi. Ce qui
          attend encore une décision se note aussi.
        </p>
      </Empty>
    );
  return (
    <>
      <Rows label="Décisions, la plus récente d’abord">
        {memory.decisions.map((d) => (
          <Row
            when={dayOf(d.date)}
            datetime={d.date}
            what={d.found ? <Pieces pieces={d.found.subject} /> : d.subject}
            href={decisionUrl(d.id)}
            meta={
              <>
                {[
                  INSTANCE_NAMES[d.instance],
                  ...(campaign ? [] : [d.campaign?.name ?? 'votre organisation']),
                  ...(d.push ? [d.push.title] : []),
                ].join(' · ')}
                {d.found
                  ? d.found.text.length > 0 && (
                      <>
                        {' · '}
                        <Pieces pieces={d.found.text} />
                      </>
                    )
                  : d.decision
                    ? ` · ${beginning(d.decision)}`
                    : ''}
              </>
            }
            end={<DecisionState decision={d} />}
          />
        ))}
      </Rows>
      {p.later && (
        <p>
          <a href={p.link({ avant: null })}>Revenir aux plus récentes</a>
        </p>
      )}
      <Pagination next={memory.next ? p.link({ avant: `${memory.next.date}.${memory.next.id}` }) : null} />
    </>
  );
};

const Watch = ({ memory, base, writes, campaign, filter, link }: Props & { base: string; writes: boolean }) => (
  <Section title="Veille" action={writes ? { href: `${base}/veille/nouvelle`, label: 'Noter une lecture' } : undefined}>
    {memory.notes.length === 0 ? (
      <p class="meta">
        {filtered(filter)
          ? 'Aucune note de veille ne répond à cette recherche.'
          : writes
            ? 'Une étude, un texte, un article qui changent la donne : gardez-en l’essentiel ici.'
            : 'Aucune note de veille.'}
      </p>
    ) : (
      <>
        <Rows label="Notes de veille, la plus récente d’abord">
          {memory.notes.map((n) => (
            <Row
              what={n.found ? <Pieces pieces={n.found.subject} /> : n.title}
              href={noteUrl(n.id)}
              meta={[dayOf(n.date), n.sourceName, ...(campaign ? [] : [n.campaign?.name ?? 'votre organisation'])]
                .filter(Boolean)
                .join(' · ')}
            />
          ))}
        </Rows>
        {memory.nextNote && (
          <p>
            <a href={link({ veille: `${memory.nextNote.date}.${memory.nextNote.id}` })}>Notes plus anciennes</a>
          </p>
        )}
      </>
    )}
  </Section>
);

/** The first words of a text, on one line. */
export const beginning = (text: string, length = 170): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length).replace(/\s\S*$/, '')} …`;
};
