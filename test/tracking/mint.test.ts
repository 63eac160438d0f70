import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { readReport } from '../../src/reports/report.ts';
import { mintTokens } from '../../src/tracking/mint-tokens.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makePush } from './cast.ts';

const { db, cast, ctx } = await testDatabase();
const { opco } = cast.organisations;
const [COMMON, FIELD, STATE] = ['https://a.example/tous', 'https://a.example/terrain', 'https://a.example/etat'];

/** A push whose first cell mixes two levels, and a proof in which each level has a block of its own; k is 20. */
async function mixed(slug: string, terrain: number, institutionnel: number) {
  const push = await makePush(db, cast, {
    slug,
    urls: [COMMON, FIELD, STATE],
    cells: [
      { level: null, recipients: terrain + institutionnel },
      { level: 'terrain', recipients: 60 },
    ],
  });
  const [mix = 0, plain = 0] = push.cells;
  const proofId = await acrossOrganisations(db, async (trx) => {
    await sql`delete from tokens where push_id = ${push.pushId}`.execute(trx);
    const { proof_id } = await trx
      .selectFrom('freezes')
      .select('proof_id')
      .where('push_id', '=', push.pushId)
      .executeTakeFirstOrThrow();
    await variants(proof_id, push.campaignId, { terrain: [COMMON, FIELD], institutionnel: [COMMON, STATE] });
    await rows(push, mix, 'terrain', terrain);
    await rows(push, mix, 'institutionnel', institutionnel);
    await rows(push, plain, 'terrain', 60);
    return proof_id;
  });
  return { ...push, proofId, mix, plain };
}

const variants = (proofId: number, campaignId: number, links: Record<string, string[]>) =>
  acrossOrganisations(db, (trx) =>
    trx
      .insertInto('proof_variants')
      .values(
        Object.entries(links).map(([level, urls]) => ({
          proof_id: proofId,
          organisation_id: opco,
          campaign_id: campaignId,
          level,
          subject: 's',
          html: 'h',
          text: 't',
          skeleton: '{}',
          links: urls,
          bytes: 1,
        })),
      )
      .execute(),
  );

let person = 0;
const rows = (push: { pushId: number; campaignId: number }, cell: number, level: string, n: number) =>
  acrossOrganisations(db, (trx) => {
    person += n;
    return sql`
      insert into deliveries (push_id, organisation_id, campaign_id, contact_id, address_hash, level, cell_id, state)
      select ${push.pushId}, ${opco}, ${push.campaignId}, n, convert_to(n::text, 'UTF8'), ${level}, ${cell}, 'planned'
      from generate_series(${person - n + 1}::int, ${person}::int) n`.execute(trx);
  });

const minted = async (pushId: number): Promise<string[]> =>
  (
    await acrossOrganisations(db, (trx) =>
      trx
        .selectFrom('tokens as t')
        .innerJoin('cells as c', 'c.id', 't.cell_id')
        .select(['t.url', 'c.level', 't.token'])
        .where('t.push_id', '=', pushId)
        .execute(),
    )
  ).map((t) => `${t.level ?? 'mêlés'} ${t.url}`);
const mint = (push: { pushId: number; proofId: number }) =>
  acrossOrganisations(db, (trx) => mintTokens(trx, ctx(cast.alice), push));

test('in a cell that mixes levels, the link of a block that fewer than k people receive leads straight on (PRV-11)', async () => {
  const push = await mixed('melee', 25, 12);
  expect(await mint(push)).toEqual({ minted: 4, direct: 1 });
  expect((await minted(push.pushId)).sort()).toEqual(
    [`mêlés ${COMMON}`, `mêlés ${FIELD}`, `terrain ${COMMON}`, `terrain ${FIELD}`].sort(),
  );
  const links = await acrossOrganisations(db, (trx) =>
    trx.selectFrom('links').select(['url', 'partly_direct']).where('push_id', '=', push.pushId).orderBy('id').execute(),
  );
  // Said beside the figure of that link, and of no other.
  expect(links.map((l) => l.partly_direct)).toEqual([false, false, true]);
  const report = await readReport(ctx(cast.alice), 'campagne-melee');
  const told = report.tables.find((t) => t.key === 'link')?.rows.map((r) => r.figures.clics?.leftOut ?? '');
  expect(told?.map((leftOut) => leftOut.includes('droit à la page'))).toEqual([false, false, true]);
  expect(report.unmeasured.map((u) => u.what)).toContain('Une partie des clics d’un lien');
  // Asked again, nothing changes: what is printed stays.
  expect(await mint(push)).toEqual({ minted: 0, direct: 1 });
});

test('with k people at each level every link is followed, and each has one token of its own', async () => {
  const push = await mixed('pleine', 20, 20);
  expect(await mint(push)).toEqual({ minted: 5, direct: 0 });
  const tokens = await acrossOrganisations(db, (trx) =>
    trx.selectFrom('tokens').select('token').where('push_id', '=', push.pushId).execute(),
  );
  for (const { token } of tokens) expect(token).toMatch(/^[\w-]{22}$/);
  expect(new Set(tokens.map((t) => t.token)).size).toBe(5);
});

test('a link that comes with an edit, when fewer than k people still wait for the message, leads straight on (PRV-11)', async () => {
  const push = await mixed('corrigee', 25, 25);
  await mint(push);
  const late = 'https://a.example/correction';
  await acrossOrganisations(db, async (trx) => {
    await sql`update deliveries set state = 'accepted' where push_id = ${push.pushId} and id % 4 <> 0`.execute(trx);
    await trx
      .insertInto('links')
      .values({
        organisation_id: opco,
        campaign_id: push.campaignId,
        push_id: push.pushId,
        url: late,
        label: 'Correction',
      })
      .execute();
  });
  const { id: proofId } = await acrossOrganisations(db, (trx) =>
    trx
      .insertInto('proofs')
      .values({
        organisation_id: opco,
        campaign_id: push.campaignId,
        push_id: push.pushId,
        content_version: 2,
        created_by: 'test',
        created_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  await variants(proofId, push.campaignId, { terrain: [COMMON, late], institutionnel: [COMMON, late] });
  // Fifteen of the sixty wait, and twelve or thirteen of the fifty.
  expect(await mint({ ...push, proofId })).toEqual({ minted: 0, direct: 1 });
});
