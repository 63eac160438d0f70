import { Hono } from 'hono';
import { notFound, Refusal } from '../base/errors.ts';
import type { PartnerRole } from '../campaigns/schema.ts';
import { listOrganisations } from '../organisations/list-organisations.ts';
import { allow } from '../organisations/permissions.ts';
import { createFromModel } from '../plan/create-from-model.ts';
import { listModels } from '../plan/models.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { NewCampaignPage } from './new-campaign-pages.tsx';
import {
  type Around,
  bundleOf,
  type Draft,
  draftOf,
  keyAnswer,
  stepErrors,
  stepUrl,
  withDefaults,
} from './new-campaign-state.ts';
import { formOf, page, redirectWith } from './page.tsx';

const LAST = 7;

/** « Nouvelle campagne »: seven short screens, each already filled by the model. Nothing is stored before the last. */
export function newCampaignPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/campagnes/nouvelle', async (c) => {
    const draft = draftOf(new URL(c.req.url).searchParams);
    const asked = Math.min(Math.max(Number(c.req.query('etape')) || 1, 1), LAST);
    return show(c, draft, asked);
  });

  app.post('/campagnes/nouvelle', async (c) => {
    const form = await formOf(c);
    const step = Math.min(Math.max(Number(form.text('etape')) || 1, 1), LAST);
    const draft = answered(draftOf(new URLSearchParams(carriedBy(form))), step, form);
    const around = await aroundOf(c, draft.modele);
    const errors = stepErrors(step, draft, around);
    if (errors.length) return show(c, draft, step, new Refusal('invalid', 'etape', '', errors));
    if (step < LAST) return redirectWith(c, stepUrl(step + 1, forgetting(draft, step, form.text('avant'))));
    return create(c, draft, around);
  });

  async function aroundOf(
    c: WebContext,
    modele: string,
  ): Promise<Around & { models: Awaited<ReturnType<typeof listModels>> }> {
    const ctx = acting(c);
    allow(ctx.actor, 'campaign.write');
    const organisations = await listOrganisations(ctx);
    const mine = organisations.find((o) => o.id === ctx.actor.organisationId);
    if (!mine) throw notFound('Votre organisation');
    const models = await listModels();
    return {
      models,
      model: models.find((m) => m.campaign.slug === modele) ?? null,
      organisations,
      mine,
      now: deps.now(),
    };
  }

  /** The step asked for, or the first one before it whose answers are not good. */
  async function show(c: WebContext, given: Draft, asked: number, refusal?: Refusal) {
    const around = await aroundOf(c, given.modele);
    const draft = refusal ? given : withDefaults(given, around);
    const step = refusal
      ? asked
      : ([1, 2, 3, 4, 5, 6].find((n) => n < asked && stepErrors(n, draft, around).length) ?? asked);
    return page(
      c,
      { title: 'Nouvelle campagne', current: '/campagnes', status: refusal ? 422 : 200 },
      <NewCampaignPage {...around} draft={draft} step={step} refusal={refusal} csrf={c.get('session').csrf} />,
    );
  }

  async function create(c: WebContext, given: Draft, around: Around) {
    const draft = withDefaults(given, around);
    const wrong = [1, 2, 3, 4, 5, 6].find((n) => stepErrors(n, draft, around).length);
    if (wrong || !around.model)
      return redirectWith(c, stepUrl(wrong ?? 1, draft), {
        kind: 'problem',
        text: 'Un point est à corriger avant de créer la campagne.',
      });
    try {
      const { slug } = await createFromModel(acting(c), bundleOf(draft, around.model, around.mine));
      return redirectWith(c, `/campagnes/${slug}`, {
        kind: 'ok',
        text: 'La campagne est créée. Ses envois sont des brouillons : relisez-les, puis soumettez-les.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || (error.kind !== 'invalid' && error.kind !== 'conflict')) throw error;
      return show(c, draft, LAST, error);
    }
  }
  return app;
}

type Form = Awaited<ReturnType<typeof formOf>>;

/** The answers of the other steps, carried by the form's hidden fields. */
const carriedBy = (form: Form): [string, string][] =>
  ['modele', 'nom', 'slogan', 'debut', 'fin', 'couleur', 'accent', 'partenaires', 'audiences', 'envois'].flatMap(
    (name) => form.all(name).map((v): [string, string] => [name, v]),
  );

/** The draft with what this step asked. */
function answered(d: Draft, step: number, form: Form): Draft {
  switch (step) {
    case 4:
      return {
        ...d,
        partenaires: form.all('organisation').flatMap((slug): [string, PartnerRole][] => {
          const role = form.text(`role-${slug}`);
          return role === 'signataire' || role === 'relais' ? [[slug, role]] : [];
        }),
      };
    case 5:
      return { ...d, audiences: form.all('audiences') };
    case 6:
      return {
        ...d,
        envois: form
          .all('envoi')
          .filter((slug) => form.text(`garder-${slug}`))
          .map((slug) => [slug, form.text(`date-${slug}`)]),
      };
    default:
      return d;
  }
}

/** What was proposed from an answer that changed since the screen was shown is proposed anew. */
function forgetting(draft: Draft, step: number, shown: string): Draft {
  if (keyAnswer(step, draft) === shown) return draft;
  if (step === 1) return draftOf(new URLSearchParams({ modele: draft.modele }));
  return { ...draft, envois: null, audiences: step === 4 ? null : draft.audiences };
}
