import type { Ctx } from '../base/context.ts';
import { sha256 } from '../base/tokens.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import type { Answers, LinkAnswer, Verdict } from './check-link-answers.ts';

/** What pages answered, kept for every process: by the hash of their address, since who links to what is not shared. */

export async function readAnswers(trx: Trx, urls: readonly string[]): Promise<Answers> {
  const byHash = new Map(urls.map((url) => [sha256(url).toString('hex'), url]));
  const rows = await trx
    .selectFrom('link_checks')
    .select(['url_hash', 'verdict', 'detail', 'checked_at'])
    .where(
      'url_hash',
      'in',
      urls.map((url) => sha256(url)),
    )
    .execute();
  return new Map(
    rows.map((r): [string, LinkAnswer] => [
      byHash.get(r.url_hash.toString('hex')) ?? '',
      { verdict: r.verdict as Verdict, detail: r.detail, checkedAt: r.checked_at },
    ]),
  );
}

export async function keepAnswers(trx: Trx, ctx: Ctx, pushId: number, answers: Answers): Promise<void> {
  if (answers.size === 0) return;
  await trx
    .insertInto('link_checks')
    .values(
      // In one order for all, so that two checks at once never wait for each other.
      [...answers]
        .map(([url, { verdict, detail, checkedAt }]) => ({
          url_hash: sha256(url),
          verdict,
          detail,
          checked_at: checkedAt,
        }))
        .toSorted((a, b) => a.url_hash.compare(b.url_hash)),
    )
    .onConflict((oc) =>
      oc.column('url_hash').doUpdateSet((eb) => ({
        verdict: eb.ref('excluded.verdict'),
        detail: eb.ref('excluded.detail'),
        checked_at: eb.ref('excluded.checked_at'),
      })),
    )
    .execute();
  await recordAudit(trx, ctx, {
    action: 'push.check-links',
    subject: `push:${pushId}`,
    detail: { pages: answers.size, ok: [...answers.values()].filter((a) => a.verdict === 'ok').length },
  });
}
