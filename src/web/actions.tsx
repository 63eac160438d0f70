import { Hono } from 'hono';
import { toParisDay } from '../base/dates.ts';
import { type FieldError, forbidden, Refusal } from '../base/errors.ts';
import { actionInput } from '../campaigns/action-queries.ts';
import { readAction, readActions } from '../campaigns/action-read.ts';
import { declareResult } from '../campaigns/action-results.ts';
import { cancelAction } from '../campaigns/action-save.ts';
import { doubtsPersons } from '../campaigns/action-schema.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { allow, may } from '../organisations/permissions.ts';
import { actionLink, declareAction } from '../tracking/action-link.ts';
import { readActionLinks } from '../tracking/read-action-links.ts';
import { acting } from './acting.ts';
import { actionForm, actionOf, emptyAction, type TypedAction, typedAction } from './action-form.tsx';
import { ActionFormPage, ActionPage, ActionsPage, CancelActionPage } from './action-pages.tsx';
import { resultForm, resultOf, type TypedResult } from './action-result.tsx';
import { planUrl } from './calendar-words.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';

/** What partners do beside the pushes: declared, linked, and what is said of it. */
export function actionPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const all = '/campagnes/:campaign/actions';
  const one = `${all}/:action`;

  app.get(all, async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    return page(
      c,
      { title: `Actions, ${campaign.name}`, current: '/campagnes' },
      <ActionsPage
        campaign={campaign}
        actions={await readActions(ctx, campaign.slug)}
        links={await readActionLinks(ctx, { campaignId: campaign.id })}
        now={deps.now()}
        mayWrite={may(ctx.actor, 'campaign.write')}
        mayReport={may(ctx.actor, 'report.read')}
      />,
    );
  });

  app.get(`${all}/nouvelle`, (c) => {
    allow(acting(c).actor, 'campaign.write');
    return writing(c, null, emptyAction(c.req.query('jour') ?? toParisDay(deps.now())));
  });
  app.post(`${all}/nouvelle`, (c) => save(c, null));

  app.get(`${one}/modifier`, async (c) => {
    const action = await own(c);
    return writing(c, action.slug, typedAction(actionInput(action)));
  });
  app.post(`${one}/modifier`, async (c) => save(c, (await own(c)).slug));

  app.get(one, (c) => show(c, { value: '', unit: '', from: '', to: '', source: '', note: '' }));

  app.get(`${one}/annulation`, async (c) => {
    const action = await own(c);
    const campaign = await readCampaign(acting(c), c.req.param('campaign'));
    return page(
      c,
      { title: `Annuler ${action.title}`, current: '/campagnes' },
      <CancelActionPage campaign={campaign} action={action} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${one}/annulation`, async (c) => {
    const { campaign, action } = c.req.param();
    const { title } = await cancelAction(acting(c), campaign, action);
    return redirectWith(c, planUrl(campaign, `actions/${action}`), { kind: 'ok', text: `« ${title} » est annulée.` });
  });

  app.post(`${one}/lien`, async (c) => {
    const { id, slug } = await own(c);
    await actionLink(acting(c), id);
    return redirectWith(c, planUrl(c.req.param('campaign'), `actions/${slug}`), {
      kind: 'ok',
      text: 'Son lien suivi est prêt : copiez-le là où l’action paraît.',
    });
  });

  app.post(`${one}/resultats`, async (c) => {
    const { campaign, action } = c.req.param();
    const form = await formOf(c);
    const typed = resultForm(form);
    try {
      const { outcome } = await declareResult(acting(c), campaign, action, resultOf(typed), {
        sure: form.text('sure') === '1',
      });
      return redirectWith(c, planUrl(campaign, `actions/${action}`), {
        kind: 'ok',
        text: outcome === 'created' ? 'C’est écrit, au nom de votre organisation.' : 'Vous l’aviez déjà déclaré ainsi.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return show(c, typed, error.fields);
    }
  });

  async function show(c: WebContext, typed: TypedResult, errors?: FieldError[]) {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign') ?? '');
    const action = await readAction(ctx, campaign.slug, c.req.param('action') ?? '');
    return page(
      c,
      { title: action.title, current: '/campagnes', status: errors ? 422 : 200 },
      <ActionPage
        campaign={campaign}
        action={action}
        links={await readActionLinks(ctx, { campaignId: campaign.id, actionId: action.id })}
        publicUrl={deps.publicUrl}
        now={deps.now()}
        csrf={c.get('session').csrf}
        typed={typed}
        errors={errors}
        doubt={errors !== undefined && doubtsPersons(action.kind, typed.unit)}
      />,
    );
  }

  /** An action that one may change: of one's own organisation. */
  async function own(c: WebContext) {
    const ctx = acting(c);
    const action = await readAction(ctx, c.req.param('campaign') ?? '', c.req.param('action') ?? '');
    if (action.own) return action;
    allow(ctx.actor, 'campaign.write');
    throw forbidden(`C’est ${action.organisation.name} qui a déclaré cette action, et qui seule la change.`);
  }

  async function save(c: WebContext, slug: string | null) {
    const campaign = c.req.param('campaign') ?? '';
    const typed = actionForm(await formOf(c));
    try {
      const saved = await declareAction(acting(c), campaign, {
        ...actionOf(typed),
        ...(slug === null ? {} : { slug }),
      });
      return redirectWith(c, planUrl(campaign, `actions/${saved.slug}`), {
        kind: 'ok',
        text: slug === null ? 'L’action est au calendrier.' : 'L’action est enregistrée.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return writing(c, slug, typed, error.fields);
    }
  }

  async function writing(c: WebContext, slug: string | null, typed: TypedAction, errors?: FieldError[]) {
    const campaign = await readCampaign(acting(c), c.req.param('campaign') ?? '');
    return page(
      c,
      {
        title: slug ? 'Modifier l’action' : 'Déclarer une action',
        current: '/campagnes',
        status: errors ? 422 : 200,
      },
      <ActionFormPage campaign={campaign} slug={slug} csrf={c.get('session').csrf} typed={typed} errors={errors} />,
    );
  }
  return app;
}
