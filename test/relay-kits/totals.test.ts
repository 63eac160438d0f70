import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RelayLine } from '../../src/relay-kits/read-relays.ts';
import { type RelayGroup, SMALLEST_GROUP, totalsOf } from '../../src/relay-kits/read-totals.ts';
import { RELAY_KINDS, type RelayKind } from '../../src/relays/schema.ts';

const line = (kind: RelayKind, region: string | null, retained: number): RelayLine => ({
  id: 1,
  organisationId: 1,
  campaignId: 1,
  parentId: null,
  name: 'Relais',
  kind,
  scope: region ? 'regional' : 'national',
  region,
  departement: null,
  contactName: '',
  address: null,
  addressHash: null,
  memberId: null,
  origin: 'saisie',
  note: '',
  createdAt: new Date(0),
  confirmedAt: new Date(0),
  declinedAt: null,
  stoppedAt: null,
  invitedAt: null,
  openedAt: null,
  takenAt: null,
  remindedAt: null,
  declared: 0,
  step: 'a_inviter',
  clicks: { retained, doubtful: 0, robots: 0 },
});
const many = (n: number, kind: RelayKind, region: string | null, clicks: number) =>
  Array.from({ length: n }, () => line(kind, region, clicks));

describe('what partners read of relays', () => {
  test('nothing at all under five relays', () => {
    expect(totalsOf(many(4, 'opco', null, 100), 20)).toEqual({ whole: null, byKind: [], byTerritory: [] });
  });

  test('groups under five join the others, which the smallest group joins when they are still too few', () => {
    const lines = [
      ...many(9, 'guichet', 'Bretagne', 9),
      ...many(6, 'opco', 'Bretagne', 9),
      ...many(2, 'chambre', null, 9),
    ];
    const { byKind } = totalsOf(lines, 20);
    expect(byKind.map((g) => [g.name, g.relays])).toEqual([
      ['guichet, accueil de proximité', 9],
      ['autres', 8],
    ]);
  });

  test('are in the order of their names, whatever they brought; the others last', () => {
    const lines = [
      ...many(5, 'opco', null, 100),
      ...many(5, 'chambre', null, 10),
      ...many(5, 'federation', null, 50),
      ...many(5, 'conseiller', null, 70),
    ];
    expect(totalsOf(lines, 20).byKind.map((g) => g.name)).toEqual([
      'chambre consulaire',
      'conseiller',
      'fédération de branche',
      'OPCO',
    ]);
  });

  test('no group under five, no click under k, and none by subtraction, whatever the relays (property)', () => {
    const relays = fc.array(
      fc.record({ kind: fc.constantFrom(...RELAY_KINDS), region: fc.constantFrom(null, 'A', 'B', 'C'), n: fc.nat(40) }),
      { minLength: 0, maxLength: 60 },
    );
    fc.assert(
      fc.property(relays, fc.integer({ min: 10, max: 50 }), (given, k) => {
        const lines = given.map((r) => line(r.kind, r.region, r.n));
        const { whole, byKind, byTerritory } = totalsOf(lines, k);
        if (!whole) {
          expect(given.length).toBeLessThan(SMALLEST_GROUP);
          return;
        }
        const safe = (g: RelayGroup) => g.relays >= SMALLEST_GROUP && (g.clicks === null || g.clicks >= k);
        expect([whole, ...byKind, ...byTerritory].every(safe)).toBe(true);
        for (const groups of [byKind, byTerritory]) {
          expect(groups.reduce((sum, g) => sum + g.relays, 0)).toBe(lines.length);
          if (whole.clicks === null || groups.every((g) => g.clicks !== null)) continue;
          const rest = whole.clicks - groups.reduce((sum, g) => sum + (g.clicks ?? 0), 0);
          expect(rest).toBeGreaterThanOrEqual(k);
        }
      }),
      { numRuns: 300 },
    );
  });
});
