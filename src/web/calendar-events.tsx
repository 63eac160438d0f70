import { Hono } from 'hono';
import { toParisDay } from '../base/dates.ts';
import { type FieldError, forbidden, Refusal } from '../base/errors.ts';
import { readEvent, readEvents } from '../campaigns/event-read.ts';
import { cancelEvent, saveEvent } from '../campaigns/event-save.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { allow, may } from '../organisations/permissions.ts';
import { readPlan } from '../pushes/plan-calendar.ts';
import { readResources } from '../resources/read-resources.ts';
import { acting } from './acting.ts';
import { CancelEventPage, EventFormPage, EventPage, EventsPage, type TypedEvent } from './calendar-events-pages.tsx';
import { wider } from './calendar-month.ts';
import { planUrl } from './calendar-words.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';

const WEEK = 7;

/** Where the sector meets, and what the campaign shows there. */
export function eventPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const all = '/campagnes/:campaign/temps-forts';
  const one = `${all}/:event`;

  app.get(all, async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    return page(
      c,
      { title: `Temps forts, ${campaign.name}`, current: '/campagnes' },
      <EventsPage
        campaign={campaign}
        events={await readEvents(ctx, campaign.slug)}
        today={toParisDay(deps.now())}
        mayWrite={may(ctx.actor, 'campaign.write')}
        mayReport={may(ctx.actor, 'report.read')}
      />,
    );
  });

  app.get(`${all}/nouveau`, (c) => {
    allow(acting(c).actor, 'campaign.write');
    return writing(c, null, { title: '', from: '', to: '', place: '', url: '', note: '', resources: [] });
  });
  app.post(`${all}/nouveau`, (c) => save(c, null));

  app.get(`${one}/modifier`, async (c) => {
    const e = await own(c);
    return writing(c, e.slug, { ...e, url: e.url ?? '' });
  });
  app.post(`${one}/modifier`, async (c) => save(c, (await own(c)).slug));

  app.get(one, async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    const event = await readEvent(ctx, campaign.slug, c.req.param('event'));
    const { entries } = await readPlan(ctx, campaign.slug, wider(event, WEEK, WEEK));
    const readable = (kind: string): boolean => kind === 'action' || (kind === 'envoi' && may(ctx.actor, 'push.read'));
    return page(
      c,
      { title: event.title, current: '/campagnes' },
      <EventPage
        campaign={campaign}
        event={event}
        around={entries.filter((e) => readable(e.kind) && !e.cancelled)}
        organisation={ctx.actor.organisationId}
      />,
    );
  });

  app.get(`${one}/retrait`, async (c) => {
    const event = await own(c);
    const campaign = await readCampaign(acting(c), c.req.param('campaign'));
    return page(
      c,
      { title: `Retirer ${event.title}`, current: '/campagnes' },
      <CancelEventPage campaign={campaign} event={event} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${one}/retrait`, async (c) => {
    const { campaign, event } = c.req.param();
    const { title } = await cancelEvent(acting(c), campaign, event);
    return redirectWith(c, planUrl(campaign, 'temps-forts'), { kind: 'ok', text: `« ${title} » est retiré du plan.` });
  });

  /** A temps fort that one may change: noted by one's own organisation. */
  async function own(c: WebContext) {
    const ctx = acting(c);
    const event = await readEvent(ctx, c.req.param('campaign') ?? '', c.req.param('event') ?? '');
    if (event.own) return event;
    allow(ctx.actor, 'campaign.write');
    throw forbidden(`C’est ${event.organisation.name} qui a noté ce temps fort, et qui seule le change.`);
  }

  async function save(c: WebContext, slug: string | null) {
    const campaign = c.req.param('campaign') ?? '';
    const form = await formOf(c);
    const typed: TypedEvent = {
      title: form.text('title'),
      from: form.text('from'),
      to: form.text('to'),
      place: form.text('place'),
      url: form.text('url'),
      note: form.text('note'),
      resources: form.all('resources'),
    };
    try {
      const saved = await saveEvent(acting(c), campaign, {
        ...typed,
        to: typed.to || typed.from,
        url: typed.url.trim() === '' ? null : typed.url,
        ...(slug === null ? {} : { slug }),
      });
      return redirectWith(c, planUrl(campaign, `temps-forts/${saved.slug}`), {
        kind: 'ok',
        text: slug === null ? 'Le temps fort est au calendrier.' : 'Le temps fort est enregistré.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return writing(c, slug, typed, error.fields);
    }
  }

  async function writing(c: WebContext, slug: string | null, typed: TypedEvent, errors?: FieldError[]) {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign') ?? '');
    return page(
      c,
      {
        title: slug ? 'Modifier le temps fort' : 'Noter un temps fort',
        current: '/campagnes',
        status: errors ? 422 : 200,
      },
      <EventFormPage
        campaign={campaign}
        slug={slug}
        resources={await readResources(ctx, campaign.id)}
        csrf={c.get('session').csrf}
        typed={typed}
        errors={errors}
      />,
    );
  }
  return app;
}
