import { BarChart, DayChart } from '../../src/web/ui/charts.tsx';
import { Columns, Empty, PageHead, Row, Rows, Section, Todo } from '../../src/web/ui/components.tsx';
import { Figure, Figures } from '../../src/web/ui/figures.tsx';
import { Pagination, Progress, Tabs } from '../../src/web/ui/flow.tsx';
import { Layout } from '../../src/web/ui/layout.tsx';
import { Levels, State } from '../../src/web/ui/marks.tsx';
import { DataTable } from '../../src/web/ui/table.tsx';
import { Timeline } from '../../src/web/ui/timeline.tsx';
import { figure, nav, session } from './cast.ts';
import { FormPage, PublicPage } from './gallery-forms.tsx';

/** The living page of the visual language: every component in every state, on four pages that look like real ones. */

const date = (text: string) => new Date(`${text}:00Z`);

const pushes = [
  {
    href: '/envois/1',
    title: 'La filière a publié ses essentiels',
    at: date('2026-11-03T08:00'),
    kind: 'Newsletter',
    levels: ['institutionnel'],
    state: { kind: 'ok', text: 'envoyé' },
    size: 640,
  },
  {
    href: '/envois/2',
    title: 'Recruter et garder ses raccordeurs',
    at: date('2026-11-26T08:00'),
    kind: 'Newsletter',
    levels: ['operationnel', 'terrain'],
    state: { kind: 'wait', text: '2 validations sur 3' },
    size: 6212,
  },
  {
    href: '/envois/3',
    title: 'Webinaire : l’outil GEPP en 40 minutes',
    at: date('2026-12-01T13:00'),
    kind: 'Invitation',
    levels: ['institutionnel', 'operationnel'],
    state: { kind: 'todo', text: 'à valider' },
    size: 2400,
  },
  {
    href: '/envois/4',
    title: 'La lettre mensuelle de la filière',
    at: date('2027-01-07T08:00'),
    kind: 'Newsletter',
    levels: ['institutionnel', 'operationnel', 'terrain'],
    state: { kind: 'off', text: 'brouillon' },
    size: 11874,
  },
  {
    href: '/envois/5',
    title: 'Bilan de la campagne',
    at: null,
    kind: 'Newsletter',
    levels: ['institutionnel'],
    state: { kind: 'off', text: 'brouillon' },
  },
] satisfies Parameters<typeof Timeline>[0]['pushes'];

export const HomePage = () => (
  <Layout
    title="Aujourd’hui"
    current="/"
    nav={nav}
    session={session}
    csrf="jeton"
    demo
    flash={{ kind: 'ok', text: '5 906 contacts ont été importés.' }}
  >
    <PageHead
      voice
      title="Jeudi, la lettre part vers 6 212 contacts."
      lead="Deux organisations ont validé, une attend encore. Rien ne partira sans elle."
    />
    <Columns
      aside={
        <>
          <Section title="Ce qui vous attend">
            <Todo
              title="Relire la variante Constructys"
              primary
              act={{ href: '/envois/2', label: 'Voir les changements' }}
            >
              <p>
                L’AFDAS a changé un paragraphe du tronc commun hier à 17 h 40. Vos 4 122 contacts recevront ce texte.
              </p>
            </Todo>
            <Todo title="Un lien mort dans le kit relais" act={{ href: '/kit', label: 'Corriger le lien' }}>
              <p>La fiche « inclusion » a changé d’adresse.</p>
            </Todo>
          </Section>
          <Section title="En cours">
            <Progress
              label="Import de constructys-contacts.csv"
              done={5940}
              total={7000}
              text="5 940 lignes sur 7 000 · 34 refusées"
              live="/imports/3"
            />
            <Progress label="Envoi de la lettre" done={0} total={0} text="en préparation" />
          </Section>
        </>
      }
    >
      <Section title="Ce qui part" note="14 prochains jours">
        <Rows>
          <Row
            when="jeu. 26 nov., 9 h"
            datetime="2026-11-26T09:00+01:00"
            href="/envois/2"
            what="Recruter et garder ses raccordeurs"
            meta={
              <>
                Newsletter · <Levels levels={['operationnel', 'terrain']} />
              </>
            }
            end={<State kind="wait">2 validations sur 3</State>}
          />
          <Row
            when="mar. 1 déc., 14 h"
            datetime="2026-12-01T14:00+01:00"
            href="/envois/3"
            what="Webinaire : l’outil GEPP en 40 minutes"
            meta={
              <>
                Invitation · <Levels levels={['institutionnel', 'operationnel']} />
              </>
            }
            end={<State kind="ok">validé</State>}
          />
          <Row
            when="ven. 4 déc."
            datetime="2026-12-04"
            href="/envois/4"
            what="Affiche « bon raccordeur » chez 41 relais"
            meta={
              <>
                Kit relais · <Levels levels={['terrain']} />
              </>
            }
            end={<State kind="stop">lien mort dans le kit</State>}
          />
        </Rows>
      </Section>
      <Section title="Ce que ça a apporté" note="Les essentiels, depuis le 2 novembre">
        <Figures>
          <Figure label="destinataires touchés" figure={figure(11_874, 'adresses distinctes')} />
          <Figure label="clics retenus" figure={figure(2410, 'clics', 2655)} />
          <Figure label="ressources ouvertes" figure={figure(null, 'ouvertures')} />
        </Figures>
        <Levelled />
      </Section>
    </Columns>
  </Layout>
);

const Levelled = () => (
  <BarChart
    id="niveaux"
    title="Clics pour 100 messages distribués, par niveau"
    summary="Plus on s’éloigne des institutions, moins on clique : 31, 22 puis 9."
    passport={figure(0, 'clics pour 100 distribués')}
    nameColumn="Niveau"
    bars={[
      { label: 'Institutionnel', value: 31, level: 'institutionnel', range: { to: 35.2 } },
      { label: 'Opérationnel', value: 22, level: 'operationnel' },
      { label: 'Terrain', value: 9.4, level: 'terrain', range: { to: 10 } },
    ]}
  />
);

const days = Array.from({ length: 21 }, (_, i) => {
  const value = [0, 412, 260, 122, 61, 8, 4, 77, 390, 214, 98, 40, 6, 0, 31, 318, 170, 83, 44, 12, 2][i] ?? 0;
  return { day: `2026-11-${String(i + 2).padStart(2, '0')}`, value, range: { to: Math.round(value * 1.12) } };
});

export const CampaignPage = () => (
  <Layout
    title="Les essentiels"
    current="/campagnes"
    nav={nav}
    session={{ ...session, others: [] }}
    csrf="jeton"
    demo
    wide
  >
    <PageHead
      back={{ href: '/campagnes', label: 'Campagnes' }}
      kicker="Du 2 novembre 2026 au 31 mars 2027"
      title="Les essentiels pour la filière des infrastructures du numérique"
    />
    <Tabs
      label="La campagne"
      tabs={[
        { href: '#', label: 'Envois', current: true },
        { href: '#m', label: 'Mesures' },
        { href: '#p', label: 'Partenaires' },
      ]}
    />
    <Section title="Les envois" action={{ href: '/nouveau', label: 'Ajouter un envoi' }}>
      <Timeline from="2026-11-02" to="2027-03-31" today={date('2026-11-22T10:00')} pushes={pushes} />
    </Section>
    <Section title="Jour par jour">
      <DayChart
        id="jours"
        title="Clics retenus par jour"
        summary="Trois pics, chacun le lendemain d’un envoi."
        passport={figure(0, 'clics')}
        days={days}
      />
    </Section>
    <Section title="À qui">
      <DataTable
        caption="À qui : 6 940 sélectionnés"
        columns={[
          { label: 'Organisation' },
          { label: 'Sélectionnés', numeric: true },
          { label: 'Adressés', numeric: true, sorted: 'descending' },
          { label: 'Distribués', numeric: true },
          { label: 'État' },
        ]}
        rows={[
          ['Constructys', 4290, 4122, 4098, <State kind="run">en cours</State>],
          ['AFDAS', 2450, 1970, 1961, <State kind="pause">en pause</State>],
          ['Fédération', 200, 120, 0, <State kind="off">annulé</State>],
        ]}
        total={['Ensemble', 6940, 6212, 6059, '']}
      />
      <DataTable
        caption="Ce qu’il advient"
        columns={[{ label: 'Raison' }, { label: 'Contacts', numeric: true }]}
        rows={[
          ['Désinscrits', 231],
          ['Traités par la campagne', 117],
        ]}
      />
      <Pagination previous="#a" next="#b" shown="50 lignes" />
    </Section>
    <Section title="Relais">
      <Empty
        title="Aucun relais n’a encore demandé de kit."
        act={{ href: '/relais/inviter', label: 'Inviter un relais' }}
      >
        <p>Un relais reçoit des textes prêts, des visuels et un lien à lui. Invitez-en un pour commencer.</p>
      </Empty>
    </Section>
  </Layout>
);

export const PAGES = { accueil: HomePage, campagne: CampaignPage, formulaire: FormPage, public: PublicPage };
