import { Hono } from 'hono';
import { shortDate } from '../base/dates.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { readCampaignAudiences } from '../contacts/read-audiences.ts';
import { readPushes } from '../deliveries/read-pushes.ts';
import { allow } from '../organisations/permissions.ts';
import { firstContent } from '../pushes/blank-content.ts';
import { createPush } from '../pushes/create-push.ts';
import { editPush } from '../pushes/edit-push.ts';
import { pushInputOf, readPush } from '../pushes/read-push.ts';
import { CHANNELS, type Channel } from '../pushes/schema.ts';
import { readWebinars } from '../webinars/read-webinars.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { pushActs } from './push-acts.tsx';
import { proofreadingOf, pushCheckPages } from './push-check.tsx';
import { SendingProgress } from './push-figures.tsx';
import { formErrors, NOTHING_YET, type PushValues, pushFields, valuesFrom, valuesOf } from './push-form.tsx';
import { overviewOf } from './push-overview.ts';
import { NewPushPage, PushPage } from './push-pages.tsx';
import { pushPreviewPages } from './push-preview.tsx';
import { pushRowsPages } from './push-rows.tsx';
import { chosenWebinar, invitationValues, toCome } from './push-webinar.tsx';
import { listed, pushUrl, recurrenceText } from './push-words.tsx';
import { nextDates } from './recurrence-form.tsx';

/** One push: created, planned, previewed, followed, and what is done to it. What it says is in push-content.tsx. */
export function pushPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  app.route('/', pushActs(deps));
  app.route('/', pushPreviewPages(deps));
  app.route('/', pushRowsPages(deps));
  app.route('/', pushCheckPages(deps));

  app.get('/campagnes/:campaign/envois/nouveau', async (c) => {
    const channel = channelOf(c.req.query('canal'));
    const asked = toCome(await readWebinars(acting(c), c.req.param('campaign'))).find(
      (w) => channel === 'webinaire' && w.slug === c.req.query('webinaire'),
    );
    const values = { ...NOTHING_YET, ...(asked && invitationValues(asked)) };
    return newPush(c, { values, channel, webinar: asked?.slug });
  });

  app.post('/campagnes/:campaign/envois/nouveau', async (c) => {
    const ctx = acting(c);
    const slug = c.req.param('campaign');
    const form = await formOf(c);
    const values = valuesOf(form);
    const { input, errors } = pushFields(values, deps.now());
    const channel = channelOf(form.text('canal'));
    const [source, invited] = [form.text('reprendre'), form.text('webinaire')];
    try {
      const before = source ? (await readPush(ctx, slug, source)).content : null;
      const { webinar, errors: unchosen } =
        channel === 'webinaire'
          ? chosenWebinar(toCome(await readWebinars(ctx, slug)), invited)
          : { webinar: null, errors: [] };
      errors.push(...unchosen);
      const content = firstContent(channel, values.titre, before, webinar);
      if (errors.length) return await newPush(c, { values, errors, source, channel, webinar: invited });
      const made = await createPush(ctx, slug, { ...input, channel, content });
      return redirectWith(c, pushUrl({ campaignSlug: slug, slug: made.slug }, '/contenu'), {
        kind: 'ok',
        text: `L’envoi est créé${input.recurrence ? `. Il se répète ${seriesText(input.recurrence, deps.now(), input.deadlineAt)}` : ''}. Écrivez maintenant ce qu’il dit.`,
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const all = [...errors, ...titleErrors(error)];
      return newPush(c, { values, errors: all, source, channel, webinar: invited });
    }
  });

  app.get('/campagnes/:campaign/envois/:push', (c) => overview(c));

  app.post('/campagnes/:campaign/envois/:push', async (c) => {
    const ctx = acting(c);
    const push = await readPush(ctx, c.req.param('campaign'), c.req.param('push'));
    const form = await formOf(c);
    const values = valuesOf(form);
    const { input, errors } = pushFields(values, deps.now(), push);
    if (errors.length) return overview(c, { values, errors });
    try {
      const given = {
        ...pushInputOf(push),
        ...input,
        // An issue of a series never becomes a series of its own.
        ...(push.modelId === null ? {} : { recurrence: null }),
      };
      const saved = await editPush(ctx, { campaign: push.campaignSlug, seen: Number(form.text('version')) }, given);
      return redirectWith(c, pushUrl(push), {
        kind: 'ok',
        text:
          saved.outcome === 'unchanged'
            ? 'Rien n’avait changé.'
            : saved.reopened
              ? 'Les réglages sont enregistrés. Ce qui est à valider a changé : soumettez-le de nouveau.'
              : push.currentProofId !== null
                ? 'Les réglages sont enregistrés. Les validations données tiennent.'
                : 'Les réglages sont enregistrés.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return overview(c, { values, errors: formErrors(error) });
    }
  });

  /** The progress alone, for the page that shows it. */
  app.get('/campagnes/:campaign/envois/:push/avancement', async (c) => {
    const ctx = acting(c);
    const push = await readPush(ctx, c.req.param('campaign'), c.req.param('push'));
    const [line] = await readPushes(ctx, { pushId: push.id });
    return c.html(line ? <SendingProgress line={line} /> : <div />);
  });

  async function newPush(
    c: WebContext,
    {
      values,
      errors,
      source = '',
      channel,
      webinar = '',
    }: { values: PushValues; errors?: FieldError[]; source?: string; channel: Channel; webinar?: string },
  ) {
    const ctx = acting(c);
    allow(ctx.actor, 'push.write');
    const campaign = await readCampaign(ctx, c.req.param('campaign') ?? '');
    mustLead(ctx, campaign);
    const everyone = campaign.partners.filter((p) => p.role !== 'relais' && !p.withdrawnAt).map((p) => p.slug);
    return page(
      c,
      { title: 'Nouvel envoi', current: '/campagnes', status: errors ? 422 : 200 },
      <NewPushPage
        csrf={c.get('session').csrf}
        campaign={campaign}
        audiences={await readCampaignAudiences(ctx, campaign.id)}
        pushes={await readPushes(ctx, { campaignId: campaign.id })}
        values={errors ? values : { ...values, signataires: everyone }}
        errors={errors}
        source={source}
        channel={channel}
        webinars={toCome(await readWebinars(ctx, campaign.slug))}
        webinar={webinar}
      />,
    );
  }

  async function overview(c: WebContext, refused?: { values: PushValues; errors: FieldError[] }) {
    const ctx = acting(c);
    const push = await readPush(ctx, c.req.param('campaign') ?? '', c.req.param('push') ?? '');
    const view = await overviewOf(ctx, push);
    return page(
      c,
      { title: push.title, current: '/campagnes', status: refused ? 422 : 200 },
      <PushPage
        {...view}
        check={await proofreadingOf(c, view)}
        csrf={c.get('session').csrf}
        demo={deps.demo}
        values={refused?.values ?? valuesFrom(push)}
        errors={refused?.errors}
      />,
    );
  }
  return app;
}

const channelOf = (text: string | undefined): Channel => CHANNELS.find((channel) => channel === text) ?? 'newsletter';

/** « chaque lundi à 9 h (lun. 30 nov., lun. 7 déc. et lun. 14 déc.) » */
const seriesText = (recurrence: string, now: Date, end: Date | null): string =>
  `${recurrenceText(recurrence)} (${listed(nextDates(recurrence, now, end).map(shortDate))})`;

/** Subject and first title come from the name: what is wrong with them is wrong with it. */
const titleErrors = (error: Refusal): FieldError[] => {
  const errors = formErrors(error).map((f) => (f.field.startsWith('content') ? { ...f, field: 'titre' } : f));
  return errors.filter((f, i) => errors.findIndex((other) => other.field === f.field) === i);
};
