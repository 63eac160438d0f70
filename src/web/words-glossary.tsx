import { Hono } from 'hono';
import { type FieldError, forbidden, notFound, Refusal } from '../base/errors.ts';
import { type CampaignSheet, readCampaign } from '../campaigns/read-campaign.ts';
import { readGlossary } from '../key-messages/read-glossary.ts';
import { removeTerm } from '../key-messages/remove-term.ts';
import { saveTerm } from '../key-messages/save-term.ts';
import { may } from '../organisations/permissions.ts';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { GlossaryPage, TermPage, type TypedTerm } from './words-glossary-page.tsx';
import { wordsUrl } from './words-parts.tsx';

const BASE = '/campagnes/:campaign/elements/glossaire';
const EMPTY: TypedTerm = { term: '', definition: '', avoid: '' };

/** The glossary of a campaign: read by all its partners, written by its lead. */
export function glossaryPages() {
  const app = new Hono<WebEnv>();

  app.get(BASE, async (c) => list(c, await campaignOf(c), EMPTY));

  app.post(BASE, async (c) => {
    const campaign = await writable(c);
    const typed = await typedTerm(c);
    try {
      await saveTerm(acting(c), campaign.id, inputOf(typed));
      return redirectWith(c, wordsUrl(campaign.slug, '/glossaire'), {
        kind: 'ok',
        text: `« ${typed.term.trim()} » est au glossaire.`,
      });
    } catch (error) {
      return list(c, campaign, typed, fieldsOf(error));
    }
  });

  app.get(`${BASE}/${ID}`, async (c) => {
    const campaign = await writable(c);
    const term = await termOf(c, campaign);
    return edit(c, campaign, term, { ...term, avoid: term.avoid.join('\n') });
  });

  app.post(`${BASE}/${ID}`, async (c) => {
    const campaign = await writable(c);
    const typed = await typedTerm(c);
    try {
      await saveTerm(acting(c), campaign.id, inputOf(typed), idOf(c));
      return redirectWith(c, wordsUrl(campaign.slug, '/glossaire'), { kind: 'ok', text: 'Le terme est enregistré.' });
    } catch (error) {
      return edit(c, campaign, await termOf(c, campaign), typed, fieldsOf(error));
    }
  });

  app.post(`${BASE}/${ID}/retrait`, async (c) => {
    const campaign = await campaignOf(c);
    const { term } = await removeTerm(acting(c), campaign.id, idOf(c));
    return redirectWith(c, wordsUrl(campaign.slug, '/glossaire'), { kind: 'ok', text: `« ${term} » n’y est plus.` });
  });

  async function list(c: WebContext, campaign: CampaignSheet, typed: TypedTerm, errors?: readonly FieldError[]) {
    const ctx = acting(c);
    return page(
      c,
      { title: `Glossaire, ${campaign.name}`, current: '/campagnes', status: errors ? 422 : 200 },
      <GlossaryPage
        csrf={c.get('session').csrf}
        campaign={campaign}
        terms={await readGlossary(ctx, campaign.id)}
        typed={typed}
        errors={errors}
        mayWrite={campaign.leads && may(ctx.actor, 'campaign.write')}
        mayReport={may(ctx.actor, 'report.read')}
      />,
    );
  }

  function edit(
    c: WebContext,
    campaign: CampaignSheet,
    { id, term }: { id: number; term: string },
    typed: TypedTerm,
    errors?: readonly FieldError[],
  ) {
    return page(
      c,
      { title: `${term}, glossaire`, current: '/campagnes', status: errors ? 422 : 200 },
      <TermPage csrf={c.get('session').csrf} campaign={campaign} id={id} name={term} typed={typed} errors={errors} />,
    );
  }
  return app;
}

const campaignOf = (c: WebContext): Promise<CampaignSheet> => readCampaign(acting(c), c.req.param('campaign') ?? '');

async function writable(c: WebContext): Promise<CampaignSheet> {
  const campaign = await campaignOf(c);
  if (!campaign.leads || !may(acting(c).actor, 'campaign.write'))
    throw forbidden('Le glossaire est écrit par le pilote de la campagne : proposez-lui votre mot.');
  return campaign;
}

async function termOf(c: WebContext, campaign: CampaignSheet) {
  const term = (await readGlossary(acting(c), campaign.id)).find((t) => t.id === idOf(c));
  if (!term) throw notFound('Ce terme');
  return term;
}

async function typedTerm(c: WebContext): Promise<TypedTerm> {
  const form = await formOf(c);
  return { term: form.text('term'), definition: form.text('definition'), avoid: form.text('avoid') };
}

const inputOf = ({ avoid, ...typed }: TypedTerm) => ({
  ...typed,
  avoid: avoid
    .split(/\r?\n/)
    .map((a) => a.trim())
    .filter(Boolean),
});

function fieldsOf(error: unknown): FieldError[] {
  if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
  return error.fields;
}
