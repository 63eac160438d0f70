import { Hono } from 'hono';
import { toParisDay } from '../base/dates.ts';
import { closeCalendarFeed, openCalendarFeed, readCalendarFeed } from '../campaigns/calendar-feed.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { may } from '../organisations/permissions.ts';
import { isDuring, type PlanEntry, readPlan } from '../pushes/plan-calendar.ts';
import { type Collision, collisionsOf } from '../pushes/plan-collisions.ts';
import { readPlanFile } from '../pushes/plan-feed.ts';
import { acting } from './acting.ts';
import { daysOfMonth, monthOf, wider } from './calendar-month.ts';
import { CalendarPage } from './calendar-pages.tsx';
import { type Filters, PER_LIST } from './calendar-views.tsx';
import { kindFilter, planUrl } from './calendar-words.tsx';
import type { WebDeps, WebEnv } from './env.ts';
import { page, redirectWith } from './page.tsx';

/** Everything that is planned, on its days, and the plan in one's own calendar program. */
export function calendarPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/campagnes/:campaign/calendrier', async (c) => {
    const ctx = acting(c);
    const { slug, leads, caps, ...period } = await readCampaign(ctx, c.req.param('campaign'));
    const now = deps.now();
    const month = monthOf(c.req.query('mois'), period, now);
    const days = daysOfMonth(month);
    // What is before the month may crowd its first days.
    const plan = await readPlan(ctx, slug, wider(days, caps.days + 1, 2));
    const view = c.req.query('vue');
    const filters = {
      organisation: c.req.query('organisation') ?? '',
      level: c.req.query('niveau') ?? '',
      channel: c.req.query('canal') ?? '',
    };
    const from = Number(c.req.query('depuis'));
    return page(
      c,
      { title: `Calendrier, ${plan.campaign.name}`, current: '/campagnes', wide: true },
      <CalendarPage
        plan={plan}
        month={month}
        entries={plan.entries.filter((e) => isDuring(e, days) && passes(e, filters))}
        collisions={collisionsOf(plan.entries, caps, now).filter((collision) => during(collision, days))}
        filters={filters}
        view={view === 'mois' || view === 'liste' ? view : null}
        from={Number.isSafeInteger(from) && from > 0 && from % PER_LIST === 0 ? from : 0}
        today={toParisDay(now)}
        organisation={ctx.actor.organisationId}
        feed={await readCalendarFeed(ctx, slug)}
        csrf={c.get('session').csrf}
        may={{
          write: may(ctx.actor, 'campaign.write'),
          push: leads && may(ctx.actor, 'push.write'),
          readPushes: may(ctx.actor, 'push.read'),
          report: may(ctx.actor, 'report.read'),
        }}
      />,
    );
  });

  app.get('/campagnes/:campaign/calendrier.ics', async (c) => {
    const { name, file } = await readPlanFile(acting(c), c.req.param('campaign'));
    return c.body(file, 200, {
      'Content-Type': 'text/calendar; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'private, no-store',
    });
  });

  app.post('/campagnes/:campaign/calendrier/abonnement', async (c) => {
    const slug = c.req.param('campaign');
    await openCalendarFeed(acting(c), slug);
    return redirectWith(c, `${planUrl(slug, 'calendrier')}#abonnement`, {
      kind: 'ok',
      text: 'L’adresse d’abonnement est prête. Une adresse précédente n’ouvre plus rien.',
    });
  });

  app.post('/campagnes/:campaign/calendrier/abonnement/retrait', async (c) => {
    const slug = c.req.param('campaign');
    await closeCalendarFeed(acting(c), slug);
    return redirectWith(c, `${planUrl(slug, 'calendrier')}#abonnement`, {
      kind: 'ok',
      text: 'Cette adresse n’ouvre plus rien.',
    });
  });
  return app;
}

const during = (c: Collision, days: { from: string; to: string }): boolean =>
  c.kind === 'partenaires' ? isDuring(c.a, days) || isDuring(c.b, days) : isDuring(c.entry, days);

/** A level filter keeps what is about every level; what is about none (a temps fort, a date to hold) is left out by it. */
function passes(e: PlanEntry, f: Filters): boolean {
  if (f.organisation && !e.organisations.some((o) => o.slug === f.organisation)) return false;
  const about = e.kind === 'envoi' || e.kind === 'action' || e.kind === 'webinaire';
  if (f.level && !(about && (e.levels.length === 0 || e.levels.some((l) => l === f.level)))) return false;
  return !f.channel || e.channel === f.channel || kindFilter(e.kind) === f.channel;
}
