import { Hono } from 'hono';
import { type FieldError, invalid, Refusal } from '../base/errors.ts';
import { eurosField, parseEuros } from '../campaigns/budget-amount.ts';
import { readBudget } from '../campaigns/budget-read.ts';
import { saveBudget } from '../campaigns/budget-save.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { allow } from '../organisations/permissions.ts';
import { acting } from './acting.ts';
import { BudgetPage, subjectOf, type TypedBudget } from './calendar-budget-pages.tsx';
import { planUrl } from './calendar-words.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';

const AMOUNTS = ['planned', 'committed', 'paid'] as const;

/** Prévu, engagé, payé: what each partner pays, and for what. */
export function budgetPages(_deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const path = '/campagnes/:campaign/budget';

  app.get(path, (c) => show(c, null));

  app.post(path, async (c) => {
    const campaign = c.req.param('campaign');
    allow(acting(c).actor, 'campaign.write');
    const form = await formOf(c);
    const typed: TypedBudget = {
      subject: form.text('subject'),
      planned: form.text('planned'),
      committed: form.text('committed'),
      paid: form.text('paid'),
      note: form.text('note'),
    };
    try {
      const { outcome } = await saveBudget(acting(c), campaign, budgetOf(typed));
      return redirectWith(c, planUrl(campaign, 'budget'), { kind: 'ok', text: OUTCOMES[outcome] });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return show(c, typed, error.fields);
    }
  });

  async function show(c: WebContext, typed: TypedBudget | null, errors?: FieldError[]) {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign') ?? '');
    const budget = await readBudget(ctx, campaign.slug);
    const subject = c.req.query('ligne') ?? '';
    const own = budget.lines.find((b) => b.organisationId === ctx.actor.organisationId && subject === subjectOf(b));
    const written: TypedBudget = {
      subject,
      planned: eurosField(own?.planned ?? 0),
      committed: eurosField(own?.committed ?? 0),
      paid: eurosField(own?.paid ?? 0),
      note: own?.note ?? '',
    };
    return page(
      c,
      { title: `Budget, ${campaign.name}`, current: '/campagnes', wide: true, status: errors ? 422 : 200 },
      <BudgetPage
        campaign={campaign}
        budget={budget}
        organisation={ctx.actor.organisationId}
        csrf={c.get('session').csrf}
        typed={typed ?? written}
        errors={errors}
      />,
    );
  }
  return app;
}

const OUTCOMES = {
  created: 'Le montant est écrit.',
  updated: 'Le montant est changé.',
  unchanged: 'Rien n’a changé.',
  removed: 'La ligne est retirée.',
};

/** What the verb is given; refuses what is no amount, each on its field. */
function budgetOf(typed: TypedBudget): Record<string, unknown> {
  const [kind, slug] = typed.subject.split(':');
  const cents = Object.fromEntries(AMOUNTS.map((name) => [name, parseEuros(typed[name])]));
  const wrong = AMOUNTS.filter((name) => cents[name] === null);
  const errors = [
    ...(typed.subject === '' ? [{ field: 'subject', message: 'Dites pour quoi est ce montant.' }] : []),
    ...wrong.map((field) => ({ field, message: 'Écrivez un montant en euros, comme 1 234,50.' })),
  ];
  if (errors.length)
    throw invalid('montant_illisible', 'Le montant n’est pas enregistré : corrigez les champs signalés.', errors);
  return {
    push: kind === 'envoi' ? slug : null,
    action: kind === 'action' ? slug : null,
    ...cents,
    note: typed.note,
  };
}
