import { Hono } from 'hono';
import { parseParis, toParisDay } from '../base/dates.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { type Cursor, STANDINGS } from '../decisions/queries.ts';
import {
  type MemoryFilter,
  readDecision,
  readFormChoices,
  readMemory,
  readWatchNote,
} from '../decisions/read-memory.ts';
import { recordDecision } from '../decisions/record-decision.ts';
import { INSTANCES } from '../decisions/schema.ts';
import { archiveWatchNote, recordWatchNote } from '../decisions/watch-notes.ts';
import { may } from '../organisations/permissions.ts';
import { acting, ID, idOf, cursorOf as numberOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import {
  blankDecision,
  decisionOf,
  noteOf,
  onTheForm,
  replacing,
  type TypedDecision,
  type TypedNote,
  typedDecision,
  typedNote,
} from './memory-form.ts';
import { DecisionForm, NoteForm } from './memory-forms.tsx';
import { DecisionPage, NotePage } from './memory-pages.tsx';
import { MemoryView } from './memory-view.tsx';
import { decisionUrl, memoryUrl } from './memory-words.tsx';
import { formOf, page, redirectWith } from './page.tsx';

/** The memory: of one campaign under its address, of all of them and of the organisation itself under /memoire. */
export function memoryPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const today = () => toParisDay(deps.now());

  for (const [address, campaignOf] of [
    ['/campagnes/:campaign/memoire', (c: WebContext) => readCampaign(acting(c), c.req.param('campaign') ?? '')],
    ['/memoire', async () => null],
  ] as const) {
    app.get(address, async (c) => {
      const ctx = acting(c);
      const campaign = await campaignOf(c);
      const filter = filterOf(c);
      const before = placeOf(c, 'avant');
      const memory = await readMemory(ctx, campaign?.id, filter, { before, beforeNote: placeOf(c, 'veille') });
      return page(
        c,
        { title: campaign ? `Mémoire, ${campaign.name}` : 'Mémoire', current: campaign ? '/campagnes' : '/memoire' },
        <MemoryView
          campaign={campaign}
          memory={memory}
          filter={filter}
          link={(change) => withQuery(c, change)}
          later={before !== null}
          mayWrite={may(ctx.actor, 'memory.write')}
          mayReport={may(ctx.actor, 'report.read')}
        />,
      );
    });

    app.get(`${address}/decisions/nouvelle`, async (c) => {
      const campaign = await campaignOf(c);
      const old = numberOf(c, 'remplace');
      if (old === null) return showDecision(c, campaign, blankDecision(today(), c.req.query('envoi') ?? ''));
      const choices = await readFormChoices(acting(c), campaign?.id ?? null);
      const { decision } = await readDecision(acting(c), old);
      return showDecision(c, campaign, replacing(decision, choices, today()));
    });

    app.post(`${address}/decisions`, async (c) => {
      const ctx = acting(c);
      const campaign = await campaignOf(c);
      const typed = typedDecision(await formOf(c), await readFormChoices(ctx, campaign?.id ?? null));
      try {
        const { id } = await recordDecision(ctx, campaign?.id ?? null, decisionOf(typed));
        return redirectWith(c, decisionUrl(id), { kind: 'ok', text: 'La décision est dans la mémoire.' });
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
        return showDecision(c, campaign, typed, onTheForm(error.fields, typed));
      }
    });

    app.get(`${address}/veille/nouvelle`, async (c) =>
      showNote(c, await campaignOf(c), {
        date: today(),
        title: '',
        body: '',
        sourceName: '',
        sourceUrl: '',
        resources: [],
        push: c.req.query('envoi') ?? '',
      }),
    );

    app.post(`${address}/veille`, async (c) => {
      const campaign = await campaignOf(c);
      const typed = typedNote(await formOf(c));
      try {
        await recordWatchNote(acting(c), campaign?.id ?? null, noteOf(typed));
        return redirectWith(c, memoryUrl(campaign), {
          kind: 'ok',
          text: `« ${typed.title.trim()} » est dans la veille.`,
        });
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
        return showNote(c, campaign, typed, error.fields);
      }
    });
  }

  app.get(`/memoire/decisions/${ID}`, async (c) => {
    const ctx = acting(c);
    const { decision, chain, open } = await readDecision(ctx, idOf(c));
    return page(
      c,
      { title: decision.subject, current: decision.campaign ? '/campagnes' : '/memoire' },
      <DecisionPage decision={decision} chain={chain} mayWrite={open && may(ctx.actor, 'memory.write')} />,
    );
  });

  app.get(`/memoire/veille/${ID}`, async (c) => {
    const ctx = acting(c);
    const note = await readWatchNote(ctx, idOf(c));
    return page(
      c,
      { title: note.title, current: note.campaign ? '/campagnes' : '/memoire' },
      <NotePage
        note={note}
        csrf={c.get('session').csrf}
        mayArchive={note.organisationId === ctx.actor.organisationId && may(ctx.actor, 'memory.write')}
      />,
    );
  });

  app.post(`/memoire/veille/${ID}/archive`, async (c) => {
    const ctx = acting(c);
    const { campaign } = await readWatchNote(ctx, idOf(c));
    const { title } = await archiveWatchNote(ctx, idOf(c));
    return redirectWith(c, memoryUrl(campaign), {
      kind: 'ok',
      text: `« ${title} » est archivée : le document la garde.`,
    });
  });

  return app;
}

type Campaign = { id: number; slug: string; name: string } | null;

async function showDecision(c: WebContext, campaign: Campaign, typed: TypedDecision, errors?: FieldError[]) {
  const ctx = acting(c);
  const choices = await readFormChoices(ctx, campaign?.id ?? null);
  const old = typed.supersedes ? (await readDecision(ctx, Number(typed.supersedes))).decision : null;
  return page(
    c,
    { title: 'Noter une décision', current: campaign ? '/campagnes' : '/memoire', status: errors ? 422 : 200 },
    <DecisionForm
      choices={choices}
      typed={typed}
      errors={errors}
      replaces={old && { subject: old.subject, pending: old.decision === '' }}
      csrf={c.get('session').csrf}
    />,
  );
}

async function showNote(c: WebContext, campaign: Campaign, typed: TypedNote, errors?: FieldError[]) {
  return page(
    c,
    { title: 'Noter une lecture', current: campaign ? '/campagnes' : '/memoire', status: errors ? 422 : 200 },
    <NoteForm
      choices={await readFormChoices(acting(c), campaign?.id ?? null)}
      typed={typed}
      errors={errors}
      csrf={c.get('session').csrf}
    />,
  );
}

/** A value that is not one of ours filters nothing: addresses get shared and cut. */
const filterOf = (c: WebContext): MemoryFilter => ({
  search: c.req.query('recherche')?.trim().slice(0, 200) || undefined,
  instance: INSTANCES.find((i) => i === c.req.query('instance')),
  standing: STANDINGS.find((s) => s === c.req.query('etat')),
  organisation: c.req.query('organisation') || undefined,
  push: c.req.query('envoi') || undefined,
});

/** `2026-11-02.15`, as our own links write it. */
function placeOf(c: WebContext, name: string): Cursor | null {
  const [, date, id] = /^((?:19|20)\d{2}-\d{2}-\d{2})\.(\d{1,15})$/.exec(c.req.query(name) ?? '') ?? [];
  return date && id && parseParis(date) ? { date, id: Number(id) } : null;
}

function withQuery(c: WebContext, change: Record<string, string | null>): string {
  const query = new URLSearchParams(c.req.query());
  for (const [name, value] of Object.entries(change))
    if (value === null) query.delete(name);
    else query.set(name, value);
  return `${c.req.path}?${query}`;
}
