import { shortDateTime } from '../base/dates.ts';
import type { Refusal } from '../base/errors.ts';
import { LEVEL_NAMES, type Level } from '../base/words.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import { may } from '../organisations/permissions.ts';
import type { Session } from '../organisations/sessions.ts';
import type { Approvals, Submitted } from '../proofs/read-approvals.ts';
import type { PushSheet } from '../pushes/read-push.ts';
import { changedLines } from './changed-lines.ts';
import type { Overview } from './push-overview.ts';
import { PushHead } from './push-parts.tsx';
import { pushUrl, quoted, whenOf } from './push-words.tsx';
import { capital } from './report-parts.tsx';
import { Acts, Button, Csrf, Empty, Facts, Row, Rows, Section, Todo } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { Sheet, Tabs } from './ui/flow.tsx';
import { State } from './ui/marks.tsx';

type ApprovalProps = {
  csrf: string;
  actor: Session['actor'];
  push: PushSheet;
  line: PushLine;
  approvals: Approvals;
  /** Whose version is shown; null when nobody signs. */
  organisation: { slug: string; name: string; organisationId: number } | null;
  /** It is the reader's own organisation. */
  mine: boolean;
  submitted: readonly Submitted[];
  level: Level | null;
  /** What this organisation last answered on, when it was another content. */
  previous: readonly Submitted[];
  forecast: Overview['forecast'];
  refused?: { error: Refusal; comment: string };
};

export const ApprovalPage = (p: ApprovalProps) => {
  const { push, line, approvals } = p;
  return (
    <>
      <PushHead push={push} line={line} organisation={p.actor.organisationId} current="validation" />
      {p.refused && (
        <ErrorSummary
          errors={p.refused.error.fields}
          message={p.refused.error.fields.length ? undefined : p.refused.error.message}
        />
      )}
      {!approvals.submitted && (
        <Section title="Rien n’est soumis en ce moment">
          <Empty
            title="Le texte est encore en cours d’écriture."
            act={{ href: pushUrl(push), label: 'Revenir à l’envoi' }}
          >
            <p>Quand il sera soumis, vous lirez ici exactement ce qui partira, niveau par niveau, et vous déciderez.</p>
          </Empty>
        </Section>
      )}
      {approvals.submitted && (
        <>
          <Requests {...p} />
          {/* Reading comes first in the page, on a phone too: one decides after having read. */}
          <div class="columns">
            <div class="main">
              {p.previous.length > 0 && <Changes {...p} />}
              <Reading {...p} />
            </div>
            <div class="aside">{p.mine && <Decide {...p} />}</div>
          </div>
        </>
      )}
      <History {...p} />
    </>
  );
};

/** What other signatories ask to change, for the lead who will do it. */
const Requests = ({ approvals, push, actor }: ApprovalProps) => {
  const asked = approvals.signatories.filter((s) => s.id !== actor.organisationId && s.last?.decision === 'changement');
  if (!push.leads || !asked.length) return null;
  return (
    <Section title="Ce qui est demandé">
      {asked.map((s) => (
        <Todo
          title={`${s.name} demande un changement`}
          act={{ href: pushUrl(push, '/contenu'), label: 'Corriger le contenu' }}
        >
          <p>{quoted(s.last?.comment ?? '')}</p>
        </Todo>
      ))}
    </Section>
  );
};

/** Whom it reaches and when, then the two answers. */
const Decide = (p: ApprovalProps) => {
  const { push, approvals, actor } = p;
  const own = approvals.signatories.find((s) => s.id === actor.organisationId);
  const received = p.forecast?.byLevel.filter((l) => l.organisation === p.organisation?.name);
  const facts = (
    <Facts
      items={[
        ['Sous le nom de', p.organisation?.name ?? ''],
        [
          'Départ',
          push.scheduledAt
            ? whenOf(push.scheduledAt)
            : 'sans date : quand le pilote le dira, après toutes les validations',
        ],
        ['Audience', push.audience.name],
        ...(received
          ? [
              [
                'Vos contacts',
                received.length
                  ? received
                      .map((l) => `${number(l.n)} de niveau ${LEVEL_NAMES[l.level as Level] ?? l.level}`)
                      .join(', ')
                  : 'aucun contact pour l’instant',
              ] as const,
            ]
          : []),
        [
          'Soumis par',
          approvals.submitted ? `${approvals.submitted.by}, ${shortDateTime(approvals.submitted.at)}` : '',
        ],
      ]}
    />
  );
  if (!own?.missing)
    return (
      <Section
        title="Votre organisation a validé"
        note={own?.last ? `${own.last.by}, ${shortDateTime(own.last.at)}` : undefined}
      >
        {facts}
        {own?.asked && may(actor, 'push.approve') && !p.line.progress && (
          <DecisionForm {...p} seen={own.asked} agreed />
        )}
      </Section>
    );
  return (
    <Section
      title={own.last?.decision === 'changement' ? 'Votre organisation a demandé un changement' : 'Votre décision'}
    >
      {facts}
      {own.last?.decision === 'changement' && <p>{quoted(own.last.comment)}</p>}
      {may(actor, 'push.approve') && own.asked ? (
        <DecisionForm {...p} seen={own.asked} />
      ) : (
        <p>La décision revient à une personne qui valide pour votre organisation.</p>
      )}
    </Section>
  );
};

const DecisionForm = (p: ApprovalProps & { seen: Buffer; agreed?: boolean }) => (
  <form method="post" action={pushUrl(p.push, '/validation')}>
    <Csrf token={p.csrf} />
    <input type="hidden" name="vu" value={p.seen.toString('hex')} />
    <Field
      name="commentaire"
      label={p.agreed ? 'Revenir sur cet accord : ce qu’il faut changer' : 'Un mot pour le pilote'}
      hint="Nécessaire seulement pour demander un changement."
      kind="textarea"
      rows={3}
      value={p.refused?.comment}
      error={errorOf(p.refused?.error.fields, 'commentaire')}
    />
    <Acts>
      {!p.agreed && (
        <Button primary name="decision" value="valide">
          Valider ce texte
        </Button>
      )}
      <Button name="decision" value="changement">
        Demander un changement
      </Button>
    </Acts>
  </form>
);

/** Against what the organisation had already agreed to: the reader starts with what moved. */
const Changes = ({ submitted, previous }: ApprovalProps) => {
  const changes = submitted.flatMap((now) => {
    const before = previous.find((v) => v.level === now.level);
    if (!before)
      return [
        {
          level: now.level,
          subject: now.subject,
          lines: [{ kind: 'ajouté' as const, text: 'Tout ce message est nouveau pour ce niveau.' }],
        },
      ];
    const lines = changedLines(`${before.subject}\n${before.text}`, `${now.subject}\n${now.text}`);
    return lines.length ? [{ level: now.level, subject: now.subject, lines }] : [];
  });
  return (
    <Section title="Ce qui a changé depuis votre réponse">
      {changes.length ? (
        changes.map((change) => (
          <>
            <h3>Niveau {LEVEL_NAMES[change.level]}</h3>
            <Rows label={`Changements, niveau ${LEVEL_NAMES[change.level]}`}>
              {change.lines.map((l) => (
                <Row
                  what={l.kind === 'ajouté' ? <ins>{l.text}</ins> : <del>{l.text}</del>}
                  end={<State kind={l.kind === 'ajouté' ? 'ok' : 'off'}>{l.kind}</State>}
                />
              ))}
            </Rows>
          </>
        ))
      ) : (
        <p>Le texte est le même. La date, l’audience ou la mise en page a changé.</p>
      )}
    </Section>
  );
};

const Reading = ({ push, organisation, submitted, level, mine }: ApprovalProps) => {
  const variant = submitted.find((v) => v.level === level);
  if (!variant || !organisation) return null;
  const at = (l: Level) => pushUrl(push, `/validation?niveau=${l}`);
  return (
    <Section
      title={mine ? 'Ce qui partira sous votre nom' : `Ce qui partira sous le nom de ${organisation.name}`}
      id="lecture"
    >
      {submitted.length > 1 && (
        <Tabs
          label="Niveau de communication"
          tabs={submitted.map((v) => ({
            href: `${at(v.level)}#lecture`,
            label: capital(LEVEL_NAMES[v.level]),
            current: v.level === level,
          }))}
        />
      )}
      <Sheet
        from={organisation.name}
        subject={variant.subject}
        title={`Message pour le niveau ${LEVEL_NAMES[variant.level]}`}
        src={pushUrl(push, `/validation.html?organisation=${organisation.slug}&niveau=${variant.level}`)}
      />
    </Section>
  );
};

const History = ({ approvals }: ApprovalProps) => (
  <Section title="L’histoire des décisions">
    {approvals.decisions.length ? (
      <Rows label="Décisions, de la plus récente à la plus ancienne">
        {approvals.decisions.map((d) => (
          <Row
            when={shortDateTime(d.at)}
            datetime={d.at.toISOString()}
            what={`${d.organisation}, ${d.by}`}
            meta={`${d.comment ? `${quoted(d.comment)} ` : ''}${d.current ? 'Sur le texte soumis en ce moment.' : 'Sur un texte précédent.'}`}
            end={
              d.decision === 'valide' ? (
                <State kind="ok">a validé</State>
              ) : (
                <State kind="stop">a demandé un changement</State>
              )
            }
          />
        ))}
      </Rows>
    ) : (
      <Empty title="Aucune décision pour l’instant.">
        <p>Chaque accord et chaque demande restent notés ici, avec leur auteur et leur date.</p>
      </Empty>
    )}
  </Section>
);
