import { Hono } from 'hono';
import { longDate, toParisDay } from '../base/dates.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import { withdrawPartner } from '../campaigns/withdraw-partner.ts';
import { readWithdrawalEffects } from '../deliveries/read-withdrawal.ts';
import { acting } from './acting.ts';
import { settingsUrl } from './campaign-presence.tsx';
import { type TypedWithdrawal, WithdrawalPage } from './campaign-withdrawal-page.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';

/** A partner leaves a campaign: what it would stop, then the act. */
export function withdrawalPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const path = '/campagnes/:campaign/partenaires/:organisation/retrait';

  app.get(path, (c) => show(c, { day: toParisDay(deps.now()), reason: '' }));

  app.post(path, async (c) => {
    const campaign = c.req.param('campaign');
    const form = await formOf(c);
    const typed = { day: form.text('jour'), reason: form.text('raison') };
    try {
      const { organisation, effectiveAt } = await withdrawPartner(acting(c), campaign, {
        organisation: c.req.param('organisation'),
        effectiveOn: typed.day,
        reason: typed.reason,
      });
      return redirectWith(c, settingsUrl(campaign), {
        kind: 'ok',
        text: `Le retrait de ${organisation} est enregistré, à compter du ${longDate(effectiveAt)}. Les autres partenaires en sont prévenus.`,
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return show(
        c,
        typed,
        error.fields.map((e) => ({ ...e, field: e.field === 'reason' ? 'raison' : 'jour' })),
      );
    }
  });

  async function show(c: WebContext, typed: TypedWithdrawal, errors?: FieldError[]) {
    const ctx = acting(c);
    const effects = await readWithdrawalEffects(ctx, c.req.param('campaign') ?? '', c.req.param('organisation') ?? '');
    return page(
      c,
      { title: `Retrait de ${effects.partner.name}`, current: '/campagnes', status: errors ? 422 : 200 },
      <WithdrawalPage
        {...effects}
        mine={effects.partner.organisationId === ctx.actor.organisationId}
        typed={typed}
        today={toParisDay(deps.now())}
        errors={errors}
        csrf={c.get('session').csrf}
      />,
    );
  }
  return app;
}
