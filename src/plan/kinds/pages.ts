import { z } from 'zod';
import { writeStatement } from '../../pages/declare-figure.ts';
import { baselineBefore } from '../../pages/proposed-windows.ts';
import { getPage, pageInput, pagesOfCampaign, statementInput, statementsOf } from '../../pages/queries.ts';
import { writeWatchedPage } from '../../pages/save-watched-page.ts';
import { pageSlug, statementSchema, UNIT_NAMES, UNITS, watchedPageSchema } from '../../pages/schema.ts';
import { amountText, windowText } from '../../pages/statement-words.ts';
import { kind } from './kind.ts';
import { count, flag, listFile, oneOf, said } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

const page = watchedPageSchema.safeExtend({ organisation: z.string().optional() });
type Page = z.output<typeof page>;

const pageFile = listFile(
  {
    identifiant: said('slug'),
    nom: said('name'),
    organisation: said('organisation'),
    adresse: said('url'),
    propriétaire: said('owner'),
    'référence-du': said('baselineFrom'),
    'référence-au': said('baselineTo'),
    'campagne-du': said('windowFrom'),
    'campagne-au': said('windowTo'),
  },
  page,
);

/** `pages.yaml`: pages of others, with the windows in which they are compared. */
export const pages = kind<Page>({
  what: 'page',
  file: 'pages.yaml',
  keyOf: (p) => p.slug,
  ownerOf: (p) => p.organisation ?? '',
  read: (name, bytes) => fromYaml(name, bytes, pageFile.of),
  written: pageFile.written,
  current: async (trx, campaign, { lead }) =>
    (await pagesOfCampaign(trx, campaign.id)).map((p) => ({
      ...pageInput(p),
      ...(p.organisation.slug === lead ? {} : { organisation: p.organisation.slug }),
    })),
  write: (trx, ctx, campaign, { organisation: _, ...input }) => writeWatchedPage(trx, ctx, campaign.id, input),
  fromModel: ({ organisation: _, ...p }, { day, startsOn }) => {
    const moved = (at: string | null): string | null => at && day(at);
    const baseline = { baselineFrom: moved(p.baselineFrom), baselineTo: moved(p.baselineTo) };
    return {
      ...p,
      ...(baseline.baselineFrom === null ? baselineBefore(startsOn) : baseline),
      windowFrom: moved(p.windowFrom),
      windowTo: moved(p.windowTo),
    };
  },
});

const figure = statementSchema
  .safeExtend({ page: pageSlug, organisation: z.string().optional() })
  .refine((s) => s.unit !== 'personnes' || s.note !== '', {
    path: ['note'],
    message:
      'Une page compte des visites : dites dans la remarque comment ces personnes ont été comptées, ou que rien ne le dit.',
  });
type Stated = z.output<typeof figure>;
const keyOf = (s: Stated): string =>
  `${s.page} : ${amountText(s)} ${windowText(s)}, selon ${s.saidBy}, ${s.source}${s.organisation ? ` (${s.organisation})` : ''}`;

const figureFile = listFile(
  {
    page: said('page'),
    valeur: count('value'),
    minimum: flag('atLeast', false),
    unité: oneOf('unit', UNITS, UNIT_NAMES),
    du: said('from'),
    au: said('to'),
    période: said('windowSaid'),
    selon: said('saidBy'),
    source: said('source'),
    'dit-le': said('saidOn'),
    citation: said('quote'),
    remarque: said('note'),
    organisation: said('organisation'),
  },
  figure,
  keyOf,
);

/** `chiffres.yaml`: what people state of these pages. A file that proves one stays where it is kept. */
export const pageFigures = kind<Stated>({
  what: 'chiffre déclaré',
  file: 'chiffres.yaml',
  keyOf,
  ownerOf: (s) => s.organisation ?? '',
  read: (name, bytes) => fromYaml(name, bytes, figureFile.of),
  written: figureFile.written,
  async current(trx, campaign, { lead }) {
    const slugs = new Map((await pagesOfCampaign(trx, campaign.id)).map((p) => [p.id, p.slug]));
    return (await statementsOf(trx, { campaignId: campaign.id })).flatMap((s): Stated[] => {
      const slug = slugs.get(s.pageId);
      if (slug === undefined || s.withdrawnAt) return [];
      const owner = s.organisation.slug === lead ? {} : { organisation: s.organisation.slug };
      return [{ page: slug, ...statementInput(s), ...owner }];
    });
  },
  async write(trx, ctx, campaign, { page: slug, organisation: _, ...statement }) {
    return writeStatement(trx, ctx, await getPage(trx, campaign.id, slug), statement);
  },
  record: 'un chiffre déclaré ne se change pas : retirez-le, et notez l’autre.',
  fromModel: () => null,
});
