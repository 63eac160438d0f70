import { shortDate } from '../base/dates.ts';
import type { PageSheet } from '../pages/read-pages.ts';
import { amountText, windowText as saidWindow } from '../pages/statement-words.ts';
import type { PageSeries, ReportedPage } from '../reports/pages.ts';
import { sentence } from './calendar-words.tsx';
import { dayText, plural, quoted } from './push-words.tsx';
import { passportOf, shown } from './report-parts.tsx';
import { DayChart } from './ui/charts.tsx';
import { Acts, Button, ButtonLink, Csrf, Empty, Facts, PageHead, Row, Rows, Section, Todo } from './ui/components.tsx';
import { Figure, Figures, HowCounted, number } from './ui/figures.tsx';
import { State } from './ui/marks.tsx';
import { UploadExport } from './watched-import.tsx';
import { baselineText, pagesUrl, pageUrl, windowText } from './watched-words.tsx';

type Props = PageSheet & { report: ReportedPage; csrf: string };

/** One page of others: what is counted, what its owner exports, what people state, side by side. */
export const WatchedOne = (p: Props) => {
  const { campaign: c, page } = p;
  return (
    <>
      <PageHead
        back={{ href: pagesUrl(c.slug), label: 'Pages' }}
        kicker={`${page.owner}, suivie par ${page.organisation.name}`}
        title={page.name}
        lead={<a href={page.url}>{page.url}</a>}
      >
        {p.own && (
          <Acts>
            <ButtonLink href={pageUrl(c.slug, page.slug, '/modifier')}>Modifier</ButtonLink>
          </Acts>
        )}
      </PageHead>
      <ThreeSeries report={p.report} />
      <Compared {...p} />
      <Stated {...p} />
      <Exports {...p} />
    </>
  );
};

const ThreeSeries = ({ report: r }: { report: ReportedPage }) => (
  <Section title="Trois séries, côte à côte" note="jamais additionnées">
    <Figures>
      <Figure label="départs par nos liens" figure={shown(r.departs, r.departsJusqua)} />
      {r.simulated && (
        <Figure label="départs simulés" figure={shown(r.simulated)} note="journal simulé : rien n’a eu lieu" />
      )}
      {r.exported.visites && <Figure label="visites selon le propriétaire" figure={shown(r.exported.visites)} />}
      {r.exported.pages_vues && (
        <Figure label="pages vues selon le propriétaire" figure={shown(r.exported.pages_vues)} />
      )}
      {r.exported.visiteurs && (
        <Figure label="visiteurs uniques du jour, additionnés" figure={shown(r.exported.visiteurs)} />
      )}
    </Figures>
    {Object.keys(r.exported).length === 0 && (
      <p>{r.owner} n’a pas donné d’export : de ses visites, on ne connaît que ce qui en est dit plus bas.</p>
    )}
    {r.series.map((s) => (
      <Drawn series={s} report={r} />
    ))}
  </Section>
);

const DAY = 86_400_000;

/** Days without a number stand as gaps of the sentence, and as empty places of the drawing. */
const Drawn = ({ series: s, report: r }: { series: PageSeries; report: ReportedPage }) => {
  const values = new Map(s.points.map((x) => [x.day, x.n]));
  // One axis for all, or a reader would compare days that are not the same.
  const told = r.series.flatMap((x) => x.points.map((point) => point.day)).sort();
  const [first, last] = [told[0] ?? '', told.at(-1) ?? ''];
  const days: { day: string; value: number }[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push({ day, value: values.get(day) ?? 0 });
  }
  const best = s.points.reduce((a, b) => (b.n > a.n ? b : a));
  const own = Math.round((Date.parse(s.points.at(-1)?.day ?? '') - Date.parse(s.points[0]?.day ?? '')) / DAY) + 1;
  const gaps = own - s.points.length;
  const missing = s.key.startsWith('export') && gaps > 0 ? ` ${plural(gaps, 'jour', 'jours')} sans export.` : '';
  return (
    <DayChart
      id={`serie-${s.key}`}
      title={`${s.label}, par jour`}
      summary={`${sentence(`Le plus fort : ${dayText(best.day)} ${best.day.slice(0, 4)}, ${number(best.n)} ${s.unit}`)}${missing}`}
      passport={passportOf(figureOf(s, r))}
      days={days}
    />
  );
};

const figureOf = (s: PageSeries, r: ReportedPage) =>
  (s.key === 'departsSimules' ? r.simulated : null) ??
  (s.key === 'exportVisites' ? r.exported.visites : null) ??
  (s.key === 'exportPagesVues' ? r.exported.pages_vues : null) ??
  (s.key === 'exportVisiteurs' ? r.exported.visiteurs : null) ??
  r.departs;

const Compared = ({ page, report: { comparison: k, departsReference }, own, campaign }: Props) => (
  <Section title="Avant, et pendant">
    <Facts
      items={[
        ['Période de référence', baselineText(page)],
        ['La campagne y a envoyé', windowText(page)],
      ]}
    />
    {k.kind === 'ecart' ? (
      <>
        <Figures>
          <Figure label={`${k.reference.unit}, avant`} figure={shown(k.reference)} />
          <Figure label={`${k.campaign.unit}, pendant`} figure={shown(k.campaign)} />
          {departsReference && <Figure label="départs, avant" figure={shown(departsReference)} />}
        </Figures>
        <p>{k.says}</p>
      </>
    ) : (
      <Empty
        title={k.says}
        act={
          own && (page.baselineFrom === null || page.windowFrom === null)
            ? { href: pageUrl(campaign.slug, page.slug, '/modifier'), label: 'Dire ces périodes' }
            : undefined
        }
      />
    )}
  </Section>
);

const Stated = (p: Props) => {
  const { campaign: c, page, statements, report: r } = p;
  const against = new Set(r.contradictions.flatMap((x) => x.ids));
  return (
    <Section title="Ce qui s’en dit" note="gardé dans les mots de chacun">
      {r.contradictions.map((x) => (
        <Todo title="Ces chiffres se contredisent">
          <p>{x.says}</p>
          <p>{x.cannot}</p>
        </Todo>
      ))}
      {statements.length === 0 ? (
        <Empty title="Personne n’a encore rien déclaré.">
          <p>
            Un chiffre lu dans un rapport, une page, un entretien : notez-le tel qu’il est dit, avec qui le dit, où, et
            le fichier. Il ne se corrige pas ; il se retire.
          </p>
        </Empty>
      ) : (
        <Rows label="Chiffres déclarés, le premier d’abord">
          {statements.map((s) => {
            const told = r.statements.find((x) => x.id === s.id);
            const text = `${amountText(s)} ${saidWindow(s)}`;
            return (
              <Row
                when={shortDate(s.declaredAt)}
                datetime={s.declaredAt.toISOString()}
                what={s.withdrawnAt ? <s>{text}</s> : text}
                meta={<Provenance {...p} s={s} />}
                more={told && <HowCounted passport={passportOf(told.figure)} of={text} />}
                end={
                  s.withdrawnAt ? (
                    <State kind="off">retiré</State>
                  ) : (
                    <>
                      {against.has(s.id) && <State kind="stop">contredit</State>}
                      {s.own && (
                        <form method="post" action={pageUrl(c.slug, page.slug, `/declarations/${s.id}/retrait`)}>
                          <Csrf token={p.csrf} />
                          <Button quiet label={`Retirer : ${text}`}>
                            Retirer
                          </Button>
                        </form>
                      )}
                    </>
                  )
                }
              />
            );
          })}
        </Rows>
      )}
      {p.mayWrite && (
        <Acts>
          <ButtonLink href={pageUrl(c.slug, page.slug, '/declarations')}>Noter un chiffre</ButtonLink>
        </Acts>
      )}
    </Section>
  );
};

/** Who says it, where, in which words, and who wrote it down. */
const Provenance = ({ campaign: c, page, s }: Props & { s: Props['statements'][number] }) => (
  <>
    {sentence(`Selon ${s.saidBy}, ${s.source}${s.saidOn ? `, le ${dayText(s.saidOn)} ${s.saidOn.slice(0, 4)}` : ''}`)}{' '}
    {s.quote && (
      <>
        <br />
        {quoted(s.quote)}
      </>
    )}
    {s.note && (
      <>
        <br />
        Remarque : {s.note}
      </>
    )}
    <br />
    Noté par {s.organisation.name}.
    {s.fileName && (
      <>
        {' '}
        <a href={pageUrl(c.slug, page.slug, `/declarations/${s.id}/fichier`)} download>
          {s.fileName}
        </a>{' '}
        (empreinte {s.fileHash?.slice(0, 12)}…)
      </>
    )}
  </>
);

const Exports = (p: Props) => {
  const { campaign: c, page, imports } = p;
  return (
    <Section title={`Les exports de ${page.owner}`} id="exports">
      {imports.length > 0 && (
        <Rows label="Fichiers importés">
          {imports.map((i) => (
            <Row
              when={shortDate(i.importedAt)}
              datetime={i.importedAt.toISOString()}
              what={i.fileName}
              href={pageUrl(c.slug, page.slug, `/exports/${i.id}`)}
              meta={`${plural(i.report.days, 'jour', 'jours')}, importé par ${i.organisation.name}`}
            />
          ))}
        </Rows>
      )}
      {p.mayWrite ? (
        <UploadExport action={pageUrl(c.slug, page.slug, '/exports')} csrf={p.csrf} owner={quoted(page.owner)} />
      ) : (
        imports.length === 0 && <Empty title="Aucun export n’a été donné." />
      )}
    </Section>
  );
};
