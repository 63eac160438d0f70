import type { Level } from '../base/words.ts';
import type { PushStatus } from '../deliveries/queries.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import { REASON_NAMES, type State as RowState, STATE_NAMES } from '../deliveries/schema.ts';
import { capital } from './capital.ts';
import type { Overview } from './push-overview.ts';
import { PressureSentence } from './push-pressure.tsx';
import { plural, pushUrl } from './push-words.tsx';
import { Section } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { Progress } from './ui/flow.tsx';
import { Level as LevelMark } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

/** Replaced every second and a half while the sending runs. */
export const SendingProgress = ({ line }: { line: PushLine }) => {
  const { addressed, done } = line.progress ?? { addressed: 0, done: 0 };
  return (
    <Progress
      label={line.state === 'en_pause' ? 'En pause' : line.state === 'termine' ? 'Envoi terminé' : 'Envoi'}
      done={done}
      total={addressed}
      text={`${number(done)} messages sur ${number(addressed)}`}
      live={line.state === 'en_cours' ? pushUrl(line, '/avancement') : undefined}
      reload={pushUrl(line)}
    />
  );
};

const reasonName = (reason: string): string => capital(REASON_NAMES[reason as keyof typeof REASON_NAMES] ?? reason);
const apartRows = (status: Pick<PushStatus, 'setApart'>) =>
  Object.entries(status.setApart).map(([reason, n]): [string, number] => [
    `Écartés : ${reasonName(reason).toLowerCase()}`,
    n,
  ]);

/** Why the numbers beside it are not about everybody. */
export const Untold = ({ k }: { k: number }) => (
  <p class="note">
    Des partenaires écrivent à moins de {number(k)} personnes : pour que nul ne soit reconnaissable, leurs messages ne
    sont comptés que chez eux.
  </p>
);

/** What became of each selected contact; the lines add up to the last one. */
export const Ledger = ({ status, demo }: { status: PushStatus; demo: boolean }) => (
  <DataTable
    caption="Ce que sont devenus les contacts sélectionnés"
    columns={[{ label: 'État' }, { label: 'Contacts', numeric: true }]}
    rows={[
      ...Object.entries(status.states).map(([state, n]): [string, number] => [
        `${capital(STATE_NAMES[state as RowState])}${demo && state === 'accepted' ? ' (simulé)' : ''}`,
        n ?? 0,
      ]),
      ...apartRows(status),
    ]}
    total={['Sélectionnés', status.selected]}
  />
);

/** A number about several organisations: nobody's list can be guessed from it. */
export const roundly = (n: number | null, k: number): string =>
  n === null ? `moins de ${number(k)}` : `environ ${number(n)}`;

/** Of the reader's own contacts: a partner's are for the partner to know. */
const AgreedSentence = ({ agreed, k }: { agreed: number; k: number }) => (
  <p class="note">
    {agreed === 0
      ? 'Aucun de vos contacts n’a accepté de liens personnels : tous auront des liens de groupe.'
      : `Liens personnels : ${plural(agreed, 'de vos contacts les a acceptés', 'de vos contacts les ont acceptés')}${
          agreed < k
            ? `, et il en faut ${k} pour qu’ils servent ; tous auront des liens de groupe.`
            : ' ; les autres auront des liens de groupe.'
        }`}
  </p>
);

type ForecastProps = {
  forecast: NonNullable<Overview['forecast']>;
  k: number;
  signatories: number;
  mayImport: boolean;
};

export const Forecast = ({ forecast: f, k, signatories, mayImport }: ForecastProps) => (
  <Section title="Ce qu’il adviendra" note="si l’envoi partait maintenant">
    {f.selected || f.byLevel.length ? (
      <>
        <DataTable
          caption={
            signatories > 1
              ? 'En tout, à la dizaine près, avant de retirer les adresses que vous avez en commun avec vos partenaires'
              : 'En tout, à la dizaine près'
          }
          columns={[{ label: 'Contacts' }, { label: 'Nombre', numeric: true }]}
          rows={[['Adressés', roundly(f.addressed, k)], ...apartRows(f)]}
          total={['Sélectionnés', roundly(f.selected, k)]}
        />
        <PressureSentence pressure={f.pressure} alone={signatories < 2} />
        <DataTable
          caption="Par organisation et par niveau, avant de retirer les adresses que plusieurs ont en commun"
          columns={[{ label: 'Organisation' }, { label: 'Niveau' }, { label: 'Contacts', numeric: true }]}
          rows={f.byLevel.map((line) => [
            line.organisation ?? 'Plusieurs organisations',
            line.level === null ? 'plusieurs niveaux' : <LevelMark level={line.level as Level} />,
            line.n,
          ])}
        />
        {f.agreed !== null && f.addressed !== null && <AgreedSentence agreed={f.agreed} k={k} />}
        {f.addressed === null && (
          <p class="note">
            Moins de {k} contacts : les liens resteront directs et les clics ne seront pas comptés, pour que personne ne
            soit reconnaissable.
          </p>
        )}
      </>
    ) : (
      <p>
        Aucun contact ne répond à cette audience {signatories > 1 ? 'chez ces signataires' : 'chez cette signataire'}.{' '}
        {mayImport ? (
          <>
            <a href="/contacts">Importez des contacts</a>, ou choisissez une autre audience.
          </>
        ) : (
          'Il faut en importer, ou choisir une autre audience.'
        )}
      </p>
    )}
  </Section>
);
