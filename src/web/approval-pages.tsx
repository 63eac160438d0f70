import { shortDateTime } from '../base/dates.ts';
import type { Refusal } from '../base/errors.ts';
import { LEVEL_NAMES, type Level } from '../base/words.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import type { Session } from '../organisations/sessions.ts';
import type { Approvals, Submitted } from '../proofs/read-approvals.ts';
import type { Before } from '../proofs/read-before.ts';
import type { BlockRemark } from '../proofs/read-remarks.ts';
import type { PushSheet } from '../pushes/read-push.ts';
import type { Block } from '../pushes/schema.ts';
import { QUESTION_WORDS } from '../surveys/schema.ts';
import { Changes } from './approval-changes.tsx';
import { Decide } from './approval-decision.tsx';
import { blockName, type Names, RemarkRows } from './approval-remarks.tsx';
import { capital } from './capital.ts';
import type { Overview } from './push-overview.ts';
import { PushHead } from './push-parts.tsx';
import { plural, pushUrl, quoted } from './push-words.tsx';
import { Empty, Prose, Row, Rows, Section, Todo } from './ui/components.tsx';
import { ErrorSummary } from './ui/fields.tsx';
import { Sheet, Tabs } from './ui/flow.tsx';
import { State } from './ui/marks.tsx';

export type ApprovalProps = {
  csrf: string;
  actor: Session['actor'];
  now: Date;
  push: PushSheet;
  line: PushLine;
  approvals: Approvals;
  /** Whose version is shown; null when nobody signs. */
  organisation: { slug: string; name: string; organisationId: number } | null;
  /** It is the reader's own organisation. */
  mine: boolean;
  submitted: readonly Submitted[];
  level: Level | null;
  /** What the reader's organisation had said yes to, when it was another content. */
  before: Before | null;
  forecast: Overview['forecast'];
  /** The blocks that organisation's readers have, with their place in the message. */
  blocks: readonly { block: Block; n: number }[];
  /** What resources and wordings are called. */
  names: Names;
  /** What partners ask, block by block. */
  remarks: readonly BlockRemark[];
  refused?: { error: Refusal; comment: string; remarks: Readonly<Record<string, string>> };
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
      <Requests {...p} />
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
          {/* Reading comes first in the page, on a phone too: one decides after having read. */}
          <div class="columns">
            <div class="main">
              {p.before && (
                <Changes
                  before={p.before}
                  submitted={p.submitted}
                  blocks={p.push.content.blocks}
                  blockName={(id) => blockName(p.push.content.blocks, id)}
                />
              )}
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

/** What other signatories ask to change, for the lead who will do it: of the submitted text, then of the corrected draft. */
const Requests = ({ approvals, push, actor, remarks }: ApprovalProps) => {
  if (!push.leads) return null;
  const asked = approvals.signatories.filter((s) => s.id !== actor.organisationId && s.last?.decision === 'changement');
  const others = remarks.filter((r) => r.organisationId !== actor.organisationId);
  if (!asked.length && !others.some((r) => !r.settled)) return null;
  return (
    <Section title="Ce qui est demandé">
      {asked.map((s) => (
        <Todo
          title={`${s.name} demande un changement`}
          act={{ href: pushUrl(push, '/contenu'), label: 'Corriger le contenu' }}
        >
          {s.last?.comment && <p>{quoted(s.last.comment)}</p>}
        </Todo>
      ))}
      <RemarkRows remarks={others} push={push} />
    </Section>
  );
};

const Reading = ({ push, organisation, submitted, level, mine, approvals }: ApprovalProps) => {
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
      {push.content.webinar !== undefined && (
        <p class="prose soft">
          Le message porte aussi un fichier, webinaire.ics : ce rendez-vous, à ajouter à un agenda. L’adresse pour
          participer n’y est pas.
        </p>
      )}
      {approvals.surveys.map((survey) => (
        <>
          <h3>Le questionnaire « {survey.title} »</h3>
          <p class="soft">Il s’ouvre depuis le message. Ses questions font partie de ce qui est validé.</p>
          <Prose>
            {survey.introduction && <p>{survey.introduction}</p>}
            <ol>
              {survey.questions.map((q) => (
                <li>{QUESTION_WORDS[q].asked}</li>
              ))}
              {survey.comment && <li>Une ligne libre.</li>}
            </ol>
          </Prose>
        </>
      ))}
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
            meta={`${d.comment ? `${quoted(d.comment)} ` : ''}${d.remarks.length ? `${plural(d.remarks.length, 'remarque sur un bloc', 'remarques sur des blocs')}. ` : ''}${d.current ? 'Sur le texte soumis en ce moment.' : 'Sur un texte précédent.'}`}
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
