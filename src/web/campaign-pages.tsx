import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { NATURE_NAMES, PARTNER_ROLE_NAMES } from '../campaigns/schema.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import { CHANNEL_NAMES } from '../pushes/schema.ts';
import type { Summary } from '../reports/summary.ts';
import { OwnAbsence, Presence } from './campaign-presence.tsx';
import { Untold } from './push-figures.tsx';
import { periodText, plural, pushUrl, recurrenceText, Standing, standing, whenOf } from './push-words.tsx';
import { LevelBars, MainThree, Targets, tableOf } from './report-parts.tsx';
import { capsText } from './solicitations-pages.tsx';
import { Acts, ButtonLink, Empty, Facts, PageHead, Section } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { Tabs } from './ui/flow.tsx';
import { Levels } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';
import { Timeline } from './ui/timeline.tsx';

/** The views of one campaign, the same on each of its pages. */
export const CampaignTabs = (p: {
  slug: string;
  current: 'envois' | 'calendrier' | 'webinaires' | 'ressources' | 'elements' | 'relais' | 'memoire' | 'reglages';
  /** Reads the results; the same roles read the memory. */
  mayReport: boolean;
}) => (
  <Tabs
    label="La campagne"
    tabs={[
      { href: `/campagnes/${p.slug}`, label: 'Envois', current: p.current === 'envois' },
      { href: `/campagnes/${p.slug}/calendrier`, label: 'Calendrier', current: p.current === 'calendrier' },
      { href: `/campagnes/${p.slug}/webinaires`, label: 'Webinaires', current: p.current === 'webinaires' },
      { href: `/campagnes/${p.slug}/ressources`, label: 'Ressources', current: p.current === 'ressources' },
      { href: `/campagnes/${p.slug}/elements`, label: 'Éléments de langage', current: p.current === 'elements' },
      { href: `/campagnes/${p.slug}/relais`, label: 'Relais', current: p.current === 'relais' },
      ...(p.mayReport
        ? [{ href: `/campagnes/${p.slug}/memoire`, label: 'Mémoire', current: p.current === 'memoire' }]
        : []),
      { href: `/campagnes/${p.slug}/reglages`, label: 'La campagne', current: p.current === 'reglages' },
      ...(p.mayReport ? [{ href: `/campagnes/${p.slug}/rapport`, label: 'Rapport' }] : []),
    ]}
  />
);

type CampaignProps = {
  campaign: CampaignSheet;
  pushes: readonly PushLine[];
  report: Summary | null;
  today: Date;
  organisation: number;
  mayWrite: boolean;
  mayReadPushes: boolean;
};

export const CampaignPage = (p: CampaignProps) => {
  const { campaign: c } = p;
  return (
    <>
      <PageHead
        back={{ href: '/campagnes', label: 'Campagnes' }}
        kicker={`Campagne ${periodText(c.startsOn, c.endsOn)}`}
        title={c.name}
        lead={c.tagline || undefined}
      >
        <OwnAbsence partners={c.partners} organisation={p.organisation} now={p.today} />
        {p.mayWrite && (
          <Acts>
            <ButtonLink href={`/campagnes/${c.slug}/envois/nouveau`}>Ajouter un envoi</ButtonLink>
          </Acts>
        )}
      </PageHead>
      <CampaignTabs slug={c.slug} current="envois" mayReport={p.report !== null} />
      <Pushes {...p} />
      {p.report && <Results report={p.report} />}
      <Identity {...p} />
    </>
  );
};

const Pushes = ({ campaign: c, pushes, report, today, organisation, mayWrite, mayReadPushes }: CampaignProps) => {
  const page = (push: PushLine): string | undefined =>
    mayReadPushes ? pushUrl(push) : report ? `/campagnes/${c.slug}/rapport` : undefined;
  if (!pushes.length)
    return (
      <Section title="Les envois">
        <Empty
          title="Cette campagne n’a encore aucun envoi."
          act={mayWrite ? { href: `/campagnes/${c.slug}/envois/nouveau`, label: 'Écrire le premier envoi' } : undefined}
        >
          <p>Un envoi, c’est un message daté, pour une audience, signé par une ou plusieurs organisations.</p>
        </Empty>
      </Section>
    );
  return (
    <>
      <Section title="Le fil de la campagne">
        <Timeline
          from={c.startsOn}
          to={c.endsOn}
          today={today}
          pushes={pushes.map((push) => ({
            href: page(push),
            title: push.title,
            at: push.at,
            kind: push.recurrence
              ? `${CHANNEL_NAMES[push.channel]}, ${recurrenceText(push.recurrence)}`
              : CHANNEL_NAMES[push.channel],
            levels: push.levels,
            state: standing(push, organisation),
            size: push.progress?.addressed,
          }))}
        />
      </Section>
      {pushes.some((push) => push.progress) && (
        <Section title="Jusqu’où chaque envoi est allé">
          <DataTable
            caption="Envois dont la liste est arrêtée"
            hiddenCaption
            columns={[
              { label: 'Envoi' },
              { label: 'Départ' },
              { label: 'Niveaux' },
              { label: 'Adressés', numeric: true },
              { label: 'Partis', numeric: true },
              { label: 'Distribués', numeric: true },
              { label: 'État' },
            ]}
            rows={pushes.flatMap((push) =>
              push.progress
                ? [
                    [
                      page(push) ? <a href={page(push)}>{push.title}</a> : push.title,
                      whenOf(push.at),
                      <Levels levels={push.levels} />,
                      push.progress.addressed,
                      push.progress.done,
                      push.progress.accepted,
                      <Standing push={push} organisation={organisation} />,
                    ],
                  ]
                : [],
            )}
          />
          {pushes.some((push) => push.progress?.partial) && <Untold k={c.k} />}
        </Section>
      )}
    </>
  );
};

const Results = ({ report }: { report: Summary }) => {
  const level = tableOf(report, 'level');
  return (
    <Section
      title="Ce que ça a apporté"
      note={report.simulated ? 'démonstration : messages simulés' : undefined}
      action={{ href: `/campagnes/${report.campaign.slug}/rapport`, label: 'Tout le rapport' }}
    >
      {report.figures.envois.value ? (
        <>
          <MainThree figures={report.figures} />
          {level && <LevelBars table={level} measure={report.figures.clics.value ? 'clicsPour100' : 'distribues'} />}
        </>
      ) : (
        <Empty title="Rien n’est encore parti.">
          <p>Les chiffres viendront ici après le premier envoi, chacun avec la façon dont il est compté.</p>
        </Empty>
      )}
      <Targets report={report} />
    </Section>
  );
};

const Identity = ({ campaign: c, today }: Pick<CampaignProps, 'campaign' | 'today'>) => (
  <Section title="Qui et pour quoi">
    {c.summary && <p>{c.summary}</p>}
    <DataTable
      caption={`Partenaires : ${number(c.partners.length)}`}
      columns={[{ label: 'Organisation' }, { label: 'Rôle' }, { label: 'Situation' }]}
      rows={c.partners.map((partner) => [
        partner.name,
        PARTNER_ROLE_NAMES[partner.role],
        <Presence partner={partner} now={today} />,
      ])}
    />
    <Facts
      items={[
        ['Mot-dièse', c.identity.hashtag ? `#${c.identity.hashtag}` : 'aucun'],
        ['Nature', NATURE_NAMES[c.nature]],
        ['Base légale', c.legalBasis],
        ['Point de contact', c.contactPoint || 'non précisé'],
        ['Plus petit groupe publié', plural(c.k, 'destinataire', 'destinataires')],
        ['Sollicite au plus', capsText(c.caps)],
      ]}
    />
  </Section>
);
