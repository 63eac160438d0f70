import { shortDateTime } from '../base/dates.ts';
import { LEVEL_NAMES, type Level } from '../base/words.ts';
import { may } from '../organisations/permissions.ts';
import { silenceWords } from '../proofs/request-words.ts';
import type { ApprovalProps } from './approval-pages.tsx';
import { RemarkFields } from './approval-remarks.tsx';
import { periodOf, pushUrl, quoted, whenOf } from './push-words.tsx';
import { Acts, Button, Csrf, Facts, Prose, Section } from './ui/components.tsx';
import { errorOf, Field } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';

/** Whom it reaches and when, until when one may answer, then the two answers. */
export const Decide = (p: ApprovalProps) => {
  const { push, approvals, actor } = p;
  const own = approvals.signatories.find((s) => s.id === actor.organisationId);
  const title = titleOf(own);
  const decides = own?.asked && own.absent === null && may(actor, 'push.approve') && !p.line.progress;
  return (
    <Section
      title={title}
      note={own && !own.missing && own.last ? `${own.last.by}, ${shortDateTime(own.last.at)}` : undefined}
      id="decision"
    >
      <Terms {...p} />
      {own?.absent === 'silence' && (
        <Prose>
          <p>
            Votre organisation n’avait pas répondu à la date dite : l’envoi part sans elle, et rien n’est adressé à vos
            contacts. Seul le pilote peut vous le soumettre de nouveau.
          </p>
        </Prose>
      )}
      {own?.absent === 'retrait' && <p>Votre organisation a quitté cette campagne : son accord n’est plus attendu.</p>}
      {own?.missing && (
        <Prose>
          <p>{late(p) ?? silenceWords(push, push.leads)}</p>
        </Prose>
      )}
      {own?.last?.decision === 'changement' && own.last.comment && <p>{quoted(own.last.comment)}</p>}
      {decides && own?.asked ? (
        <DecisionForm {...p} seen={own.asked} agreed={!own.missing} />
      ) : (
        own?.missing && <p>La décision revient à une personne qui valide pour votre organisation.</p>
      )}
    </Section>
  );
};

function titleOf(own: ApprovalProps['approvals']['signatories'][number] | undefined): string {
  if (own?.absent === 'silence') return 'Le délai de réponse est passé';
  if (own?.absent === 'retrait') return 'Votre organisation s’est retirée';
  if (!own?.missing) return 'Votre organisation a validé';
  return own.last?.decision === 'changement' ? 'Votre organisation a demandé un changement' : 'Votre décision';
}

/** Once the date has gone by without leaving anybody out, a late answer still counts. */
const late = ({ push, now }: ApprovalProps): string | null => {
  const due = push.answerBy ?? push.scheduledAt;
  return due && due <= now
    ? `La réponse était attendue avant ${whenOf(due)} : rien n’est parti. Vous pouvez encore répondre ; l’envoi partira alors s’il en est encore temps.`
    : null;
};

const Terms = ({ push, approvals, organisation, forecast }: ApprovalProps) => {
  const received = forecast?.byLevel.filter((l) => l.organisation === organisation?.name);
  return (
    <Facts
      items={[
        ['Sous le nom de', organisation?.name ?? ''],
        [
          'Départ prévu',
          push.scheduledAt
            ? whenOf(push.scheduledAt)
            : 'sans date : quand le pilote le dira, après toutes les validations',
        ],
        ...(push.window
          ? [['Peut être déplacé', `${periodOf(push.window)}, sans vous être soumis de nouveau`] as const]
          : []),
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
        ['Réponse attendue', push.answerBy ? `avant ${whenOf(push.answerBy)}` : 'avant le départ'],
        [
          'Soumis par',
          approvals.submitted ? `${approvals.submitted.by}, ${shortDateTime(approvals.submitted.at)}` : '',
        ],
      ]}
    />
  );
};

const DecisionForm = (p: ApprovalProps & { seen: Buffer; agreed: boolean }) => {
  const errors = p.refused?.error.fields;
  return (
    <form method="post" action={pushUrl(p.push, '/validation')}>
      <Csrf token={p.csrf} />
      <input type="hidden" name="vu" value={p.seen.toString('hex')} />
      {!p.agreed && (
        <Acts>
          <Button primary name="decision" value="valide">
            Valider ce texte
          </Button>
        </Acts>
      )}
      <Field
        name="commentaire"
        label={p.agreed ? 'Revenir sur cet accord : ce qu’il faut changer' : 'Ou dites ce qu’il faut changer'}
        hint="Ici pour l’ensemble, ou plus bas sur un bloc précis."
        kind="textarea"
        rows={3}
        bare
        value={p.refused?.comment}
        error={errorOf(errors, 'commentaire')}
      />
      <RemarkFields blocks={p.blocks} names={p.names} values={p.refused?.remarks ?? {}} errors={errors} />
      <Acts>
        <Button name="decision" value="changement">
          Demander un changement
        </Button>
      </Acts>
    </form>
  );
};
