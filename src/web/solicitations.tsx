import { Hono } from 'hono';
import { parseParis, toParisDay } from '../base/dates.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import { declareSolicitation, withdrawSolicitation } from '../contacts/declare-solicitation.ts';
import { readAudiences } from '../contacts/read-audiences-page.ts';
import { readSolicitations } from '../contacts/read-solicitations-page.ts';
import { may } from '../organisations/permissions.ts';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { plural } from './push-words.tsx';
import { SolicitationsView, type TypedSolicitation, WINDOWS } from './solicitations-pages.tsx';

/** How often people are asked something: what was declared, the caps, and who is asked most. */
export function solicitationPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/sollicitations', (c) =>
    show(c, { kind: '', label: '', day: toParisDay(deps.now()), audience: '', campaign: '' }),
  );

  app.post('/sollicitations', async (c) => {
    const form = await formOf(c);
    const typed: TypedSolicitation = {
      kind: form.text('kind'),
      label: form.text('label'),
      day: form.text('at'),
      audience: form.text('audienceId'),
      campaign: form.text('campaignId'),
    };
    try {
      const { people } = await declareSolicitation(acting(c), {
        kind: typed.kind,
        label: typed.label,
        at: parseParis(`${typed.day}T12:00`),
        audienceId: Number(typed.audience) || null,
        campaignId: Number(typed.campaign) || null,
      });
      return redirectWith(c, '/sollicitations', {
        kind: 'ok',
        text: `La sollicitation compte désormais pour ${plural(people, 'contact', 'contacts')}.`,
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return show(c, typed, error.fields);
    }
  });

  app.post(`/sollicitations/${ID}/retrait`, async (c) => {
    const { label } = await withdrawSolicitation(acting(c), idOf(c));
    return redirectWith(c, '/sollicitations', { kind: 'ok', text: `« ${label} » ne compte plus.` });
  });

  async function show(c: WebContext, typed: TypedSolicitation, errors?: FieldError[]) {
    const ctx = acting(c);
    const asked = Number(c.req.query('jours'));
    const days = WINDOWS.find((w) => w === asked) ?? WINDOWS[0];
    return page(
      c,
      { title: 'Sollicitations', current: '/contacts', status: errors ? 422 : 200 },
      <SolicitationsView
        {...(await readSolicitations(ctx, days))}
        days={days}
        audiences={await readAudiences(ctx)}
        typed={typed}
        errors={errors}
        csrf={c.get('session').csrf}
        mayWrite={may(ctx.actor, 'contacts.write')}
      />,
    );
  }
  return app;
}
