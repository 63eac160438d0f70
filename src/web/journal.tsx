import { Hono } from 'hono';
import { parseParis, shortDateTime } from '../base/dates.ts';
import { streamBody } from '../base/stream-body.ts';
import type { JournalFilter } from '../memory/journal.ts';
import { SUBJECT_KINDS } from '../memory/sentences.ts';
import { exportJournal, type JournalLine, readJournal } from '../organisations/read-journal.ts';
import { acting, cursorOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { decisionUrl, noteUrl } from './memory-words.tsx';
import { page } from './page.tsx';
import { Acts, Button, ButtonLink, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { Pagination } from './ui/flow.tsx';

/** Who did what in one's own organisation. Nobody changes it, and only an administrateur reads it. */
export function journalPages(_deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/organisation/journal', async (c) => {
    const journal = await readJournal(acting(c), filterOf(c), cursorOf(c, 'avant'));
    return page(c, { title: 'Journal', current: '/organisation' }, <JournalView {...journal} asked={c.req.query()} />);
  });

  app.get('/organisation/journal.csv', async (c) => {
    const body = await exportJournal(acting(c), filterOf(c));
    return c.body(streamBody(body), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="journal.csv"',
    });
  });

  return app;
}

const DAY = 86_400_000;

/** A value that is not one of ours filters nothing: addresses get shared and cut. */
function filterOf(c: WebContext): JournalFilter {
  const who = c.req.query('qui') ?? '';
  const kind = c.req.query('quoi') ?? '';
  const subject = c.req.query('sujet') ?? '';
  const to = dayOf(c.req.query('au'));
  return {
    userId: /^\d{1,15}$/.test(who) ? Number(who) : undefined,
    service: who === 'service',
    kind: kind in SUBJECT_KINDS ? kind : undefined,
    subject: /^[a-z-]+:\d{1,15}$/.test(subject) ? subject : undefined,
    from: dayOf(c.req.query('du')),
    // The whole of the last day; 12 hours past its end still are before the next noon.
    until: to && nextDay(to),
  };
}

const dayOf = (text: string | undefined): Date | undefined =>
  text && /^(19|20)\d{2}-\d{2}-\d{2}$/.test(text) ? (parseParis(text) ?? undefined) : undefined;

/** Midnight of the day after, over a change of hour too. */
const nextDay = (day: Date): Date =>
  parseParis(new Date(day.getTime() + 1.5 * DAY).toISOString().slice(0, 10)) ?? new Date(day.getTime() + DAY);

type Asked = Record<string, string>;
type Props = Awaited<ReturnType<typeof readJournal>> & { asked: Asked };

const JournalView = ({ lines, next, people, asked }: Props) => (
  <>
    <PageHead
      back={{ href: '/organisation', label: 'Votre organisation' }}
      title="Qui a fait quoi, et quand"
      lead="Ce journal s’écrit de lui-même ; personne ne peut le corriger ni l’effacer."
    />
    <Section title="Le journal">
      <form method="get" action="/organisation/journal">
        <FieldRow>
          <Field
            kind="select"
            name="qui"
            label="Qui"
            value={asked.qui}
            bare
            options={[
              { value: '', label: 'tout le monde' },
              ...people.map((p) => ({ value: String(p.id), label: p.name })),
              { value: 'service', label: 'le service, sans personne' },
            ]}
          />
          <Field
            kind="select"
            name="quoi"
            label="À propos de"
            value={asked.quoi}
            bare
            options={[
              { value: '', label: 'tout' },
              ...Object.entries(SUBJECT_KINDS).map(([value, { filter }]) => ({ value, label: filter })),
            ]}
          />
          <Field kind="date" name="du" label="Du" value={asked.du} bare />
          <Field kind="date" name="au" label="Au" value={asked.au} bare />
        </FieldRow>
        <Acts>
          <Button>Filtrer</Button>
          <ButtonLink href={`/organisation/journal.csv${query(asked, { avant: null })}`} download quiet>
            Télécharger (CSV)
          </ButtonLink>
        </Acts>
      </form>
      {lines.length === 0 ? (
        <Empty title="Rien ne répond à ces filtres." act={{ href: '/organisation/journal', label: 'Tout revoir' }} />
      ) : (
        <Rows label="Actes, le plus récent d’abord">
          {lines.map((line) => (
            <Row
              when={shortDateTime(line.at)}
              datetime={line.at.toISOString()}
              what={`${line.who} ${line.did}`}
              href={placeOf(line)}
              meta={line.more || undefined}
            />
          ))}
        </Rows>
      )}
      {asked.avant && (
        <p>
          <a href={`/organisation/journal${query(asked, { avant: null })}`}>Revenir au plus récent</a>
        </p>
      )}
      <Pagination next={next === null ? null : `/organisation/journal${query(asked, { avant: String(next) })}`} />
    </Section>
  </>
);

/** The page of what was done to, where it has one. */
function placeOf({ subject, name, campaign, slug }: JournalLine): string | undefined {
  const [kind, id] = subject.split(':');
  if (name === null) return undefined;
  if (kind === 'push') return `/campagnes/${campaign}/envois/${slug}`;
  if (kind === 'campaign') return `/campagnes/${campaign}`;
  if (kind === 'decision') return decisionUrl(Number(id));
  if (kind === 'watch-note') return noteUrl(Number(id));
  return undefined;
}

function query(asked: Asked, change: Record<string, string | null>): string {
  const params = new URLSearchParams(asked);
  for (const [name, value] of Object.entries(change))
    if (value === null) params.delete(name);
    else params.set(name, value);
  return params.size > 0 ? `?${params}` : '';
}
