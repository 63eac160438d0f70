import { Hono } from 'hono';
import { type FieldError, forbidden, Refusal } from '../base/errors.ts';
import { slugOf } from '../base/slug.ts';
import { LEVELS } from '../base/words.ts';
import { type CampaignSheet, readCampaign } from '../campaigns/read-campaign.ts';
import { addVersion } from '../key-messages/add-version.ts';
import { compareVersions } from '../key-messages/compare.ts';
import type { VersionRow } from '../key-messages/queries.ts';
import type { WordingSheet } from '../key-messages/read-wording.ts';
import { reviewWordings, type WordToReview } from '../proofs/review-wordings.ts';
import { acting } from './acting.ts';
import type { WebContext, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { rights, sheetOf, versionOf } from './words.tsx';
import { formFields, inputOf, readValues, valuesOf, type WordsValues, wordingsOf } from './words-form.ts';
import { WordsFormPage } from './words-form-page.tsx';
import { RevertPage } from './words-history-page.tsx';
import { levelOf, wordsUrl } from './words-parts.tsx';

const BASE = '/campagnes/:campaign/elements';
const EDL = `${BASE}/:edl`;

type Refused = { errors?: FieldError[]; message?: string; words?: WordToReview[] };

/** Writing éléments de langage: the lead's communicants, one version at a time. */
export function wordsEditPages() {
  const app = new Hono<WebEnv>();

  app.get(`${BASE}/nouveau`, async (c) => form(c, await writable(c), null, {}));

  app.post(`${BASE}/nouveau`, async (c) => {
    const campaign = await writable(c);
    const values = readValues(await formOf(c));
    const refused = await wordsFirst(c, campaign, values, null);
    if (refused) return form(c, campaign, null, values, refused);
    const slug = slugOf(values.topic ?? '');
    return save(c, campaign, null, values, { slug, seen: 0 }, 'L’élément de langage est écrit.');
  });

  app.get(`${EDL}/edition`, async (c) => {
    const campaign = await writable(c);
    const { wording } = await sheetOf(c);
    return form(c, campaign, wording, valuesOf(wording.newest));
  });

  app.post(`${EDL}/edition`, async (c) => {
    const campaign = await writable(c);
    const { wording } = await sheetOf(c);
    const typed = await formOf(c);
    const values = readValues(typed);
    const refused = values.note?.trim()
      ? await wordsFirst(c, campaign, values, wording.newest)
      : { errors: [{ field: 'note', message: 'Dites en quelques mots pourquoi cette version.' }] };
    if (refused) return form(c, campaign, wording, values, refused);
    const seen = Number(typed.text('version'));
    return save(c, campaign, wording, values, { slug: wording.slug, seen }, 'La version est enregistrée.');
  });

  app.get(`${EDL}/retour`, async (c) => {
    const campaign = await writable(c);
    const { wording } = await sheetOf(c);
    const version = versionOf(wording, c.req.query('version')) ?? wording.newest;
    return page(
      c,
      { title: `Revenir à la version ${version.version}`, current: '/campagnes' },
      <RevertPage
        csrf={c.get('session').csrf}
        campaign={campaign}
        wording={wording}
        version={version}
        differences={compareVersions(wording.newest, version)}
      />,
    );
  });

  app.post(`${EDL}/retour`, async (c) => {
    const campaign = await writable(c);
    const { wording } = await sheetOf(c);
    const typed = await formOf(c);
    const old = versionOf(wording, typed.text('retour')) ?? wording.newest;
    const why = typed.text('note').trim();
    const { topic, wordings, validFrom, validTo } = old;
    const note = `Retour à la version ${old.version}${why ? ` : ${why}` : ''}`.slice(0, 300);
    const { version } = await addVersion(
      acting(c),
      campaign.id,
      { slug: wording.slug, topic, wordings, validFrom, validTo, note },
      Number(typed.text('version')),
    );
    return redirectWith(c, wordsUrl(campaign.slug, `/${wording.slug}`), {
      kind: 'ok',
      text: `La version ${version} redit la version ${old.version}. Demandez sa validation pour qu’elle soit reprise.`,
    });
  });

  async function save(
    c: WebContext,
    campaign: CampaignSheet,
    wording: WordingSheet | null,
    values: WordsValues,
    to: { slug: string; seen: number },
    done: string,
  ) {
    try {
      const { version } = await addVersion(acting(c), campaign.id, inputOf(to.slug, values), to.seen);
      return redirectWith(c, wordsUrl(campaign.slug, `/${to.slug}`), {
        kind: 'ok',
        text: version === wording?.newest.version ? 'Rien n’avait changé.' : done,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.kind === 'invalid')
        return form(c, campaign, wording, values, { errors: formFields(error.fields, values) });
      // What was typed is not lost: it is shown again, over the version that came in between.
      if (error.code === 'content_changed') return form(c, campaign, wording, values, { message: error.message });
      throw error;
    }
  }

  function form(
    c: WebContext,
    campaign: CampaignSheet,
    wording: WordingSheet | null,
    values: WordsValues,
    refused?: Refused,
  ) {
    return page(
      c,
      {
        title: wording ? `Nouvelle version, ${wording.topic}` : 'Nouvel élément de langage',
        current: '/campagnes',
        status: refused ? 422 : 200,
      },
      <WordsFormPage
        csrf={c.get('session').csrf}
        campaign={campaign}
        edited={wording && { slug: wording.slug, topic: wording.topic, version: wording.newest.version }}
        values={values}
        level={LEVELS.find((l) => l === c.req.query('niveau')) ?? levelOf(undefined, wordingsOf(values))}
        {...refused}
      />,
    );
  }
  return app;
}

/** Refused before anything is typed, rather than after. */
async function writable(c: WebContext): Promise<CampaignSheet> {
  const campaign = await readCampaign(acting(c), c.req.param('campaign') ?? '');
  if (!rights(c, campaign).mayWrite)
    throw forbidden('Les éléments de langage sont écrits par le pilote de la campagne : proposez-lui votre texte.');
  return campaign;
}

/** Words to avoid that were not there before are shown once: a second yes keeps them. */
async function wordsFirst(
  c: WebContext,
  campaign: CampaignSheet,
  values: WordsValues,
  before: VersionRow | null,
): Promise<Refused | null> {
  if ((await formOf(c)).text('garder') === '1') return null;
  const key = (w: WordToReview) => `${w.level}.${w.format}.${w.written.toLowerCase()}`;
  const review = (wordings: VersionRow['wordings']) => reviewWordings(acting(c), campaign.id, wordings);
  const known = new Set(before ? (await review(before.wordings)).map(key) : []);
  const words = (await review(wordingsOf(values))).filter((w) => !known.has(key(w)));
  return words.length
    ? { words, errors: [{ field: 'garder', message: 'Des mots sont à revoir : corrigez-les, ou gardez-les.' }] }
    : null;
}
