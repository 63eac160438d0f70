import { pageTables } from '../reports/page-tables.ts';
import type { PagesReport } from '../reports/pages.ts';
import { ReportTable, StatedTable } from './report-table.tsx';
import { Prose, Section } from './ui/components.tsx';
import { pagesUrl } from './watched-words.tsx';

/** Pages that the partners do not own, and visits: what can be said of them, and what cannot. `campaign`: where they are kept. */
export const WatchedSection = ({ report: r, campaign }: { report: PagesReport; campaign: string | null }) => {
  const tables = pageTables(r).filter((table) => table.rows.length > 0);
  return tables.length > 0 ? (
    <Section
      title="Les pages où l’on envoie"
      id="pages"
      {...(campaign === null ? {} : { action: { href: pagesUrl(campaign), label: 'Page par page' } })}
    >
      {tables.map((table) =>
        table.key === 'statements' ? <StatedTable table={table} /> : <ReportTable table={table} />,
      )}
      <Sayings report={r} />
    </Section>
  ) : null;
};

/** What contradicts itself, and what a difference is worth. */
export const Sayings = ({ report: r }: { report: PagesReport }) => (
  <Prose>
    <ul>
      {r.pages.flatMap((p) => [
        ...p.contradictions.map((x) => (
          <li>
            {x.says} {x.cannot}
          </li>
        )),
        <li>
          {p.name} : {p.comparison.says}
        </li>,
      ])}
    </ul>
  </Prose>
);
