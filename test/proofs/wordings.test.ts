import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { saveTerm } from '../../src/key-messages/save-term.ts';
import { checkPush } from '../../src/proofs/check-push.ts';
import { recordWordings } from '../../src/proofs/record-wordings.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { readPushWordings, readWordingUses, wordingUses } from '../../src/proofs/wording-uses.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { renderNewsletter } from '../../src/rendering/newsletter.ts';
import { wordsOf } from '../key-messages/house.ts';
import { variant } from '../rendering/letter.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { approve, editPush, type MadePush, makePush, submit, submitAndApprove } from '../support/factories.ts';

const t = await testDatabase();
const { alice, bruno, etranger } = t.cast;
const later = (ms: number) => new Date(NOW.getTime() + ms);

const LEVELS = ['institutionnel', 'operationnel', 'terrain'];
const everywhere = (text: string) => ({
  wordings: Object.fromEntries(LEVELS.map((l) => [l, { titre: text, accroche: text, paragraphe: text }])),
});
const block = (over = {}) => ({ id: 'b1', type: 'key-message', keyMessage: 'gepp', ...over });
const says = (...blocks: object[]) => ({ content: { subject: 'Une lettre', blocks } });

let push: MadePush;
let words: ReturnType<typeof wordsOf>;
const codes = async (id = push.id) => (await checkPush(t.ctx(alice), id)).findings.map((f) => f.code);
const uses = async () =>
  (await readPushWordings(t.ctx(bruno), { id: push.id, campaignId: push.campaignId })).map((u) => ({
    version: u.version,
    state: u.push?.state,
    newer: u.newer,
    validity: u.validity,
  }));

beforeAll(async () => {
  push = await makePush(t);
  words = wordsOf(t, push.campaignId);
});

describe('a push and the versions it says', () => {
  test('a draft says the newest; once submitted it keeps the one that was read, and is told of another', async () => {
    await words.write('', everywhere('L’outil GEPP, première version.'));
    await editPush(t, push, says(block(), block({ id: 'b2', format: 'titre' })));
    expect(await uses()).toEqual([{ version: 1, state: 'brouillon', newer: null, validity: 'valable' }]);
    await words.write('', everywhere('L’outil GEPP, deuxième version.'));
    expect(await uses()).toMatchObject([{ version: 2, state: 'brouillon', newer: null }]);
    await submit(t, push.id, later(1000));
    await words.write('', everywhere('L’outil GEPP, troisième version.'), later(2000));
    expect(await uses()).toEqual([{ version: 2, state: 'soumis', newer: 3, validity: 'valable' }]);
    expect(await codes()).toEqual(expect.arrayContaining(['edl_remplace']));
    const [finding] = (await checkPush(t.ctx(bruno), push.id)).findings.filter((f) => f.code === 'edl_remplace');
    expect(finding).toMatchObject({
      level: 'a_voir',
      place: 'Bloc 1 (élément de langage)',
      message: expect.stringMatching(/version plus récente.*dit la version 2.*dernière est la version 3/),
    });
    await submit(t, push.id, later(3000));
    expect(await uses()).toEqual([{ version: 3, state: 'soumis', newer: null, validity: 'valable' }]);
    expect(await codes()).not.toContain('edl_remplace');
  });

  test('what was sent says for ever what it said', async () => {
    await approve(t, push.id, alice);
    await approve(t, push.id, bruno);
    await freezePush(t.ctx(alice), push.id);
    await words.write('', everywhere('L’outil GEPP, quatrième version.'), later(9000));
    expect(await uses()).toEqual([{ version: 3, state: 'parti', newer: 4, validity: 'valable' }]);
  });

  test('the version is found by its text: one written while the message was compiled is not in it', async () => {
    const other = await makePush(t);
    const w = wordsOf(t, other.campaignId);
    await w.write('', everywhere('Le texte compilé.'));
    await editPush(t, other, says(block()));
    await submitPush(t.ctx(alice), other.id);
    await w.write('', everywhere('Un texte écrit entre-temps.'));
    const versions = await acrossOrganisations(t.db, async (trx) => {
      const { proof_id } = await trx
        .selectFrom('proof_wordings')
        .select('proof_id')
        .where('campaign_id', '=', push.campaignId)
        .executeTakeFirstOrThrow();
      const input = variant('terrain', {
        content: { ...variant('terrain').content, blocks: [block({ format: 'accroche' })] as never },
        keyMessages: { gepp: { accroche: 'Le texte compilé.' } },
      });
      await recordWordings(trx, { id: proof_id, organisationId: alice.organisationId, campaignId: other.campaignId }, [
        { input },
      ]);
      return trx
        .selectFrom('proof_wordings as w')
        .innerJoin('key_message_versions as v', 'v.id', 'w.version_id')
        .select('v.version')
        .where('w.proof_id', '=', proof_id)
        .where('w.campaign_id', '=', other.campaignId)
        .execute();
    });
    expect(versions).toEqual([{ version: 1 }]);
  });

  test('a message without élément de langage, or whose text is of no version, records none', async () => {
    const input = variant('terrain');
    const nothing = { id: 1, organisationId: 1, campaignId: push.campaignId };
    // Of no proof: a row would be refused.
    await acrossOrganisations(t.db, async (trx) => {
      await recordWordings(trx, nothing, [{ input: { ...input, content: { ...input.content, blocks: [] } } }]);
      await recordWordings(trx, nothing, [{ input }]);
    });
  });

  test('a proof made before versions were written down says the newest of its day', async () => {
    const old = await makePush(t);
    const w = wordsOf(t, old.campaignId);
    await w.write('', everywhere('Avant.'), NOW);
    await editPush(t, old, says(block()));
    await submit(t, old.id, later(1000));
    await w.write('', everywhere('Après.'), later(2000));
    // As the migration found it.
    const owner = new pg.Client({ connectionString: t.url });
    await owner.connect();
    // Policies bind the owner too, unless it says otherwise.
    await owner.query('alter table proof_wordings no force row level security');
    const forgotten = await owner.query('delete from proof_wordings where campaign_id = $1', [old.campaignId]);
    await owner.query('alter table proof_wordings force row level security');
    await owner.end();
    expect(forgotten.rowCount).toBe(1);
    const found = await readWordingUses(t.ctx(alice), old.campaignId);
    expect(found.get('gepp')).toMatchObject([{ version: 1, newer: 2, push: { id: old.id, state: 'soumis' } }]);
  });

  test('only those who take part read it, and nobody writes it', async () => {
    expect(await readWordingUses(t.ctx(etranger), push.campaignId)).toEqual(new Map());
    await expect(
      withOrganisation(t.db, alice.organisationId, (trx) =>
        trx
          .insertInto('proof_wordings')
          .values({ proof_id: 1, version_id: 1, organisation_id: alice.organisationId, campaign_id: push.campaignId })
          .execute(),
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('days', () => {
  test('a text that is over on the day of departure, or not yet begun, is told; nothing is blocked', async () => {
    const dated = await makePush(t);
    const w = wordsOf(t, dated.campaignId);
    await w.write('', { ...everywhere('Pendant le salon.'), validFrom: '2026-12-01', validTo: '2026-12-04' });
    const leaving = async (scheduledAt: string) => {
      await savePush(t.ctx(alice), dated.campaign, {
        ...dated.input,
        ...says(block()),
        scheduledAt: new Date(scheduledAt),
      });
      const { findings } = await checkPush(t.ctx(alice), dated.id);
      return findings.filter((f) => f.code.startsWith('edl_')).map((f) => `${f.level} ${f.code}`);
    };
    expect(await leaving('2026-11-30T22:59:00Z')).toEqual(['a_voir edl_a_venir']);
    expect(await leaving('2026-11-30T23:00:00Z')).toEqual([]);
    expect(await leaving('2026-12-04T22:59:00Z')).toEqual([]);
    expect(await leaving('2026-12-04T23:00:00Z')).toEqual(['a_voir edl_perime']);
    const found = await readWordingUses(t.ctx(alice), dated.campaignId);
    expect(found.get('gepp')).toMatchObject([{ validity: 'perime', push: { state: 'brouillon' } }]);
    await submitAndApprove(t, dated.id);
  });
});

describe('kits', () => {
  test('show the last version that all approved, within its days; those that are chosen, if any are', async () => {
    const of = await makePush(t);
    const w = wordsOf(t, of.campaignId);
    const inKits = () =>
      withOrganisation(t.db, alice.organisationId, async (trx) =>
        (await wordingUses(trx, of.campaignId, NOW)).filter((u) => !u.push).map((u) => [u.slug, u.version, u.newer]),
      );
    await w.validated('Un.');
    await w.validated('Autre.', { slug: 'autre', topic: 'Autre' });
    await w.write('Deux.');
    expect(await inKits()).toEqual([
      ['gepp', 1, 2],
      ['autre', 1, null],
    ]);
    await withOrganisation(t.db, alice.organisationId, (trx) =>
      trx
        .insertInto('kit_settings')
        .values({
          campaign_id: of.campaignId,
          organisation_id: alice.organisationId,
          key_messages: ['autre'],
          updated_by: 'test',
          updated_at: NOW,
        })
        .execute(),
    );
    expect(await inKits()).toEqual([['autre', 1, null]]);
  });
});

describe('the glossary of the campaign', () => {
  test('is read in the subject, the texts and the éléments de langage of a message', async () => {
    const of = await makePush(t);
    const w = wordsOf(t, of.campaignId);
    await w.write('', everywhere('Un poseur de fibre vous répond.'));
    await saveTerm(t.ctx(alice), of.campaignId, { term: 'raccordeur', avoid: ['poseur de fibre'] });
    await editPush(t, of, {
      content: {
        subject: 'Les poseurs de fibre',
        blocks: [block(), { id: 'b2', type: 'text', markdown: 'Un **poseur de fibre**.' }],
      },
    });
    const { findings, blocking } = await checkPush(t.ctx(alice), of.id);
    expect(findings.filter((f) => f.code === 'mot_a_eviter').map((f) => [f.place, f.remedy])).toEqual([
      ['Objet', 'Écrivez : raccordeur.'],
      ['Bloc 1 (élément de langage)', 'Écrivez : raccordeur.'],
      ['Bloc 2 (texte)', 'Écrivez : raccordeur.'],
    ]);
    expect(blocking).toBe(0);
  });
});

describe('hostile wordings in a newsletter (SEC-12)', () => {
  const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)> [là](javascript:alert(1)) {{mj}} </mj-text>';

  test.each(['titre', 'accroche', 'paragraphe'])('%s', async (format) => {
    const input = variant('terrain', {
      content: { ...variant('terrain').content, blocks: [block({ format })] as never },
      keyMessages: { gepp: { [format]: HOSTILE } },
    });
    const { html, text } = await renderNewsletter(input);
    expect(html).not.toMatch(/<script|onerror=alert\(1\)>|href="javascript/i);
    // What opens no tag is words, and stays.
    expect(text).toContain('là');
  });

  test('a titre opens a part: the cards under it come one level down (A11Y-20)', async () => {
    const { html } = await renderNewsletter(
      variant('terrain', {
        content: {
          ...variant('terrain').content,
          blocks: [block({ format: 'titre' }), { id: 'b2', type: 'resource', resource: 'guide' }] as never,
        },
        keyMessages: { gepp: { titre: 'L’outil GEPP' } },
        resources: { guide: { title: 'Le guide', summary: 's', kind: 'guide', url: null, formats: [] } },
      }),
    );
    expect(html).toMatch(/<h2[^>]*>L’outil GEPP<\/h2>/);
    expect(html).toMatch(/<h3[^>]*>Le guide<\/h3>/);
  });
});
