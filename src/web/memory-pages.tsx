import { longDate, parseParis } from '../base/dates.ts';
import type { ShownDecision } from '../decisions/read-memory.ts';
import { INSTANCE_LONG, INSTANCE_NAMES } from '../decisions/schema.ts';
import type { WatchNoteRow } from '../decisions/watch-queries.ts';
import {
  DecisionState,
  dayOf,
  decisionUrl,
  memoryUrl,
  NoteText,
  noteUrl,
  participantText,
  Typed,
} from './memory-words.tsx';
import { pushUrl } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Facts, PageHead, Prose, Row, Rows, Section, Todo } from './ui/components.tsx';

/** One decision, what it replaced and what replaced it. */
export const DecisionPage = (p: { decision: ShownDecision; chain: ShownDecision[]; mayWrite: boolean }) => {
  const { decision: d, chain } = p;
  const later = chain.find((x) => x.id === d.supersededById);
  const at = parseParis(d.date);
  return (
    <>
      <PageHead
        back={{ href: memoryUrl(d.campaign), label: d.campaign ? `Mémoire, ${d.campaign.name}` : 'Mémoire' }}
        kicker={`${INSTANCE_LONG[d.instance]}, ${at ? longDate(at) : d.date}`}
        title={d.subject}
      >
        <p>
          <DecisionState decision={d} />
        </p>
      </PageHead>
      {later && (
        <Todo
          title="Une autre décision l’a remplacée."
          act={{ href: decisionUrl(later.id), label: `Lire celle du ${dayOf(later.date)}` }}
        />
      )}
      <Section title={d.decision ? 'Ce qui est décidé' : 'À décider'}>
        <Prose>
          {d.decision ? <Typed text={d.decision} /> : <p>La décision n’est pas encore prise.</p>}
          {d.why && (
            <>
              <h3>Pourquoi</h3>
              <Typed text={d.why} />
            </>
          )}
          {d.options && (
            <>
              <h3>Les options examinées</h3>
              <Typed text={d.options} />
            </>
          )}
        </Prose>
        {p.mayWrite && !later && (
          <Acts>
            <ButtonLink
              href={`${memoryUrl(d.campaign)}/decisions/nouvelle?remplace=${d.id}`}
              primary={d.decision === ''}
            >
              {d.decision ? 'Corriger ou remplacer' : 'Noter ce qui est décidé'}
            </ButtonLink>
          </Acts>
        )}
      </Section>
      <Section title="Autour">
        <Facts
          items={[
            ...(d.due ? [['Échéance', dayOf(d.due)] as const] : []),
            [
              'Participants',
              d.participants.length > 0 ? (
                <ul>
                  {d.participants.map((x) => (
                    <li>{participantText(x)}</li>
                  ))}
                </ul>
              ) : (
                'non précisés'
              ),
            ],
            ...(d.push ? [['Envoi', <a href={pushUrl(d.push)}>{d.push.title}</a>] as const] : []),
            [
              'Campagne',
              d.campaign ? (
                <a href={`/campagnes/${d.campaign.slug}`}>{d.campaign.name}</a>
              ) : (
                'aucune : cette décision reste dans votre organisation'
              ),
            ],
            ['Notée par', `${d.organisation}, le ${longDate(d.recordedAt)}`],
          ]}
        />
      </Section>
      {chain.length > 1 && (
        <Section title="Comment on en est arrivé là">
          <Rows label="Les décisions successives, la première d’abord">
            {chain.map((x) => (
              <Row
                when={dayOf(x.date)}
                datetime={x.date}
                what={x.id === d.id ? <strong>{x.subject}</strong> : x.subject}
                href={x.id === d.id ? undefined : decisionUrl(x.id)}
                meta={`${INSTANCE_NAMES[x.instance]}${x.id === d.id ? ', celle de cette page' : ''}`}
                end={<DecisionState decision={x} />}
              />
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
};

export const NotePage = (p: { note: WatchNoteRow; csrf: string; mayArchive: boolean }) => {
  const { note: n } = p;
  return (
    <>
      <PageHead
        back={{ href: memoryUrl(n.campaign), label: n.campaign ? `Mémoire, ${n.campaign.name}` : 'Mémoire' }}
        kicker={`Veille, ${dayOf(n.date)}${n.archivedAt ? ', archivée' : ''}`}
        title={n.title}
      />
      <Section title="À retenir">
        <Prose>
          <NoteText source={n.body} />
        </Prose>
      </Section>
      <Section title="Autour">
        <Facts
          items={[
            [
              'Source',
              n.sourceUrl ? (
                <a href={n.sourceUrl} rel="noopener noreferrer">
                  {n.sourceName || n.sourceUrl}
                </a>
              ) : (
                n.sourceName || 'non précisée'
              ),
            ],
            [
              'À relire à cette lumière',
              n.resources.length > 0 ? (
                <ul>
                  {n.resources.map((r) => (
                    <li>
                      {n.campaign ? (
                        <a href={`/campagnes/${n.campaign.slug}/ressources/${r.slug}`}>{r.title}</a>
                      ) : (
                        r.title
                      )}
                    </li>
                  ))}
                </ul>
              ) : (
                'aucune ressource'
              ),
            ],
            ...(n.push ? [['Envoi', <a href={pushUrl(n.push)}>{n.push.title}</a>] as const] : []),
            ['Notée par', n.organisation],
          ]}
        />
        {p.mayArchive && !n.archivedAt && (
          <form method="post" action={`${noteUrl(n.id)}/archive`}>
            <Csrf token={p.csrf} />
            <Acts>
              <Button>Archiver cette note</Button>
            </Acts>
          </form>
        )}
      </Section>
    </>
  );
};
