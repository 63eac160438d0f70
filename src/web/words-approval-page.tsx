import { MAX_COMMENT, MAX_REMARK } from '../approvals/schema.ts';
import { shortDateTime } from '../base/dates.ts';
import type { Refusal } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { blockOf } from '../key-messages/approve-wording.ts';
import type { Difference } from '../key-messages/compare.ts';
import type { WordingAsked, WordingSheet } from '../key-messages/read-wording.ts';
import { WORDING_FORMAT_NAMES } from '../key-messages/schema.ts';
import { textsOf } from '../key-messages/stored.ts';
import { capital } from './capital.ts';
import { quoted } from './push-words.tsx';
import { Acts, Button, Csrf, Empty, Facts, Fold, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { State } from './ui/marks.tsx';
import { Differences } from './words-history-page.tsx';
import { LevelTexts, validityText, wordsUrl } from './words-parts.tsx';

type Props = {
  csrf: string;
  campaign: CampaignSheet;
  wording: WordingSheet;
  /** Since the last version that the reader's organisation agreed to; null when it agreed to none. */
  differences: readonly Difference[] | null;
  organisation: number;
  mayApprove: boolean;
  refused?: { error: Refusal; comment: string; remarks: ReadonlyMap<string, string> } | undefined;
};

/** What the signatories are asked about, what moved since their last yes first, then the two answers. */
export const WordsApprovalPage = (p: Props) => {
  const { campaign: c, wording: w } = p;
  const at = wordsUrl(c.slug, `/${w.slug}`);
  return (
    <>
      <PageHead
        back={{ href: at, label: w.topic }}
        kicker={c.name}
        title={w.asked ? `Relire la version ${w.asked.version.version}` : 'Rien n’est soumis en ce moment'}
        lead={w.asked ? `${w.asked.by} la soumet depuis le ${shortDateTime(w.asked.at)}.` : undefined}
      />
      {p.refused && (
        <ErrorSummary
          errors={p.refused.error.fields}
          message={p.refused.error.fields.length ? undefined : p.refused.error.message}
        />
      )}
      {w.asked ? (
        <Asked {...p} asked={w.asked} />
      ) : (
        <Empty title="Ce texte est encore en cours d’écriture." act={{ href: at, label: 'Le lire' }}>
          <p>Quand sa validation sera demandée, vous le lirez ici en entier, et vous déciderez.</p>
        </Empty>
      )}
    </>
  );
};

const Asked = (p: Props & { asked: WordingAsked }) => (
  <>
    <Requests {...p} />
    {/* Reading comes first in the page, on a phone too: one decides after having read. */}
    <div class="columns">
      <div class="main">
        {p.differences && p.wording.agreed && (
          <Section title="Ce qui a changé depuis votre accord">
            <Differences from={p.wording.agreed} to={p.asked.version} differences={p.differences} />
          </Section>
        )}
        {LEVELS.filter((level) => p.asked.version.wordings[level]).map((level) => (
          <Section title={`Niveau ${LEVEL_NAMES[level]}`} id={level}>
            <LevelTexts wordings={p.asked.version.wordings} level={level} reading />
          </Section>
        ))}
      </div>
      <div class="aside">
        <Decide {...p} />
        <Answers {...p} />
      </div>
    </div>
  </>
);

/** Which text a remark is about, as its reader knows it. */
const places = (asked: WordingAsked) =>
  textsOf(asked.version.wordings).map(({ level, format }) => ({
    block: blockOf(level, format),
    name: `${capital(WORDING_FORMAT_NAMES[format])}, niveau ${LEVEL_NAMES[level]}`,
  }));

const Requests = ({ asked }: { asked: WordingAsked }) => {
  const asking = asked.signatories.filter((s) => s.missing && s.last?.decision === 'changement');
  const names = new Map(places(asked).map((p) => [p.block, p.name]));
  if (!asking.length) return null;
  return (
    <Section title="Ce qui est demandé">
      <Rows label="Changements demandés">
        {asking.flatMap((s) => [
          ...(s.last?.comment ? [<Row what={s.name} meta={quoted(s.last.comment)} />] : []),
          ...(s.last?.remarks ?? []).map((r) => (
            <Row what={`${s.name} : ${names.get(r.block) ?? 'un texte retiré'}`} meta={quoted(r.text)} />
          )),
        ])}
      </Rows>
    </Section>
  );
};

const Decide = (p: Props & { asked: WordingAsked }) => {
  const own = p.asked.signatories.find((s) => s.id === p.organisation);
  if (!own) return null;
  return (
    <Section title={own.missing ? 'Votre décision' : 'Votre organisation a validé'}>
      <Facts
        items={[
          ['Au nom de', own.name],
          ['Peut être dit', validityText(p.asked.version)],
          ...(p.asked.version.note ? [['Pourquoi cette version', p.asked.version.note] as const] : []),
        ]}
      />
      {p.mayApprove ? (
        <DecisionForm {...p} agreed={!own.missing} />
      ) : (
        <p>La décision revient à une personne qui valide pour votre organisation.</p>
      )}
    </Section>
  );
};

const DecisionForm = (p: Props & { asked: WordingAsked; agreed: boolean }) => (
  <form method="post" action={wordsUrl(p.campaign.slug, `/${p.wording.slug}/validation`)}>
    <Csrf token={p.csrf} />
    <input type="hidden" name="vu" value={p.asked.hash.toString('hex')} />
    <Field
      name="commentaire"
      label={p.agreed ? 'Revenir sur cet accord : ce qu’il faut changer' : 'Un mot pour le pilote'}
      hint="Nécessaire seulement pour demander un changement."
      kind="textarea"
      rows={3}
      maxlength={MAX_COMMENT}
      value={p.refused?.comment}
      error={errorOf(p.refused?.error.fields, 'commentaire')}
    />
    <Fold title="Une remarque sur un texte précis" open={(p.refused?.remarks.size ?? 0) > 0}>
      {places(p.asked).map(({ block, name }) => (
        <Field
          name={`remarque-${block}`}
          label={name}
          kind="textarea"
          rows={2}
          bare
          maxlength={MAX_REMARK}
          value={p.refused?.remarks.get(block)}
          error={errorOf(p.refused?.error.fields, `remarque-${block}`)}
        />
      ))}
    </Fold>
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

const Answers = ({ asked }: { asked: WordingAsked }) => (
  <Section title="Les réponses">
    <Rows label="Signataires">
      {asked.signatories.map((s) => (
        <Row
          what={s.name}
          meta={s.last ? `${s.last.by}, ${shortDateTime(s.last.at)}` : undefined}
          end={
            !s.missing ? (
              <State kind="ok">a validé</State>
            ) : s.last?.decision === 'changement' ? (
              <State kind="stop">demande un changement</State>
            ) : (
              <State kind="wait">pas encore</State>
            )
          }
        />
      ))}
    </Rows>
  </Section>
);
