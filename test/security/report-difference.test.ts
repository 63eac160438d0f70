import { describe, expect, test } from 'vitest';
import { ROLES } from '../../src/base/context.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { freeze } from '../deliveries/ledger.ts';
import { sayMeasure } from '../support/agreed.ts';
import { NOW, type Person, type TestDatabase, testDatabase } from '../support/database.ts';
import { approve, letter, makeAudience, makeCampaign, makeContacts, submit } from '../support/factories.ts';
import { type Asked, differences, openWorld, type Told } from './told-figures.ts';

/**
 * Two worlds that differ by what a partner may not be told read alike to it, to the letter, by every door of the figures
 * (PRV-11, and no oracle: design §3).
 */
type Who = 'opco' | 'btp' | 'federation';
type Sizes = Partial<Record<Who, number>> & {
  /** The lead writes alone, the day after, to one address; a partner holds it too, or another instead. */
  target?: boolean;
  /** Which people of an organisation agreed to links of their own. */
  agreed?: Partial<Record<'opco' | 'btp', number>>;
};

const DAY = 86_400_000;
const ASKED: Asked = {
  campaign: 'commune',
  pushes: ['ensemble', 'seule'],
  periods: ['', 'du=2026-11-21&au=2026-11-21', 'du=2026-11-22&au=2026-11-22', 'du=2026-11-01&au=2026-11-21'],
  compared: 'du=2026-11-01&au=2026-11-21&du2=2026-11-01&au2=2026-11-22',
};

async function build(sizes: Sizes): Promise<TestDatabase> {
  const t = await testDatabase();
  const campaign = await makeCampaign(t, {
    slug: 'commune',
    partners: [
      { organisation: 'opco', role: 'pilote' },
      { organisation: 'btp', role: 'signataire' },
      { organisation: 'federation', role: 'signataire' },
    ],
    ...(sizes.agreed ? { linkMode: 'individuel', cellDimensions: ['level'] } : {}),
  });
  const made: Record<string, string[]> = {};
  for (const owner of ['opco', 'btp', 'federation'] as const) {
    made[owner] = await makeContacts(t, owner, sizes[owner] ?? 0, {
      prefix: owner,
      tag: 'tous',
      region: (i) => (i % 2 ? 'Bretagne' : null),
    });
    await makeContacts(t, owner, 0);
  }
  await makeContacts(t, 'opco', 1, { prefix: 'cible', tag: 'cible' });
  await makeContacts(t, 'btp', 1, { prefix: sizes.target ? 'cible' : 'autre', tag: 'tous' });
  for (const owner of ['opco', 'btp'] as const)
    await sayMeasure(t, owner, (made[owner] ?? []).slice(0, sizes.agreed?.[owner] ?? 0), 'granted');
  await send(t, campaign, 'ensemble', 'tous', ['opco', 'btp', 'federation'], new Date(NOW.getTime() - DAY));
  await send(t, campaign, 'seule', 'cible', ['opco'], NOW);
  await everybodyEverything(t);
  return t;
}

const PEOPLE = { opco: 'alice', btp: 'bruno', federation: 'chloe' } as const;

async function send(
  t: TestDatabase,
  campaign: { id: number; slug: string },
  slug: string,
  tag: string,
  signatories: readonly Who[],
  at: Date,
): Promise<void> {
  const { slug: audience } = await makeAudience(t, campaign.id, { slug: `a-${slug}`, rule: { tags: [tag] } });
  const { id } = await savePush(
    t.ctx(t.cast.alice),
    campaign.slug,
    letter({ slug, audience, signatories, title: slug }),
  );
  await submit(t, id);
  for (const who of signatories) await approve(t, id, { ...t.cast[PEOPLE[who]], roles: ROLES });
  await freeze(t, id);
  await acrossOrganisations(t.db, (trx) =>
    trx
      .updateTable('deliveries')
      .set({ state: 'accepted', handed_at: at, settled_at: at, attempts: 1 })
      .where('push_id', '=', id)
      .where('state', '=', 'planned')
      .execute(),
  );
}

const everybodyEverything = (t: TestDatabase): Promise<unknown> =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .insertInto('memberships')
      .values(
        Object.values(PEOPLE).flatMap((name) =>
          ROLES.map((role) => ({
            organisation_id: t.cast[name].organisationId,
            user_id: t.cast[name].userId,
            role,
            created_at: NOW,
          })),
        ),
      )
      .onConflict((oc) => oc.doNothing())
      .execute(),
  );

async function seenBy(sizes: Sizes, who: 'alice' | 'bruno' | 'chloe'): Promise<Told> {
  const t = await build(sizes);
  const person: Person = { ...t.cast[who], roles: ROLES };
  return (await openWorld(t))(person, ASKED);
}

describe('by every door of the figures', { timeout: 120_000 }, () => {
  test('something is read: every door answers, and tells of the thirty', async () => {
    const told = await seenBy({ opco: 30, btp: 29, federation: 3 }, 'alice');
    expect([...told].filter(([, text]) => !text.startsWith('200 ')).map(([what]) => what)).toEqual([]);
    expect(told.get('api rapport/essentiel?')).toMatch(/"distribues":\{"value":61,/);
  });

  test('whether a partner holds the one address that the lead writes to is read nowhere', async () => {
    const free = await seenBy({ opco: 30, btp: 29, federation: 3 }, 'alice');
    const held = await seenBy({ opco: 30, btp: 29, federation: 3, target: true }, 'alice');
    expect(differences(free, held)).toEqual([]);
  });

  test.each([
    ['a partner', 'bruno', { opco: 3, btp: 29, federation: 25 }, { opco: 19, btp: 29, federation: 25 }],
    ['the lead', 'alice', { opco: 30, btp: 2, federation: 25 }, { opco: 30, btp: 18, federation: 25 }],
  ] as const)(
    '%s reads the same, to the letter, whether another holds few or a few more',
    async (_, who, few, more) => {
      expect(differences(await seenBy(few, who), await seenBy(more, who))).toEqual([]);
    },
  );
});

describe('of those who agreed to links of their own', { timeout: 120_000 }, () => {
  test('nobody reads how many of a partner’s few they are', async () => {
    const world = (btp: number): Sizes => ({ opco: 60, btp: 49, federation: 25, agreed: { opco: 30, btp } });
    expect(differences(await seenBy(world(1), 'alice'), await seenBy(world(19), 'alice'))).toEqual([]);
  });
});
