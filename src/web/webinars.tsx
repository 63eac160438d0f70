import { Hono } from 'hono';
import { type FieldError, forbidden, Refusal } from '../base/errors.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { allow, may } from '../organisations/permissions.ts';
import { cancelWebinar, type Effect, effectOfCancelling, effectOfSaving, saveWebinar } from '../pushes/edit-webinar.ts';
import { readResources } from '../resources/read-resources.ts';
import { closeRegistrations, holdWebinar, openRegistrations } from '../webinars/act-webinar.ts';
import { readWebinar, readWebinars, type WebinarSheet } from '../webinars/read-webinars.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { quoted } from './push-words.tsx';
import { CancelWebinarPage } from './webinar-cancel-page.tsx';
import { emptyWebinar, hourErrors, type TypedWebinar, typedWebinar, webinarForm, webinarOf } from './webinar-form.tsx';
import { WebinarFormPage } from './webinar-form-page.tsx';
import { WebinarsPage } from './webinar-list.tsx';
import { WebinarPage } from './webinar-page.tsx';
import { effectKey, mattersTo, webinarUrl } from './webinar-words.tsx';

/** The webinars of a campaign: prepared, opened, moved, held, cancelled. */
export function webinarPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const all = '/campagnes/:campaign/webinaires';
  const one = `${all}/:webinaire`;
  const campaignOf = (c: WebContext) => readCampaign(acting(c), c.req.param('campaign') ?? '');
  const webinarOfPage = (c: WebContext) =>
    readWebinar(acting(c), c.req.param('campaign') ?? '', c.req.param('webinaire') ?? '');
  const at = (c: WebContext) => webinarUrl(c.req.param('campaign') ?? '', c.req.param('webinaire') ?? '');

  app.get(all, async (c) => {
    const ctx = acting(c);
    const campaign = await campaignOf(c);
    return page(
      c,
      { title: `Webinaires, ${campaign.name}`, current: '/campagnes' },
      <WebinarsPage
        campaign={campaign}
        webinars={await readWebinars(ctx, campaign.slug)}
        mayWrite={may(ctx.actor, 'webinar.write')}
        mayReport={may(ctx.actor, 'report.read')}
      />,
    );
  });

  app.get(`${all}/nouveau`, async (c) => {
    const ctx = acting(c);
    allow(ctx.actor, 'webinar.write');
    const campaign = await campaignOf(c);
    const own = campaign.partners.find((p) => p.organisationId === ctx.actor.organisationId);
    return writing(c, null, { typed: emptyWebinar(own?.slug ?? '') });
  });
  app.post(`${all}/nouveau`, (c) => save(c, null));

  app.get(`${one}/modifier`, async (c) => {
    const webinar = await own(c);
    return writing(c, webinar, { typed: typedWebinar(webinar) });
  });
  app.post(`${one}/modifier`, async (c) => save(c, await own(c)));

  app.get(one, async (c) => {
    const { actor } = acting(c);
    const webinar = await webinarOfPage(c);
    const campaign = await campaignOf(c);
    return page(
      c,
      { title: webinar.title, current: '/campagnes' },
      <WebinarPage
        campaign={campaign}
        webinar={webinar}
        publicUrl={deps.publicUrl}
        now={deps.now()}
        csrf={c.get('session').csrf}
        may={{ report: may(actor, 'report.read'), push: campaign.leads && may(actor, 'push.write') }}
      />,
    );
  });

  for (const { path, act, text } of [
    { path: 'ouverture', act: openRegistrations, text: 'Les inscriptions sont ouvertes.' },
    { path: 'cloture', act: closeRegistrations, text: 'Les inscriptions sont closes.' },
    { path: 'tenue', act: holdWebinar, text: 'C’est noté : il a eu lieu. Vous pouvez importer les présences.' },
  ])
    app.post(`${one}/${path}`, async (c) => {
      await act(acting(c), c.req.param('campaign') ?? '', c.req.param('webinaire') ?? '');
      return redirectWith(c, at(c), { kind: 'ok', text });
    });

  app.get(`${one}/annulation`, async (c) => cancelling(c, await own(c), ''));
  app.post(`${one}/annulation`, async (c) => {
    const webinar = await own(c);
    const reason = (await formOf(c)).text('reason');
    try {
      const { title } = await cancelWebinar(acting(c), c.req.param('campaign'), webinar.slug, reason);
      await deps.wake({ kind: 'outbox' });
      return redirectWith(c, at(c), {
        kind: 'ok',
        text: `${quoted(title)} est annulé. Les personnes inscrites en sont averties.`,
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return cancelling(c, webinar, reason, error.fields);
    }
  });

  /** A webinar that one may change: of one's own organisation. */
  async function own(c: WebContext): Promise<WebinarSheet> {
    const webinar = await webinarOfPage(c);
    if (webinar.runs) return webinar;
    allow(acting(c).actor, 'webinar.write');
    throw forbidden(`C’est ${webinar.organisation.name} qui tient ce webinaire, et qui seule le change.`);
  }

  async function cancelling(c: WebContext, webinar: WebinarSheet, reason: string, errors?: FieldError[]) {
    const campaign = await campaignOf(c);
    return page(
      c,
      { title: `Annuler ${webinar.title}`, current: '/campagnes', status: errors ? 422 : 200 },
      <CancelWebinarPage
        campaign={campaign}
        webinar={webinar}
        effect={await effectOfCancelling(acting(c), campaign.slug, webinar.slug)}
        csrf={c.get('session').csrf}
        reason={reason}
        errors={errors}
      />,
    );
  }

  async function save(c: WebContext, webinar: WebinarSheet | null) {
    const ctx = acting(c);
    const campaign = c.req.param('campaign') ?? '';
    const form = await formOf(c);
    const typed = webinarForm(form);
    const row = /^(add|remove-(\d+))$/.exec(form.text('act'));
    if (row) return writing(c, webinar, { typed: withRow(typed, row[2]), errors: [] });
    const errors = hourErrors(typed);
    if (errors.length) return writing(c, webinar, { typed, errors });
    try {
      if (webinar) {
        const effect = await effectOfSaving(ctx, campaign, { ...webinarOf(typed), slug: webinar.slug });
        if (mattersTo(effect, webinar) && form.text('sure') !== effectKey(effect))
          return writing(c, webinar, { typed, effect });
      }
      const given = { ...webinarOf(typed), ...(webinar ? { slug: webinar.slug } : {}) };
      const saved = await saveWebinar(ctx, campaign, given);
      if (saved.written + saved.movedUp > 0) await deps.wake({ kind: 'outbox' });
      return redirectWith(c, webinarUrl(campaign, saved.slug), {
        kind: 'ok',
        text: webinar
          ? saved.changes?.moved && webinar.said !== 'prepare'
            ? 'Le webinaire est enregistré, et les personnes inscrites sont averties.'
            : 'Le webinaire est enregistré.'
          : 'Le webinaire est écrit. Relisez-le, puis ouvrez les inscriptions.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return writing(c, webinar, { typed, errors: error.fields });
    }
  }

  async function writing(
    c: WebContext,
    webinar: WebinarSheet | null,
    shown: { typed: TypedWebinar; errors?: FieldError[]; effect?: Effect },
  ) {
    const campaign = await campaignOf(c);
    return page(
      c,
      {
        title: webinar ? `Modifier ${webinar.title}` : 'Préparer un webinaire',
        current: '/campagnes',
        status: shown.errors || shown.effect ? 422 : 200,
      },
      <WebinarFormPage
        campaign={campaign}
        webinar={webinar}
        resources={await readResources(acting(c), campaign.id)}
        csrf={c.get('session').csrf}
        now={deps.now()}
        {...shown}
      />,
    );
  }
  return app;
}

/** The rows of the speakers, one taken out; the empty one to write in is always there. */
const withRow = (typed: TypedWebinar, removed: string | undefined): TypedWebinar =>
  removed === undefined ? typed : { ...typed, speakers: typed.speakers.filter((_, i) => i !== Number(removed)) };
