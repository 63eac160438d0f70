import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { readReport } from '../../src/reports/report.ts';
import { canonical } from '../../src/seals/canonical.ts';
import { readSeal, readSeals } from '../../src/seals/read-seals.ts';
import { closedQuarters, quarterOf } from '../../src/seals/schema.ts';
import { sealReport } from '../../src/seals/seal-report.ts';
import { testDatabase } from '../support/database.ts';
import { type MadeReport, reportHistory } from './history.ts';

const t = await testDatabase();
const { alice, bruno, david, etranger } = t.cast;
/** A quarter after the history. */
const LATER = new Date('2027-01-15T09:00:00Z');
let made: MadeReport;
beforeAll(async () => {
  made = await reportHistory(t, 5);
});

describe('quarters', () => {
  test('a quarter is three whole months of Paris, across the changes of hour', () => {
    expect(quarterOf('2026-T1')).toMatchObject({
      from: '2026-01-01',
      to: '2026-03-31',
      end: new Date('2026-03-31T22:00:00Z'),
    });
    expect(quarterOf('2026-t4')).toMatchObject({
      from: '2026-10-01',
      to: '2026-12-31',
      end: new Date('2026-12-31T23:00:00Z'),
    });
    expect(['2026-T5', '2026', 'T1', ''].map(quarterOf)).toEqual([null, null, null, null]);
  });

  test('it is closed an hour after its end, not before: the last clicks are still judged', () => {
    const names = (now: string) => closedQuarters('2026-08-15', new Date(now)).map((q) => q.name);
    expect(names('2026-12-31T23:59:59Z')).toEqual(['2026-T3']);
    expect(names('2027-01-01T00:00:00Z')).toEqual(['2026-T4', '2026-T3']);
  });
});

describe('a sealed quarter', () => {
  test('keeps its figures as they were, beside what a recount says today', async () => {
    const { id } = await sealReport(t.ctx(alice, LATER), made.slug, { quarter: '2026-T4' });
    const before = await readReport(t.ctx(alice, LATER), made.slug, { from: '2026-10-01', to: '2026-12-31' });
    const calm = await readSeal(t.ctx(david, LATER), made.slug, id);
    expect(calm.sealed.figures).toEqual(JSON.parse(JSON.stringify(before.figures)));
    expect([calm.intact, calm.seal.ruleVersion]).toEqual([true, before.methods.version]);
    expect(calm.comparison.tables.flatMap((x) => x.lines).filter((l) => l.difference)).toEqual([]);
    // Ten messages come back.
    await acrossOrganisations(t.db, (trx) =>
      sql`update deliveries set state = 'bounced' where id in (
        select id from deliveries where campaign_id = ${made.id} and state = 'accepted' order by id limit 10)`.execute(
        trx,
      ),
    );
    const moved = await readSeal(t.ctx(alice, LATER), made.slug, id);
    expect(moved.sealed.figures).toEqual(calm.sealed.figures);
    const line = moved.comparison.tables.find((x) => x.key === 'main')?.lines.find((l) => l.measure === 'distribues');
    expect([line?.first?.value, line?.difference]).toEqual([before.figures.distribues.value, -10]);
  });

  test('once: a second one of the same quarter is refused, and so is one that is not over', async () => {
    const seal = (quarter: string, now = LATER) => sealReport(t.ctx(alice, now), made.slug, { quarter });
    await expect(seal('2026-T4')).rejects.toMatchObject({ kind: 'conflict', code: 'deja_scelle' });
    await expect(seal('2027-T1')).rejects.toMatchObject({ kind: 'invalid', code: 'trimestre_ouvert' });
    await expect(seal('2026-T4', new Date('2026-12-31T23:30:00Z'))).rejects.toMatchObject({ kind: 'invalid' });
    await expect(seal('toujours')).rejects.toMatchObject({ kind: 'invalid', code: 'trimestre' });
    await expect(seal('2019-T1')).rejects.toMatchObject({ kind: 'invalid', code: 'trimestre_avant' });
  });

  test('the lead alone seals, and reads what was told to it; the others are refused, or learn nothing', async () => {
    const quarter = { quarter: '2026-T3' };
    await expect(sealReport(t.ctx(bruno, LATER), made.slug, quarter)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(sealReport(t.ctx(david, LATER), made.slug, quarter)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(sealReport(t.ctx(etranger, LATER), made.slug, quarter)).rejects.toMatchObject({ kind: 'not-found' });
    const [own] = (await readSeals(t.ctx(alice, LATER), made.slug)).seals;
    expect(own?.from).toBe('2026-10-01');
    expect((await readSeals(t.ctx(bruno, LATER), made.slug)).seals).toEqual([]);
    await expect(readSeal(t.ctx(bruno, LATER), made.slug, own?.id ?? 0)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('nothing changes it: neither an organisation nor the crossing role may, and its hash would tell', async () => {
    const own = t.cast.organisations.opco;
    for (const words of ['update report_seals set rule_version = 9', 'delete from report_seals'])
      await expect(withOrganisation(t.db, own, (trx) => sql.raw(words).execute(trx))).rejects.toThrow(
        /permission denied/,
      );
    await expect(
      acrossOrganisations(t.db, (trx) => sql.raw('update report_seals set rule_version = 9').execute(trx)),
    ).rejects.toThrow(/permission denied/);
    expect(canonical({ b: [1, { d: null, c: 'é' }], a: 2 })).toBe('{"a":2,"b":[1,{"c":"é","d":null}]}');
  });

  test('a row that is not what was sealed says so: another number, another quarter', async () => {
    const own = t.cast.organisations.opco;
    const row = await withOrganisation(t.db, own, (trx) =>
      trx
        .selectFrom('report_seals')
        .selectAll()
        .where('campaign_id', '=', made.id)
        .where('period_to', '=', '2026-12-31')
        .executeTakeFirstOrThrow(),
    );
    const { id: _, ...sealed } = row;
    const other = JSON.parse(JSON.stringify(sealed.report));
    other.figures.distribues.value += 9000;
    /** A row as the lead's own program could add it, for a quarter that was not sealed. */
    const intact = async (quarter: { period_from: string; period_to: string }, report: unknown) => {
      const { id } = await withOrganisation(t.db, own, (trx) =>
        trx
          .insertInto('report_seals')
          .values({ ...sealed, ...quarter, report: JSON.stringify(report) })
          .returning('id')
          .executeTakeFirstOrThrow(),
      );
      return (await readSeal(t.ctx(alice, LATER), made.slug, id)).intact;
    };
    expect(await intact({ period_from: '2026-07-01', period_to: '2026-09-30' }, other)).toBe(false);
    expect(await intact({ period_from: '2026-04-01', period_to: '2026-06-30' }, sealed.report)).toBe(false);
  });

  test('it is written down who sealed what', async () => {
    const rows = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('audit_log').select(['action', 'detail']).where('action', '=', 'report.seal').execute(),
    );
    expect(rows).toEqual([{ action: 'report.seal', detail: { from: '2026-10-01', to: '2026-12-31' } }]);
  });
});
