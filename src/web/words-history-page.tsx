import { shortDateTime } from '../base/dates.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { Difference } from '../key-messages/compare.ts';
import type { SheetVersion, WordingSheet } from '../key-messages/read-wording.ts';
import { WORDING_FORMAT_NAMES } from '../key-messages/schema.ts';
import { capital } from './capital.ts';
import { quoted } from './push-words.tsx';
import { Button, ButtonLink, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { Confirm } from './ui/flow.tsx';
import { State } from './ui/marks.tsx';
import { Changed } from './ui/wording.tsx';
import { ValidityMark, validityText, wordsUrl } from './words-parts.tsx';

type Props = {
  campaign: CampaignSheet;
  wording: WordingSheet;
  from: SheetVersion;
  to: SheetVersion;
  differences: readonly Difference[];
  mayWrite: boolean;
};

/** Every version, and what differs between any two. */
export const HistoryPage = (p: Props) => {
  const { campaign: c, wording: w } = p;
  const at = wordsUrl(c.slug, `/${w.slug}`);
  const options = w.versions.map((v) => ({
    value: String(v.version),
    label: `Version ${v.version}, ${shortDateTime(v.createdAt)}`,
  }));
  return (
    <>
      <PageHead back={{ href: at, label: w.topic }} kicker={c.name} title="Ce qui a changé, version après version" />
      <Section title="Comparer deux versions">
        {w.versions.length > 1 ? (
          <>
            <form method="get" action={`${at}/histoire`}>
              <FieldRow>
                <Field kind="select" name="de" label="De la" value={p.from.version} options={options} bare />
                <Field kind="select" name="a" label="À la" value={p.to.version} options={options} bare />
                <Button>Comparer</Button>
              </FieldRow>
            </form>
            <Differences {...p} />
          </>
        ) : (
          <Empty title="Il n’y a qu’une version.">
            <p>La prochaine se comparera à celle-ci, mot à mot.</p>
          </Empty>
        )}
      </Section>
      <Section title="Toutes les versions">
        <Rows label="Versions, de la plus récente à la plus ancienne">
          {w.versions.map((v) => (
            <Row
              when={shortDateTime(v.createdAt)}
              datetime={v.createdAt.toISOString()}
              what={`Version ${v.version}`}
              href={`${at}?version=${v.version}`}
              meta={`${v.author}${v.note ? ` : ${quoted(v.note)}` : ''}. Peut être dite ${validityText(v)}.`}
              end={
                <>
                  {v.validated ? <State kind="ok">validée</State> : <State kind="off">pas validée</State>}{' '}
                  <ValidityMark {...v} />
                  {p.mayWrite && v.version !== w.newest.version && (
                    <ButtonLink
                      href={`${at}/retour?version=${v.version}`}
                      quiet
                      label={`Revenir à la version ${v.version}`}
                    >
                      Revenir
                    </ButtonLink>
                  )}
                </>
              }
            />
          ))}
        </Rows>
      </Section>
    </>
  );
};

/** Word by word; nothing where the two say the same. */
export const Differences = ({
  from,
  to,
  differences,
}: {
  from: Pick<SheetVersion, 'version'>;
  to: Pick<SheetVersion, 'version'>;
  differences: readonly Difference[];
}) =>
  differences.length ? (
    <>
      <p class="meta">
        De la version {from.version} à la version {to.version} : ce qui est ajouté est souligné, ce qui est retiré est
        barré.
      </p>
      {differences.map((d) => (
        <>
          <h3>{placeOf(d)}</h3>
          <Changed changes={d.changes} />
        </>
      ))}
    </>
  ) : (
    <p>Les deux versions disent la même chose.</p>
  );

const placeOf = (d: Difference): string =>
  d.name === 'topic'
    ? 'Le sujet'
    : d.name === 'validity' || !d.format || !d.level
      ? 'Quand il peut être dit'
      : `${capital(WORDING_FORMAT_NAMES[d.format])}, niveau ${LEVEL_NAMES[d.level]}`;

export const RevertPage = (p: {
  csrf: string;
  campaign: CampaignSheet;
  wording: WordingSheet;
  version: SheetVersion;
  differences: readonly Difference[];
}) => {
  const { wording: w, version } = p;
  const at = wordsUrl(p.campaign.slug, `/${w.slug}`);
  return (
    <>
      <PageHead
        back={{ href: `${at}/histoire`, label: 'Toutes les versions' }}
        kicker={w.topic}
        title={`Revenir à la version ${version.version} ?`}
      />
      <Section title="Ce qui se passera">
        <Confirm
          action={`${at}/retour`}
          csrf={p.csrf}
          effects={[
            ['Une version de plus', `la version ${w.newest.version + 1} redira la version ${version.version}`],
            ['La version d’aujourd’hui', `la version ${w.newest.version} reste dans l’histoire`],
            ['Dehors', 'rien ne change avant sa validation par les signataires'],
          ]}
          submit={`Revenir à la version ${version.version}`}
          back={{ href: `${at}/histoire`, label: 'Ne rien changer' }}
        >
          <input type="hidden" name="retour" value={String(version.version)} />
          <input type="hidden" name="version" value={String(w.newest.version)} />
          <Field name="note" label="Pourquoi y revenir" size="full" maxlength={250} />
        </Confirm>
      </Section>
      <Section title="Ce qui changera">
        <Differences from={w.newest} to={version} differences={p.differences} />
      </Section>
    </>
  );
};
