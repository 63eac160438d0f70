import type { PagesList } from '../pages/read-pages.ts';
import type { PagesReport, ReportedPage } from '../reports/pages.ts';
import { plural } from './push-words.tsx';
import { passportOf, shown } from './report-parts.tsx';
import { BarChart } from './ui/charts.tsx';
import { Acts, ButtonLink, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Figure, Figures, number } from './ui/figures.tsx';
import { State } from './ui/marks.tsx';
import { pagesUrl, pageUrl } from './watched-words.tsx';

/** The pages of others that a campaign watches, and the partners' sites on which it counts visits. */
export const WatchedList = ({ campaign: c, pages, sites, mayWrite, report }: PagesList & { report: PagesReport }) => (
  <>
    <PageHead
      back={{ href: `/campagnes/${c.slug}/rapport`, label: 'Rapport' }}
      kicker={c.name}
      title="Les pages où l’on envoie"
      lead="Celles que nous possédons se comptent ; celles des autres se lisent de trois façons, jamais additionnées."
    >
      {mayWrite && (
        <Acts>
          <ButtonLink href={pagesUrl(c.slug, '/nouvelle')} primary={pages.length === 0}>
            Suivre une page
          </ButtonLink>
        </Acts>
      )}
    </PageHead>
    <Section title="Pages qui ne sont pas à nous">
      {pages.length === 0 ? (
        <Empty title="Aucune page n’est suivie.">
          <p>
            Une page de France Travail, d’une branche, d’un portail : dites laquelle avant d’y envoyer, avec une période
            de référence. Sans elle, personne ne pourra dire ce que la campagne a changé.
          </p>
        </Empty>
      ) : (
        <Rows label="Pages suivies">
          {pages.map((p) => {
            const told = report.pages.find((r) => r.slug === p.slug);
            return (
              <Row
                what={p.name}
                href={pageUrl(c.slug, p.slug)}
                meta={`${p.owner}${told ? ` · ${inWords(told)}` : ''}`}
                end={told && <Worth page={told} />}
              />
            );
          })}
        </Rows>
      )}
    </Section>
    <Visits report={report} />
    <Section
      title="Sites des partenaires qui portent notre script"
      action={mayWrite ? { href: pagesUrl(c.slug, '/sites/nouveau'), label: 'Mesurer un site' } : undefined}
    >
      {sites.length === 0 ? (
        <Empty title="Aucun site n’est mesuré.">
          <p>
            Un script de moins d’un kilo-octet, sans cookie et sans rien garder chez le visiteur, compte les visites des
            pages d’un partenaire.
          </p>
        </Empty>
      ) : (
        <Rows label="Sites mesurés">
          {sites.map((s) => {
            const told = report.visits.bySite.find((b) => b.origin === s.origin && b.name === s.name);
            return (
              <Row
                what={s.name}
                href={pagesUrl(c.slug, `/sites/${s.id}`)}
                meta={`${s.organisation.name} · ${s.origin}${told ? ` · ${told.visits.value === null ? 'pas encore mesuré' : plural(told.visits.value, 'visite', 'visites')}` : ''}`}
                end={s.stoppedAt ? <State kind="off">arrêté</State> : undefined}
              />
            );
          })}
        </Rows>
      )}
    </Section>
  </>
);

const inWords = ({ departs, exported, statements, simulated }: ReportedPage): string =>
  [
    departs.value === null ? 'départs non comptés' : plural(departs.value, 'départ', 'départs'),
    simulated?.value ? plural(simulated.value, 'départ simulé', 'départs simulés') : '',
    exported.visites?.value != null ? `${number(exported.visites.value)} visites selon le propriétaire` : '',
    statements.length > 0 ? plural(statements.length, 'chiffre déclaré', 'chiffres déclarés') : '',
  ]
    .filter(Boolean)
    .join(' · ');

/** What its figures are worth, in a sign and a word. */
export const Worth = ({ page }: { page: ReportedPage }) =>
  page.contradictions.length > 0 ? (
    <State kind="stop">se contredit</State>
  ) : page.baseline === null ? (
    <State kind="todo">sans référence</State>
  ) : (
    <State kind="ok">référence posée</State>
  );

const Visits = ({ report: { visits } }: { report: PagesReport }) =>
  visits.own.value || visits.sites?.value ? (
    <Section title="Visites comptées" note="sans cookie, non dédoublonnées">
      <Figures>
        <Figure label="visites de nos pages publiques" figure={shown(visits.own)} />
        {visits.sites && <Figure label="visites sur les sites des partenaires" figure={shown(visits.sites)} />}
        {visits.pages && <Figure label="pages vues sur ces sites" figure={shown(visits.pages)} />}
      </Figures>
      {visits.sites && visits.byChannel.length > 0 && (
        <BarChart
          id="visites-canaux"
          title="Par où l’on arrive sur les sites des partenaires"
          summary={`${visits.byChannel.map((b) => `${b.label} : ${number(b.visits.value ?? 0)}`).join(' ; ')}.`}
          passport={passportOf(visits.sites)}
          nameColumn="Canal"
          bars={visits.byChannel
            .map((b) => ({ label: b.label, value: b.visits.value ?? 0 }))
            .toSorted((a, b) => b.value - a.value)}
        />
      )}
    </Section>
  ) : null;
