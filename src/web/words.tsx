import { Hono } from 'hono';
import { notFound, Refusal } from '../base/errors.ts';
import { type CampaignSheet, readCampaign } from '../campaigns/read-campaign.ts';
import { approveWording } from '../key-messages/approve-wording.ts';
import { compareVersions } from '../key-messages/compare.ts';
import { readGlossary } from '../key-messages/read-glossary.ts';
import { readWording, type SheetVersion, type WordingSheet } from '../key-messages/read-wording.ts';
import { LIST_FILTERS, readWordingList } from '../key-messages/read-wording-list.ts';
import { requestWordingApproval } from '../key-messages/request-approval.ts';
import { may } from '../organisations/permissions.ts';
import { reviewWordings } from '../proofs/review-wordings.ts';
import { readWordingUses } from '../proofs/wording-uses.ts';
import { acting } from './acting.ts';
import type { WebContext, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { plural } from './push-words.tsx';
import { WordsApprovalPage } from './words-approval-page.tsx';
import { HistoryPage } from './words-history-page.tsx';
import { WordsPage } from './words-list-page.tsx';
import { levelOf, wordsUrl } from './words-parts.tsx';
import { TopicPage } from './words-topic-page.tsx';

const BASE = '/campagnes/:campaign/elements';
const EDL = `${BASE}/:edl`;

/** Éléments de langage: what is written, what was approved, where it is said. Writing them is in words-edit.tsx. */
export function wordsPages() {
  const app = new Hono<WebEnv>();

  app.get(BASE, async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    const search = (c.req.query('recherche') ?? '').slice(0, 200);
    const filter = LIST_FILTERS.find((f) => f === c.req.query('etat'));
    const asked = Number(c.req.query('page'));
    return page(
      c,
      { title: `Éléments de langage, ${campaign.name}`, current: '/campagnes' },
      <WordsPage
        campaign={campaign}
        list={
          await readWordingList(ctx, campaign.id, {
            search,
            filter,
            page: Number.isInteger(asked) && asked > 0 && asked < 1000 ? asked : 1,
          })
        }
        uses={await readWordingUses(ctx, campaign.id)}
        terms={(await readGlossary(ctx, campaign.id)).length}
        search={search}
        filter={filter}
        {...rights(c, campaign)}
      />,
    );
  });

  app.get(EDL, async (c) => {
    const ctx = acting(c);
    const { campaign, wording } = await sheetOf(c);
    const shown = versionOf(wording, c.req.query('version')) ?? wording.newest;
    return page(
      c,
      { title: shown.topic, current: '/campagnes' },
      <TopicPage
        csrf={c.get('session').csrf}
        campaign={campaign}
        wording={wording}
        shown={shown}
        level={levelOf(c.req.query('niveau'), shown.wordings)}
        uses={(await readWordingUses(ctx, campaign.id)).get(wording.slug) ?? []}
        words={await reviewWordings(ctx, campaign.id, shown.wordings)}
        linked={may(ctx.actor, 'push.read')}
        {...rights(c, campaign)}
      />,
    );
  });

  app.get(`${EDL}/histoire`, async (c) => {
    const { campaign, wording } = await sheetOf(c);
    const to = versionOf(wording, c.req.query('a')) ?? wording.newest;
    const before = wording.versions.find((v) => v.version < to.version);
    const from = versionOf(wording, c.req.query('de')) ?? before ?? wording.newest;
    return page(
      c,
      { title: `Versions, ${wording.topic}`, current: '/campagnes' },
      <HistoryPage
        campaign={campaign}
        wording={wording}
        from={from}
        to={to}
        differences={compareVersions(from, to)}
        {...rights(c, campaign)}
      />,
    );
  });

  app.post(`${EDL}/demande`, async (c) => {
    const { campaign, wording } = await sheetOf(c);
    const form = await formOf(c);
    const { asked } = await requestWordingApproval(acting(c), campaign.id, {
      slug: wording.slug,
      seen: Number(form.text('version')),
    });
    await c.get('deps').wake({ kind: 'outbox' });
    return redirectWith(c, wordsUrl(campaign.slug, `/${wording.slug}`), {
      kind: 'ok',
      text: `La demande est partie : ${plural(asked, 'organisation doit', 'organisations doivent')} répondre.`,
    });
  });

  app.get(`${EDL}/validation`, (c) => reading(c));

  app.post(`${EDL}/validation`, async (c) => {
    const { campaign, wording } = await sheetOf(c);
    const form = await formOf(c);
    const yes = form.text('decision') === 'valide';
    const comment = form.text('commentaire');
    const remarks = new Map(
      Object.keys(await c.req.parseBody())
        .filter((name) => name.startsWith('remarque-') && form.text(name).trim())
        .map((name) => [name.slice('remarque-'.length), form.text(name)] as const),
    );
    try {
      const { complete } = await approveWording(acting(c), campaign.id, wording.slug, {
        seen: form.text('vu'),
        decision: yes ? 'valide' : 'changement',
        comment,
        remarks: yes ? [] : [...remarks].map(([block, text]) => ({ block, text })),
      });
      return redirectWith(c, wordsUrl(campaign.slug, `/${wording.slug}/validation`), {
        kind: 'ok',
        text: !yes
          ? 'Votre demande est transmise. La version précédente reste en usage.'
          : complete
            ? 'Votre accord est noté. Toutes les signataires ont validé : ce texte peut être dit.'
            : 'Votre accord est noté. D’autres signataires doivent encore répondre.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return reading(c, { error, comment, remarks });
    }
  });

  async function reading(
    c: WebContext,
    refused?: { error: Refusal; comment: string; remarks: ReadonlyMap<string, string> },
  ) {
    const { campaign, wording } = await sheetOf(c);
    const { agreed, asked } = wording;
    const moved = agreed && asked && agreed.versionId !== asked.version.versionId;
    return page(
      c,
      { title: `Validation, ${wording.topic}`, current: '/campagnes', status: refused ? 422 : 200 },
      <WordsApprovalPage
        csrf={c.get('session').csrf}
        campaign={campaign}
        wording={wording}
        differences={moved ? compareVersions(agreed, asked.version) : null}
        refused={refused}
        {...rights(c, campaign)}
      />,
    );
  }
  return app;
}

/** What the reader may do with the éléments de langage of this campaign. */
export function rights(c: WebContext, campaign: CampaignSheet) {
  const { actor } = acting(c);
  return {
    organisation: actor.organisationId,
    mayWrite: campaign.leads && may(actor, 'campaign.write'),
    mayApprove: may(actor, 'push.approve'),
    mayReport: may(actor, 'report.read'),
  };
}

export async function sheetOf(c: WebContext): Promise<{ campaign: CampaignSheet; wording: WordingSheet }> {
  const ctx = acting(c);
  const campaign = await readCampaign(ctx, c.req.param('campaign') ?? '');
  return { campaign, wording: await readWording(ctx, campaign.id, c.req.param('edl') ?? '') };
}

/** A version by its number; null when none is named, `introuvable` for one that does not exist. */
export function versionOf(wording: WordingSheet, asked: string | undefined): SheetVersion | null {
  if (!asked) return null;
  const version = wording.versions.find((v) => String(v.version) === asked);
  if (!version) throw notFound('Cette version');
  return version;
}
