import { Hono } from 'hono';
import { notFound, Refusal } from '../base/errors.ts';
import { LEVELS, type Level } from '../base/words.ts';
import { forecastPush } from '../deliveries/forecast.ts';
import { readPushes } from '../deliveries/read-pushes.ts';
import { readKeyMessages } from '../key-messages/read-key-messages.ts';
import { approvePush } from '../proofs/approve-push.ts';
import { readApprovals, readSubmitted, type Submitted } from '../proofs/read-approvals.ts';
import { type Before, readBefore } from '../proofs/read-before.ts';
import { readRemarks } from '../proofs/read-remarks.ts';
import { type PushSheet, readPush } from '../pushes/read-push.ts';
import { readCampaignSurveys } from '../pushes/read-surveys.ts';
import { readResources } from '../resources/read-resources.ts';
import { acting } from './acting.ts';
import { ApprovalPage } from './approval-pages.tsx';
import { type Names, remarkField } from './approval-remarks.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { mailPage } from './mail-page.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { pushUrl } from './push-words.tsx';

type Refused = { error: Refusal; comment: string; remarks: Record<string, string> };

/** Reading exactly what will leave under one's organisation's name, then saying yes or asking for changes. */
export function approvalPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const base = '/campagnes/:campaign/envois/:push/validation';

  app.get(base, (c) => reading(c));

  app.post(base, async (c) => {
    const ctx = acting(c);
    const push = await readPush(ctx, c.req.param('campaign'), c.req.param('push'));
    const form = await formOf(c);
    const yes = form.text('decision') === 'valide';
    const comment = form.text('commentaire');
    const written = push.content.blocks.map((b) => [b.id, form.text(remarkField(b.id)).trim()] as const);
    const remarks = yes ? [] : written.flatMap(([block, text]) => (text ? [{ block, text }] : []));
    try {
      const { complete } = await approvePush(ctx, push.id, {
        seen: form.text('vu'),
        decision: yes ? 'valide' : 'changement',
        comment,
        remarks,
      });
      const text = yes
        ? complete
          ? 'Votre accord est noté. Toutes les signataires ont validé.'
          : 'Votre accord est noté. D’autres signataires doivent encore répondre.'
        : 'Votre demande est transmise. Rien ne part en attendant.';
      return redirectWith(c, pushUrl(push, '/validation'), { kind: 'ok', text });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return reading(c, { error, comment, remarks: Object.fromEntries(written) });
    }
  });

  /** The stored message itself, for the frame of the page. */
  app.get(`${base}.html`, async (c) => {
    const ctx = acting(c);
    const push = await readPush(ctx, c.req.param('campaign'), c.req.param('push'));
    const variants = await readSubmitted(ctx, push.id, c.req.query('organisation') ?? '');
    const variant = variants.find((v) => v.level === c.req.query('niveau'));
    if (!variant) throw notFound('Ce message');
    return mailPage(c, variant.html);
  });

  async function reading(c: WebContext, refused?: Refused) {
    const ctx = acting(c);
    const push = await readPush(ctx, c.req.param('campaign') ?? '', c.req.param('push') ?? '');
    const [line] = await readPushes(ctx, { pushId: push.id });
    if (!line) throw notFound('Cet envoi');
    const mine = push.signatories.find((s) => s.organisationId === ctx.actor.organisationId) ?? null;
    const approvals = await readApprovals(ctx, push.id);
    // A person of an organisation that does not sign reads the first signatory's version: partners see the content.
    const organisation = mine ?? push.signatories[0];
    const submitted = organisation && approvals.submitted ? await readSubmitted(ctx, push.id, organisation.slug) : [];
    const before = mine && approvals.submitted ? await readBefore(ctx, push.id) : null;
    return page(
      c,
      { title: `Validation, ${push.title}`, current: '/campagnes', status: refused ? 422 : 200 },
      <ApprovalPage
        csrf={c.get('session').csrf}
        actor={ctx.actor}
        now={deps.now()}
        push={push}
        line={line}
        approvals={approvals}
        organisation={organisation ?? null}
        mine={mine !== null}
        submitted={submitted}
        level={levelOf(c, submitted, before)}
        before={before}
        forecast={approvals.submitted && !line.progress ? await forecastPush(ctx, push.id) : null}
        blocks={push.content.blocks.flatMap((block, i) =>
          organisation && (block.organisations?.includes(organisation.slug) ?? true) ? [{ block, n: i + 1 }] : [],
        )}
        names={await namesOf(ctx, push)}
        remarks={await readRemarks(ctx, push.id)}
        refused={refused}
      />,
    );
  }
  return app;
}

const namesOf = async (ctx: ReturnType<typeof acting>, { campaignId, campaignSlug }: PushSheet): Promise<Names> =>
  new Map([
    ...(await readResources(ctx, campaignId)).map((r) => [r.slug, r.title] as const),
    ...(await readKeyMessages(ctx, campaignId)).map((m) => [m.slug, m.topic] as const),
    ...(await readCampaignSurveys(ctx, campaignSlug)).surveys.map(({ survey: s }) => [s.slug, s.title] as const),
  ]);

/** The level that is asked for, else the first one whose message has changed, else the first. */
const levelOf = (c: WebContext, submitted: readonly Submitted[], before: Before | null): Level | null =>
  LEVELS.find((l) => l === c.req.query('niveau') && submitted.some((s) => s.level === l)) ??
  (before && submitted.find((s) => before.variants.find((v) => v.level === s.level)?.html !== s.html)?.level) ??
  submitted[0]?.level ??
  null;
