import { Hono } from 'hono';
import { type FieldError, forbidden, notFound, Refusal } from '../base/errors.ts';
import { allow, may } from '../organisations/permissions.ts';
import { closeCampaignSurvey, saveCampaignSurvey } from '../pushes/edit-survey.ts';
import { readCampaignSurveys } from '../pushes/read-surveys.ts';
import { publicSurveyUrl } from '../surveys/groups.ts';
import { readSurveys } from '../surveys/read-results.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { plural } from './push-words.tsx';
import { readSurveyForm, surveyErrors, type TypedSurvey, typedFrom, writtenSurvey } from './survey-fields.tsx';
import { emptySurvey, SurveyFormPage } from './survey-form-page.tsx';
import { CloseSurveyPage, SurveyPage, SurveysPage, surveysUrl } from './survey-pages.tsx';

/** The short surveys of a campaign: written here, carried by letters and kits, read here and in the report. */
export function surveyPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const all = '/campagnes/:campaign/questionnaires';
  const one = `${all}/:questionnaire`;

  app.get(all, async (c) => {
    const { campaign, surveys } = await readCampaignSurveys(acting(c), c.req.param('campaign'));
    return page(
      c,
      { title: `Questionnaires, ${campaign.name}`, current: '/campagnes' },
      <SurveysPage campaign={campaign} surveys={surveys} results={await resultsOf(c, campaign.slug)} {...rights(c)} />,
    );
  });

  app.get(`${all}/nouveau`, (c) => writing(c, null));
  app.post(`${all}/nouveau`, (c) => save(c, null));

  app.get(`${one}/modifier`, (c) => writing(c, c.req.param('questionnaire')));
  app.post(`${one}/modifier`, (c) => save(c, c.req.param('questionnaire')));

  app.get(one, async (c) => {
    const { campaign, line } = await found(c);
    const results = (await resultsOf(c, campaign.slug)).find((r) => r.survey.id === line.survey.id) ?? null;
    return page(
      c,
      { title: line.survey.title, current: '/campagnes' },
      <SurveyPage
        campaign={campaign}
        line={line}
        results={results}
        url={publicSurveyUrl(deps, campaign.slug, line.survey.slug)}
        now={deps.now()}
        {...rights(c)}
      />,
    );
  });

  app.get(`${one}/cloture`, async (c) => {
    const { campaign, line } = await own(c);
    if (line.closed) return c.redirect(surveysUrl(campaign.slug, `/${line.survey.slug}`), 303);
    return page(
      c,
      { title: 'Clore le questionnaire', current: '/campagnes' },
      <CloseSurveyPage campaign={campaign} line={line} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${one}/cloture`, async (c) => {
    const { campaign, questionnaire } = c.req.param();
    const { reopened } = await closeCampaignSurvey(acting(c), campaign, questionnaire);
    return redirectWith(c, surveysUrl(campaign, `/${questionnaire}`), {
      kind: 'ok',
      text: `Le questionnaire est clos : ses résultats paraissent par groupe.${again(reopened)}`,
    });
  });

  async function found(c: WebContext) {
    const { campaign, surveys } = await readCampaignSurveys(acting(c), c.req.param('campaign') ?? '');
    const line = surveys.find((s) => s.survey.slug === c.req.param('questionnaire'));
    if (!line) throw notFound('Ce questionnaire');
    return { campaign, line };
  }

  /** What only the organisation that asks does. */
  async function own(c: WebContext) {
    allow(acting(c).actor, 'campaign.write');
    const known = await found(c);
    if (!known.line.own) throw forbidden(`C’est ${known.line.survey.organisation.name} qui pose ces questions.`);
    return known;
  }

  async function writing(
    c: WebContext,
    slug: string | null,
    refused?: { typed: TypedSurvey; errors: readonly FieldError[] },
  ) {
    allow(acting(c).actor, 'campaign.write');
    const known = slug === null ? await readCampaignSurveys(acting(c), c.req.param('campaign') ?? '') : await own(c);
    const line = 'line' in known ? known.line : null;
    const asked = (await readSurveys(acting(c), known.campaign.slug)).find((r) => r.survey.id === line?.survey.id);
    return page(
      c,
      {
        title: line ? `Modifier ${line.survey.title}` : 'Nouveau questionnaire',
        current: '/campagnes',
        status: refused ? 422 : 200,
      },
      <SurveyFormPage
        campaign={known.campaign}
        line={line}
        typed={refused?.typed ?? (line ? typedFrom(line.survey) : emptySurvey)}
        wasAsked={asked?.wasAsked ?? false}
        csrf={c.get('session').csrf}
        errors={refused?.errors}
      />,
    );
  }

  async function save(c: WebContext, slug: string | null) {
    const campaign = c.req.param('campaign') ?? '';
    const typed = readSurveyForm(await formOf(c));
    try {
      const saved = await saveCampaignSurvey(acting(c), campaign, {
        ...writtenSurvey(typed),
        ...(slug === null ? {} : { slug }),
      });
      return redirectWith(c, surveysUrl(campaign, `/${saved.slug}`), {
        kind: 'ok',
        text: `Le questionnaire est enregistré.${again(saved.reopened)}`,
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return writing(c, slug, { typed, errors: surveyErrors(error.fields) });
    }
  }
  return app;
}

const again = (reopened: number): string =>
  reopened > 0
    ? ` ${plural(reopened, 'envoi qui le porte est', 'envois qui le portent sont')} à soumettre de nouveau.`
    : '';

const resultsOf = (c: WebContext, campaign: string) => {
  const ctx = acting(c);
  return may(ctx.actor, 'report.read') ? readSurveys(ctx, campaign) : Promise.resolve([]);
};

const rights = (c: WebContext) => {
  const { actor } = acting(c);
  return { mayWrite: may(actor, 'campaign.write'), mayReport: may(actor, 'report.read') };
};
