import { Hono } from 'hono';
import { toParisDay } from '../base/dates.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { readWholeMemory } from '../decisions/read-memory.ts';
import { INSTANCE_LONG, INSTANCES } from '../decisions/schema.ts';
import { readHandover } from '../reports/handover.ts';
import { readMinutes } from '../reports/minutes.ts';
import { acting } from './acting.ts';
import type { Document } from './document.ts';
import { download } from './document-file.ts';
import { DocumentView } from './document-view.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { HandoverView } from './handover-view.tsx';
import { minutesDocument } from './memory-minutes.ts';
import { wholeMemory } from './memory-whole.ts';
import { memoryUrl } from './memory-words.tsx';
import { page } from './page.tsx';
import { Acts, Button, ButtonLink, Empty, PageHead } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';

const base = '/campagnes/:campaign/memoire';

/** What the memory gives to take away: the next meeting’s minutes, everything in one document, and who takes over. */
export function memoryDocumentPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const slugOf = (c: WebContext) => c.req.param('campaign') ?? '';

  const asked = (c: WebContext) => ({
    instance: c.req.query('instance') ?? 'copil',
    date: c.req.query('date') ?? toParisDay(deps.now()),
  });

  app.get(`${base}/compte-rendu`, async (c) => {
    const campaign = await readCampaign(acting(c), slugOf(c));
    const wanted = asked(c);
    const show = (doc: Document, errors?: FieldError[]) =>
      page(
        c,
        { title: doc.title, current: '/campagnes', status: errors ? 422 : 200 },
        <>
          <PageHead
            back={{ href: memoryUrl(campaign), label: `Mémoire, ${campaign.name}` }}
            title={doc.title}
            lead={doc.lead[0]}
          >
            <ErrorSummary errors={errors} />
            <Meeting campaign={campaign} asked={wanted} errors={errors} />
          </PageHead>
          <DocumentView doc={doc} />
        </>,
      );
    try {
      return show(minutesDocument(await readMinutes(acting(c), campaign.slug, wanted)));
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const today = { ...wanted, date: toParisDay(deps.now()) };
      return show(minutesDocument(await readMinutes(acting(c), campaign.slug, today)), error.fields);
    }
  });

  app.get(`${base}/document`, async (c) => {
    const campaign = await readCampaign(acting(c), slugOf(c));
    const doc = wholeMemory({ campaign, ...(await readWholeMemory(acting(c), campaign.id)), now: deps.now() });
    return page(
      c,
      { title: doc.title, current: '/campagnes' },
      <>
        <PageHead
          back={{ href: memoryUrl(campaign), label: `Mémoire, ${campaign.name}` }}
          title={doc.title}
          lead={doc.lead[0]}
        />
        {doc.parts.length === 0 ? (
          <Empty
            title="Cette mémoire est encore vide."
            act={{ href: memoryUrl(campaign), label: 'Revenir à la mémoire' }}
          />
        ) : (
          <>
            <Files at={`${memoryUrl(campaign)}/document`} query="" />
            <DocumentView doc={doc} />
          </>
        )}
      </>,
    );
  });

  for (const format of ['md', 'html'] as const) {
    app.get(`${base}/compte-rendu.${format}`, async (c) => {
      const minutes = await readMinutes(acting(c), slugOf(c), asked(c));
      const name = `compte-rendu-${minutes.campaign.slug}-${minutes.date}`;
      return download(c, minutesDocument(minutes, deps.publicUrl), format, name);
    });
    app.get(`${base}/document.${format}`, async (c) => {
      const campaign = await readCampaign(acting(c), slugOf(c));
      const memory = await readWholeMemory(acting(c), campaign.id);
      return download(
        c,
        wholeMemory({ campaign, ...memory, now: deps.now() }, deps.publicUrl),
        format,
        `memoire-${campaign.slug}`,
      );
    });
  }

  app.get('/campagnes/:campaign/passation', async (c) => {
    const handover = await readHandover(acting(c), slugOf(c));
    return page(
      c,
      { title: `Passation, ${handover.campaign.name}`, current: '/campagnes' },
      <HandoverView handover={handover} today={deps.now()} />,
    );
  });

  return app;
}

const Files = ({ at, query }: { at: string; query: string }) => (
  <>
    <Acts>
      <ButtonLink href={`${at}.html${query}`} download>
        Télécharger le document
      </ButtonLink>
      <ButtonLink href={`${at}.md${query}`} download quiet>
        Le même en Markdown
      </ButtonLink>
    </Acts>
    <Acts>
      <span class="hint">Ou imprimez cette page, depuis le menu de votre navigateur.</span>
    </Acts>
  </>
);

const Meeting = (p: {
  campaign: { slug: string };
  asked: { instance: string; date: string };
  errors?: FieldError[] | undefined;
}) => {
  const at = `/campagnes/${p.campaign.slug}/memoire/compte-rendu`;
  return (
    <form method="get" action={at}>
      <FieldRow>
        <Field
          kind="select"
          name="instance"
          label="Instance"
          value={p.asked.instance}
          bare
          options={INSTANCES.map((value) => ({ value, label: INSTANCE_LONG[value] }))}
        />
        <Field
          kind="date"
          name="date"
          label="Date de la réunion"
          value={p.asked.date}
          error={errorOf(p.errors, 'date')}
          bare
        />
      </FieldRow>
      <Acts>
        <Button>Préparer</Button>
      </Acts>
      {!p.errors && <Files at={at} query={`?${new URLSearchParams(p.asked)}`} />}
    </form>
  );
};
