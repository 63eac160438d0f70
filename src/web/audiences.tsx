import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { type FieldError, forbidden } from '../base/errors.ts';
import type { AudienceRule } from '../contacts/audience-schema.ts';
import { readAudience, readAudiences, readLedCampaigns, readPreview } from '../contacts/read-audiences-page.ts';
import { saveAudience } from '../contacts/save-audience.ts';
import { allow, may } from '../organisations/permissions.ts';
import { acting, cursorOf, ID, idOf } from './acting.ts';
import {
  type KeptCriteria,
  queryOf,
  readForm,
  readRule,
  slugFrom,
  type TypedAudience,
  typedAudience,
  typedFrom,
} from './audience-form.ts';
import { AudienceFormPage } from './audience-form-page.tsx';
import { AudienceList, AudienceView, type Counted, CountedRegion } from './audience-pages.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';

const SCRIPT = readFileSync(new URL('./audience-count.js', import.meta.url), 'utf8');

/** Whom a message is for: rules with a name, counted while they are written. */
export function audiencePages(_deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/audiences', async (c) => {
    const ctx = acting(c);
    const audiences = await readAudiences(ctx);
    return page(
      c,
      { title: 'Audiences', current: '/audiences' },
      <AudienceList
        audiences={audiences}
        organisationId={ctx.actor.organisationId}
        mayWrite={may(ctx.actor, 'audience.write')}
      />,
    );
  });

  app.get('/audiences/nouvelle', (c) =>
    showForm(
      c,
      null,
      typedAudience((name) => c.req.queries(name) ?? []),
    ),
  );

  app.post('/audiences/nouvelle', async (c) => {
    const ctx = acting(c);
    const form = await formOf(c);
    const typed = typedAudience(form.all);
    if (form.text('geste') === 'compter') return redirectWith(c, `/audiences/nouvelle?${queryOf(typed)}#compte`);
    const campaign = (await readLedCampaigns(ctx)).find((led) => String(led.id) === typed.campaign);
    const errors: FieldError[] =
      typed.campaign !== '' && !campaign
        ? [{ field: 'campaign', message: 'Choisissez une campagne que votre organisation pilote.' }]
        : [];
    // Saving under a slug in use would change that audience: a new one takes a free slug.
    const taken = new Set((await readAudiences(ctx)).map((audience) => audience.slug));
    const read = readForm(typed, {}, { slug: slugFrom(typed.name, taken), campaignId: campaign?.id ?? null });
    if (errors.length > 0 || !read.input) return showForm(c, null, typed, [...read.errors, ...errors]);
    const saved = await saveAudience(ctx, read.input);
    return redirectWith(c, `/audiences/${saved.id}`, {
      kind: 'ok',
      text: `L’audience « ${saved.name} » est enregistrée.`,
    });
  });

  /** The count alone, fetched while the form is filled in. */
  app.get('/audiences/apercu', async (c) => {
    const typed = typedAudience((name) => c.req.queries(name) ?? []);
    const edited = cursorOf(c, 'audience');
    const kept = edited === null ? {} : keptOf((await readAudience(acting(c), edited)).rule);
    return c.html(<CountedRegion counted={await countOf(c, typed, kept)} />);
  });

  app.get('/audiences/apercu.js', (c) => c.body(SCRIPT, 200, { 'content-type': 'text/javascript; charset=utf-8' }));

  app.get(`/audiences/${ID}`, async (c) => {
    const ctx = acting(c);
    const audience = await readAudience(ctx, idOf(c));
    const preview = await readPreview(ctx, audience.rule);
    const mine = audience.organisationId === ctx.actor.organisationId;
    return page(
      c,
      { title: audience.name, current: '/audiences' },
      <AudienceView
        audience={audience}
        counted={{ rule: audience.rule, preview }}
        mine={mine}
        mayWrite={mine && may(ctx.actor, 'audience.write')}
      />,
    );
  });

  app.get(`/audiences/${ID}/modification`, async (c) => {
    const audience = await ownAudience(c);
    const query = new URL(c.req.url).searchParams;
    const typed = query.size > 0 ? typedAudience((name) => query.getAll(name)) : typedFrom(audience);
    return showForm(c, audience.id, typed, undefined, keptOf(audience.rule));
  });

  app.post(`/audiences/${ID}/modification`, async (c) => {
    const audience = await ownAudience(c);
    const form = await formOf(c);
    const typed = typedAudience(form.all);
    if (form.text('geste') === 'compter')
      return redirectWith(c, `/audiences/${audience.id}/modification?${queryOf(typed)}#compte`);
    const kept = keptOf(audience.rule);
    const { input, errors } = readForm(typed, kept, audience);
    if (!input) return showForm(c, audience.id, typed, errors, kept);
    await saveAudience(acting(c), input);
    return redirectWith(c, `/audiences/${audience.id}`, {
      kind: 'ok',
      text: 'L’audience est modifiée. Les envois déjà préparés gardent leur liste.',
    });
  });

  return app;
}

const keptOf = ({ organisation, not }: AudienceRule): KeptCriteria => ({
  ...(organisation && { organisation }),
  ...(not && { not }),
});

/** A partner reads the audiences of a joint campaign; only the organisation that wrote one changes it. */
async function ownAudience(c: WebContext) {
  const ctx = acting(c);
  allow(ctx.actor, 'audience.write');
  const audience = await readAudience(ctx, idOf(c));
  if (audience.organisationId !== ctx.actor.organisationId)
    throw forbidden(
      'Cette audience est tenue par une autre organisation de la campagne : vous pouvez la lire, pas la modifier.',
    );
  return audience;
}

async function countOf(c: WebContext, typed: TypedAudience, kept: KeptCriteria): Promise<Counted> {
  const { rule } = readRule(typed, kept);
  return { rule, preview: rule && (await readPreview(acting(c), rule)) };
}

async function showForm(
  c: WebContext,
  id: number | null,
  typed: TypedAudience,
  errors?: FieldError[],
  kept: KeptCriteria = {},
) {
  const ctx = acting(c);
  allow(ctx.actor, 'audience.write');
  // What cannot be understood is said at once, even where the page was only asked to count.
  const shown = errors ?? readRule(typed, kept).errors;
  return page(
    c,
    {
      title: id === null ? 'Nouvelle audience' : `Modifier ${typed.name}`,
      current: '/audiences',
      status: errors ? 422 : 200,
    },
    <AudienceFormPage
      id={id}
      typed={typed}
      errors={shown}
      counted={await countOf(c, typed, kept)}
      campaigns={id === null ? await readLedCampaigns(ctx) : []}
      csrf={c.get('session').csrf}
    />,
  );
}
