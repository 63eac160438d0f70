import { Hono } from 'hono';
import { type FieldError, forbidden, Refusal } from '../base/errors.ts';
import { type FollowUpSheet, previewFollowUp, readFollowUp } from '../follow-up/read-follow-up.ts';
import { saveWebinarSurvey } from '../follow-up/save-webinar-survey.ts';
import { FOLLOWED, FOLLOWED_NAMES } from '../follow-up/schema.ts';
import { writeFollowUp } from '../follow-up/write-follow-up.ts';
import { may } from '../organisations/permissions.ts';
import { readWebinarReport } from '../reports/read-webinar-report.ts';
import { closeSurvey } from '../surveys/close-survey.ts';
import { readSurveys } from '../surveys/read-results.ts';
import { setReplay } from '../webinars/set-replay.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { readSurveyForm, type TypedSurvey, writtenSurvey } from './survey-fields.tsx';
import { draftLetters, letterErrors, type TypedLetters, typedSurvey, writtenLetters } from './webinar-suite-forms.tsx';
import { CloseSurveyPage, SuitePage } from './webinar-suite-page.tsx';
import { LettersPage } from './webinar-suite-preview.tsx';
import { roughText, webinarUrl } from './webinar-words.tsx';

type Back = { letters?: TypedLetters; survey?: TypedSurvey; replay?: string; errors?: readonly FieldError[] };

/** After a webinar: its recording, its survey, what is written to those who came and to those who did not, and what it brought. */
export function webinarSuitePages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const suite = '/campagnes/:campaign/webinaires/:webinaire/suite';
  const named = (c: WebContext): [string, string] => [c.req.param('campaign') ?? '', c.req.param('webinaire') ?? ''];
  const here = (c: WebContext): string => webinarUrl(...named(c), '/suite');

  app.get(suite, async (c) => show(c, await readFollowUp(acting(c), ...named(c)), {}));

  app.post(`${suite}/replay`, async (c) => {
    const typed = (await formOf(c)).text('replay').trim();
    return tried(c, { replay: typed }, { replayUrl: 'replay' }, async () => {
      await setReplay(acting(c), ...named(c), { replayUrl: typed || null });
      return redirectWith(c, here(c), {
        kind: 'ok',
        text: typed ? 'L’enregistrement a son adresse.' : 'L’adresse de l’enregistrement est retirée.',
      });
    });
  });

  app.post(`${suite}/questionnaire`, async (c) => {
    const form = await formOf(c);
    const typed = readSurveyForm(form);
    return tried(c, { survey: typed }, { closesAt: 'closesOn' }, async () => {
      await saveWebinarSurvey(acting(c), ...named(c), writtenSurvey(typed));
      return redirectWith(c, `${here(c)}#questionnaire`, { kind: 'ok', text: 'Le questionnaire est enregistré.' });
    });
  });

  app.get(`${suite}/cloture`, async (c) => {
    const sheet = await run(c);
    if (!sheet.survey) return c.redirect(here(c), 303);
    return page(
      c,
      { title: 'Clore le questionnaire', current: '/campagnes' },
      <CloseSurveyPage sheet={sheet} survey={sheet.survey} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${suite}/cloture`, async (c) => {
    const { survey } = await run(c);
    if (survey) await closeSurvey(acting(c), named(c)[0], survey.slug);
    return redirectWith(c, here(c), {
      kind: 'ok',
      text: 'Le questionnaire est clos : ses résultats paraissent par groupe.',
    });
  });

  app.post(`${suite}/lettres`, async (c) => {
    const form = await formOf(c);
    const typed: TypedLetters = Object.fromEntries(
      FOLLOWED.map((to) => [
        to,
        {
          chosen: form.text(`ecrire-${to}`) === '1',
          subject: form.text(`objet-${to}`),
          words: form.text(`texte-${to}`).replaceAll('\r\n', '\n'),
          survey: form.text(`questionnaire-${to}`) === '1',
        },
      ]),
    ) as TypedLetters;
    const input = writtenLetters(typed);
    const sheet = await run(c);
    try {
      if (form.text('geste') === 'envoyer') {
        const done = await writeFollowUp(acting(c), ...named(c), input);
        await deps.wake({ kind: 'outbox' });
        const said = done.map((d) => `aux ${FOLLOWED_NAMES[d.to]} (${roughText(d.written, toldAs(sheet))})`);
        return redirectWith(c, here(c), { kind: 'ok', text: `Les lettres partent ${said.join(' et ')}.` });
      }
      const letters = await previewFollowUp(acting(c), ...named(c), input);
      return page(
        c,
        { title: 'Relire les lettres', current: '/campagnes' },
        <LettersPage sheet={sheet} letters={letters} typed={typed} csrf={c.get('session').csrf} />,
      );
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return show(c, sheet, { letters: typed, errors: letterErrors(input, error.fields) });
    }
  });

  /** What only the organisation that runs it does. */
  async function run(c: WebContext): Promise<FollowUpSheet> {
    const sheet = await readFollowUp(acting(c), ...named(c));
    if (!sheet.runs)
      throw forbidden(`C’est ${sheet.webinar.organisation.name} qui tient ce webinaire, et qui écrit à ses inscrits.`);
    return sheet;
  }

  /** A form comes back with its errors; `names`: what the page calls the fields of the verb. */
  async function tried(c: WebContext, back: Back, names: Record<string, string>, act: () => Promise<Response>) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const errors = error.fields.map((e) => ({ ...e, field: names[e.field] ?? e.field }));
      return show(c, await run(c), { ...back, errors });
    }
  }

  async function show(c: WebContext, sheet: FollowUpSheet, back: Back) {
    const ctx = acting(c);
    const mayReport = may(ctx.actor, 'report.read');
    const [campaign, webinar] = named(c);
    const surveys = mayReport ? await readSurveys(ctx, campaign) : [];
    return page(
      c,
      { title: `Suite de ${sheet.webinar.title}`, current: '/campagnes', status: back.errors ? 422 : 200 },
      <SuitePage
        sheet={sheet}
        survey={back.survey ?? typedSurvey(sheet)}
        letters={back.letters ?? draftLetters(sheet)}
        replay={back.replay ?? sheet.webinar.replayUrl ?? ''}
        results={surveys.find((s) => s.survey.webinarId === sheet.webinar.id) ?? null}
        report={
          mayReport && sheet.webinar.said === 'tenu'
            ? await readWebinarReport(ctx, campaign, webinar, { simulated: deps.demo })
            : null
        }
        now={deps.now()}
        csrf={c.get('session').csrf}
        errors={back.errors}
      />,
    );
  }
  return app;
}

const toldAs = (sheet: FollowUpSheet) => ({ alone: sheet.alone, k: sheet.campaign.k });
