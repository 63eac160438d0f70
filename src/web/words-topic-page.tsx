import { shortDateTime } from '../base/dates.ts';
import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { SheetVersion, WordingSheet } from '../key-messages/read-wording.ts';
import type { WordToReview } from '../proofs/review-wordings.ts';
import type { WordingUse } from '../proofs/wording-uses.ts';
import { capital } from './capital.ts';
import { listed, plural, quoted } from './push-words.tsx';
import {
  Acts,
  Button,
  ButtonLink,
  Columns,
  Csrf,
  Empty,
  Facts,
  PageHead,
  Row,
  Rows,
  Section,
  Todo,
} from './ui/components.tsx';
import { Tabs } from './ui/flow.tsx';
import { State } from './ui/marks.tsx';
import { awaits, LevelTexts, Marks, standingOf, UseRows, validityText, wordsUrl } from './words-parts.tsx';

type Props = {
  csrf: string;
  campaign: CampaignSheet;
  wording: WordingSheet;
  /** The version that is read. */
  shown: SheetVersion;
  level: Level;
  uses: readonly WordingUse[];
  words: readonly WordToReview[];
  organisation: number;
  /** The reader may open pushes. */
  linked: boolean;
  mayWrite: boolean;
  mayApprove: boolean;
};

const RECENT = 4;

/** One topic: its texts level by level, who approved them, where they are said. */
export const TopicPage = (p: Props) => {
  const { campaign: c, wording: w, shown } = p;
  const at = wordsUrl(c.slug, `/${w.slug}`);
  const step = nextStep({ ...p, at });
  const aside =
    step || w.asked ? (
      <>
        {step}
        <Signatories {...p} at={at} />
      </>
    ) : null;
  const which = shown.versionId === w.newest.versionId ? '' : `&version=${shown.version}`;
  const main = (
    <>
      <Section title="Les textes" id="textes">
        <Tabs
          label="Niveau de communication"
          tabs={LEVELS.map((l) => ({
            href: `${at}?niveau=${l}${which}#textes`,
            label: capital(LEVEL_NAMES[l]),
            current: l === p.level,
          }))}
        />
        <LevelTexts wordings={shown.wordings} level={p.level} words={p.words} />
      </Section>
      <Section title="Où il est dit">
        {p.uses.length ? (
          <UseRows uses={p.uses} campaign={c.slug} linked={p.linked} />
        ) : (
          <Empty title="Nulle part pour l’instant.">
            <p>Un envoi le dit par un bloc « élément de langage » ; les kits des relais le montrent une fois validé.</p>
          </Empty>
        )}
      </Section>
      <Versions {...p} at={at} />
    </>
  );
  return (
    <>
      <PageHead back={{ href: wordsUrl(c.slug), label: 'Éléments de langage' }} kicker={c.name} title={shown.topic}>
        <p>
          {shown.versionId === w.newest.versionId ? (
            <Marks
              {...shown}
              state={standingOf(w)}
              mine={p.mayApprove && standingOf(w) === 'a_valider' && awaits(w, p.organisation)}
            />
          ) : (
            <State kind={shown.validated ? 'ok' : 'off'}>{shown.validated ? 'validée' : 'pas validée'}</State>
          )}{' '}
          · version {shown.version}
        </p>
        <OtherVersion {...p} at={at} />
        {p.mayWrite && (
          <Acts>
            <ButtonLink href={`${at}/edition?niveau=${p.level}`}>Écrire une nouvelle version</ButtonLink>
          </Acts>
        )}
      </PageHead>
      {aside ? <Columns aside={aside}>{main}</Columns> : main}
    </>
  );
};

/** What one reads is not what all read: said first. */
const OtherVersion = ({ wording: w, shown, at, level }: Props & { at: string }) => {
  if (shown.versionId !== w.newest.versionId)
    return (
      <p>
        Vous lisez la version {shown.version}.{' '}
        <a href={`${at}?niveau=${level}`}>Lire la dernière, la {w.newest.version}</a>.
      </p>
    );
  if (w.usable && w.usable.versionId !== shown.versionId)
    return (
      <p>
        Les kits des relais disent la version {w.usable.version}, tant que celle-ci n’est pas validée et valable.{' '}
        <a href={`${at}?niveau=${level}&version=${w.usable.version}`}>Lire la version {w.usable.version}</a>.
      </p>
    );
  return null;
};

const Versions = (p: Props & { at: string }) => (
  <Section title="Ses versions" action={{ href: `${p.at}/histoire`, label: 'Comparer' }}>
    <Facts items={[['Peut être dit', validityText(p.shown)]]} />
    <Rows label="Versions, de la plus récente à la plus ancienne">
      {p.wording.versions.slice(0, RECENT).map((v) => (
        <Row
          when={shortDateTime(v.createdAt)}
          datetime={v.createdAt.toISOString()}
          what={`Version ${v.version}`}
          href={`${p.at}?version=${v.version}`}
          meta={`${v.author}${v.note ? ` : ${quoted(v.note)}` : ''}`}
          end={v.validated ? <State kind="ok">validée</State> : undefined}
        />
      ))}
    </Rows>
    {p.wording.versions.length > RECENT && (
      <p class="meta">
        Et {plural(p.wording.versions.length - RECENT, 'version plus ancienne', 'versions plus anciennes')}.
      </p>
    )}
  </Section>
);

/** The one thing to do now, if it is for this reader. */
function nextStep(p: Props & { at: string }) {
  const { wording: w } = p;
  const state = standingOf(w);
  // Who must write again comes first: a yes to what will change serves nobody.
  if (p.mayWrite && state === 'changement') {
    const asking = w.asked?.signatories.filter((s) => s.last?.decision === 'changement') ?? [];
    return (
      <Section title="Ce qui vous attend">
        <Todo
          title={`${listed(asking.map((s) => s.name))} ${asking.length > 1 ? 'demandent' : 'demande'} un changement`}
          act={{ href: `${p.at}/validation`, label: 'Lire la demande' }}
          primary
        />
      </Section>
    );
  }
  const asked = p.mayApprove && awaits(w, p.organisation) && w.asked && (
    <Section title="Ce qui vous attend">
      <Todo
        title={`Votre organisation est sollicitée sur la version ${w.asked.version.version}`}
        act={{ href: `${p.at}/validation`, label: 'Lire et décider' }}
        primary
      />
    </Section>
  );
  if (!p.mayWrite || state === 'valide' || (asked && state !== 'brouillon')) return asked || null;
  return (
    <>
      {asked}
      <AskAgain {...p} first={state === 'brouillon'} />
    </>
  );
}

/** Asks for the answers, or reminds those who have not given theirs. */
const AskAgain = ({ first, wording: w, at, csrf }: Props & { at: string; first: boolean }) => {
  const missing = (w.asked?.signatories ?? []).filter((s) => s.missing).map((s) => s.name);
  return (
    <Section title={first ? 'À faire : demander la validation' : 'On attend une validation'}>
      <p>
        {first
          ? 'Chaque signataire de la campagne reçoit un message et lit ce texte. Rien ne change dehors d’ici là.'
          : `${listed(missing)} ${missing.length > 1 ? 'n’ont' : 'n’a'} pas encore répondu.`}
      </p>
      <form method="post" action={`${at}/demande`}>
        <Csrf token={csrf} />
        <input type="hidden" name="version" value={String(w.newest.version)} />
        <Acts>
          <Button primary={first}>{first ? 'Demander la validation' : 'Relancer'}</Button>
        </Acts>
      </form>
    </Section>
  );
};

const Signatories = ({ wording: w, at }: Props & { at: string }) =>
  w.asked ? (
    <Section
      title={`Qui valide la version ${w.asked.version.version}`}
      action={{ href: `${at}/validation`, label: 'Le détail' }}
    >
      <Rows label="Signataires">
        {w.asked.signatories.map((s) => (
          <Row
            what={s.name}
            meta={s.last ? `${s.last.by}, ${shortDateTime(s.last.at)}` : undefined}
            end={
              !s.missing ? (
                <State kind="ok">validé</State>
              ) : s.last?.decision === 'changement' ? (
                <State kind="stop">changement demandé</State>
              ) : (
                <State kind="wait">pas encore</State>
              )
            }
          />
        ))}
      </Rows>
    </Section>
  ) : null;
