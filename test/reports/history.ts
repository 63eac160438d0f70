import { sql } from 'kysely';
import { LEVELS, PUBLICS } from '../../src/base/words.ts';
import { declareResult } from '../../src/campaigns/action-results.ts';
import { saveAction } from '../../src/campaigns/action-save.ts';
import { saveBudget } from '../../src/campaigns/budget-save.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { saveRelay } from '../../src/relays/save-relay.ts';
import { saveResource } from '../../src/resources/save-resource.ts';
import type { HitClass } from '../../src/tracking/classify.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { insertHits } from '../../src/tracking/insert-hits.ts';
import { NOW, type TestDatabase } from '../support/database.ts';
import { letter, makeAudience, makeCampaign, makeContacts, submitAndApprove } from '../support/factories.ts';
import { seeded } from '../support/random.ts';

const DAY = 86_400_000;
const REGIONS = ['Bretagne', 'Occitanie', 'Normandie', null];
const SIZES = ['<11', '11-49', '50-249', 'inconnu'];
const IDCC = ['2148', '1596', null];

export type Kept = {
  push: number;
  organisation: number;
  hash: string;
  state: string;
  level: string;
  public: string;
  idcc: string | null;
  region: string | null;
};
export type MadeReport = { id: number; slug: string; pushes: { id: number; phase: string; resource: string }[] };

/**
 * A campaign with two letters, really drawn, whose fate and clicks are decided by chance; resources, relays, actions and
 * money beside. Contacts of opco and btp, some of a public too small to be told apart.
 */
export async function reportHistory(t: TestDatabase, seed: number, k = 20): Promise<MadeReport> {
  const random = seeded(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const ctx = t.ctx(t.cast.alice);
  const campaign = await makeCampaign(t, { k, name: `Campagne ${seed}` });
  const tag = `histoire-${seed}`;
  for (const [owner, n] of [
    ['opco', 130],
    ['btp', 70],
  ] as const) {
    const some = Array.from({ length: n }, () => ({ level: pick(LEVELS), region: pick(REGIONS), size: pick(SIZES) }));
    await makeContacts(t, owner, n, {
      tag,
      level: (i) => some[i]?.level ?? 'terrain',
      region: (i) => some[i]?.region ?? null,
      sizeClass: (i) => some[i]?.size ?? 'inconnu',
    });
  }
  await describeContacts(t, tag, pick);
  const audience = await makeAudience(t, campaign.id, { rule: { tags: [tag] } });
  const pushes = [];
  for (const [n, phase] of ['amont', 'pendant'].entries()) {
    const resource = `fiche-${n}`;
    await saveResource(ctx, campaign.id, {
      slug: resource,
      title: `=Fiche ${n}`,
      kind: 'fiches',
      url: `https://ressources.example/${resource}`,
      formats: ['fiche', 'video'],
    });
    const { id } = await savePush(ctx, campaign.slug, {
      ...letter({ slug: `lettre-${n}`, audience: audience.slug, phase, title: `Lettre ${n}` }),
      content: {
        subject: `Lettre ${n}`,
        blocks: [
          { id: 'b1', type: 'resource', resource },
          { id: 'b2', type: 'button', label: '=Lire', url: `https://ressources.example/lire-${n}` },
        ],
      },
    });
    await submitAndApprove(t, id);
    await freezePush(ctx, id);
    pushes.push({ id, phase, resource });
  }
  await settle(t, campaign.id, pick);
  await click(t, campaign.id, random);
  await around(t, campaign.slug);
  return { ...campaign, pushes };
}

const describeContacts = (t: TestDatabase, tag: string, pick: <T>(of: readonly T[]) => T) =>
  t.db.kysely.transaction().execute(async (trx) => {
    for (const organisation of [t.cast.organisations.opco, t.cast.organisations.btp]) {
      await sql`select set_config('app.organisation_id', ${String(organisation)}, true)`.execute(trx);
      const contacts = await trx
        .selectFrom('contacts')
        .select('id')
        .where('organisation_id', '=', organisation)
        .where(sql<boolean>`${tag} = any(tags)`)
        .execute();
      for (const [i, { id }] of contacts.entries())
        await trx
          .updateTable('contacts')
          // Three of each organisation are of the press: fewer than any group may be.
          .set({ public: i < 3 ? 'presse' : pick([...PUBLICS.slice(0, 3), 'salarie']), idcc: pick(IDCC) })
          .where('id', '=', id)
          .execute();
    }
  });

const STATES = ['accepted', 'accepted', 'accepted', 'accepted', 'bounced', 'failed', 'planned'] as const;

const settle = (t: TestDatabase, campaignId: number, pick: <T>(of: readonly T[]) => T) =>
  acrossOrganisations(t.db, async (trx) => {
    const rows = await trx.selectFrom('deliveries').select('id').where('campaign_id', '=', campaignId).execute();
    for (const { id } of rows) {
      const state = pick(STATES);
      const at = new Date(NOW.getTime() - pick([0, 1, 2, 9]) * DAY);
      await trx
        .updateTable('deliveries')
        .set({ state, handed_at: state === 'planned' ? null : at, settled_at: state === 'planned' ? null : at })
        .where('id', '=', id)
        .execute();
    }
  });

const CLASSES: readonly [HitClass, string][] = [
  ['inconnu', 'aucune'],
  ['inconnu', 'aucune'],
  ['suspect', 'rafale-courte'],
  ['scanner', 'methode'],
];

const click = (t: TestDatabase, campaignId: number, random: () => number) =>
  acrossOrganisations(t.db, async (trx) => {
    const tokens = await trx.selectFrom('tokens').selectAll().where('campaign_id', '=', campaignId).execute();
    const hits = Array.from({ length: 150 }, (_, seq) => {
      const token = tokens[Math.floor(random() * tokens.length)]!;
      const [verdict, rule] = CLASSES[Math.floor(random() * CLASSES.length)]!;
      return {
        journal: `histoire-${campaignId}`,
        seq,
        at: NOW.getTime() - Math.floor(random() * 10) * DAY,
        class: verdict,
        rule,
        features: { ...featuresOf('GET', {}), burst: 1, unsubscribe: false },
        row: { ...token, source_id: null },
      };
    });
    await insertHits(trx, hits as never);
  });

async function around(t: TestDatabase, slug: string): Promise<void> {
  const ctx = t.ctx(t.cast.alice);
  const { slug: action } = await saveAction(t.ctx(t.cast.bruno), slug, {
    kind: 'publicite',
    title: 'Annonces',
    phase: 'amont',
    startsAt: new Date(NOW.getTime() - 5 * DAY),
  });
  await declareResult(t.ctx(t.cast.bruno), slug, action, {
    value: 9000,
    unit: 'visites',
    from: '2026-11-01',
    to: '2026-11-20',
    source: 'rapport de l’agence',
  });
  await saveBudget(t.ctx(t.cast.bruno), slug, { action, planned: 4_000_000, committed: 3_990_000, paid: 3_990_000 });
  await saveBudget(ctx, slug, { push: 'lettre-0', planned: 120_050, committed: 0, paid: 0 });
  for (let n = 0; n < 6; n++)
    await saveRelay(ctx, slug, {
      name: `Relais ${n}`,
      kind: n < 5 ? 'guichet' : 'chambre',
      territory: '35',
      address: `relais-${slug}-${n}@relais.example`,
    });
}

/** Every row of the campaign’s ledger, with its contact as it is today: what a slow recount starts from. */
export async function keptRows(t: TestDatabase, campaignId: number): Promise<Kept[]> {
  return acrossOrganisations(t.db, async (trx) => {
    const rows = await trx
      .selectFrom('deliveries as d')
      .leftJoin('contacts as c', 'c.id', 'd.contact_id')
      .select([
        'd.push_id',
        'd.organisation_id',
        'd.address_hash',
        'd.state',
        'd.level',
        'c.public',
        'c.idcc',
        'c.region',
      ])
      .where('d.campaign_id', '=', campaignId)
      .execute();
    return rows.map((r) => ({
      push: r.push_id,
      organisation: r.organisation_id,
      hash: r.address_hash.toString('hex'),
      state: r.state,
      level: r.level,
      public: r.public ?? '',
      idcc: r.idcc,
      region: r.region,
    }));
  });
}
