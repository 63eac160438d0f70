import { type Filled, fillSample, type SampleValues } from './sample.ts';
import { escapeHtml, safe } from './template.ts';

/** A press release as anybody reads it once its hour has come: the very bytes that were approved, on a page of their own. */

export type PressPage = {
  /** Where it stands, and where its picture for shared links does. */
  url: string;
  picture: string;
  /** Of the campaign. */
  site: string;
  publishedAt: Date;
  /** Where each of its links leads: `url → address`; one that is missing leads to its own page. */
  links: ReadonlyMap<string, string>;
};

const PRINT =
  '@media print{.paper,.paper>div,.sheet,.sheet>table{background:#fff!important}.c>div,.c>table,h1,h2,h3{color:#000!important}' +
  '.mesure{display:none}.masthead,.masthead>table{background:#fff!important}.masthead .c>div{color:#000!important}a{color:#000!important}' +
  // A column is one piece that no page break enters, unless it is a block.
  '.mj-column-per-100{display:block!important}h1,h2,h3{break-after:avoid}blockquote,img{break-inside:avoid}@page{margin:18mm}}';

/** At the end of every page that is counted (PRV-23). */
const MEASURE_NOTE =
  '<p class="mesure" style="max-width:560px;margin:0 auto;padding:0 22px 32px;font:14px/1.5 Helvetica,Arial,sans-serif;color:#566070">' +
  'Cette page compte ses visites, sans cookie et sans savoir de qui. <a href="/mesure" style="color:inherit">Ne pas être compté</a></p>';

/** The title of a release, escaped: its message, whose page is named by its subject, says it too. */
const titleOf = (html: string): string => /<meta property="og:title" content="([^"]*)">/.exec(html)?.[1] ?? '';

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
/** The same as it was written. */
export const headlineOf = (html: string): string =>
  titleOf(html).replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!);

export function renderPressPage(variant: Filled, page: PressPage): string {
  const values: SampleValues = { greeting: '', notice: '' };
  variant.links.forEach(({ url }, i) => {
    values[`link:${i}`] = page.links.get(url) ?? url;
  });
  const { html } = fillSample(variant, values);
  const title = titleOf(html);
  const description = /<meta name="description" content="([^"]*)">/.exec(html)?.[1] ?? '';
  // Both come out of a page of ours, escaped already; what is new here is escaped now.
  const og: [string, string][] = [
    ['og:type', 'article'],
    ['og:locale', 'fr_FR'],
    ['og:description', description],
    ['og:url', escapeHtml(page.url)],
    ['og:site_name', escapeHtml(page.site)],
    ['og:image', escapeHtml(page.picture)],
    ['og:image:width', '1200'],
    ['og:image:height', '630'],
    ['article:published_time', page.publishedAt.toISOString()],
  ];
  const head = safe(
    `<link rel="canonical" href="${escapeHtml(page.url)}"><meta name="twitter:card" content="summary_large_image">` +
      og.map(([property, content]) => `<meta property="${property}" content="${content}">`).join('') +
      `<style>.mail-only{display:none!important}@media (prefers-color-scheme:dark){.mesure{color:#a7adb8!important}}${PRINT}</style>`,
  );
  return (
    html
      // What a reading program calls an e-mail is here the page itself.
      .replace('aria-roledescription="email" role="article"', 'role="main"')
      .replace(/<title>[\s\S]*?<\/title>/, () => `<title>${title}</title>`)
      .replace('</head>', () => `${head.html}</head>`)
      .replace('</body>', () => `${MEASURE_NOTE}</body>`)
  );
}

/** Read by anybody, listed by search engines, running nothing. */
export const pressPageHeaders = (publicUrl: string): Record<string, string> => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; img-src ${new URL(publicUrl).origin}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
});
