import { beforeAll, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { lockToProve } from '../../src/proofs/asked-hashes.ts';
import { changedTerms, termsOfPush } from '../../src/proofs/terms.ts';
import { noticePages } from '../../src/public/notices.tsx';
import { recipientPages } from '../../src/public/recipient.tsx';
import { ledger } from '../deliveries/ledger.ts';
import { drawnPush, sayMeasure } from '../support/agreed.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

async function foot(linkMode: 'direct' | 'cellule' | 'individuel', said?: 'granted' | 'refused') {
  const push = await drawnPush(t, {}, { campaign: { linkMode } });
  const [row] = await ledger(t, push.id);
  if (said) await sayMeasure(t, 'opco', [row?.address ?? ''], said);
  const app = recipientPages({
    db: t.db,
    secrets: SECRETS,
    now: () => NOW,
    publicUrl: 'https://pv.example',
    onUnsubscribeVisit: async () => undefined,
  });
  const address = `/preferences/${sealId(SECRETS.unsubscribe, 'preferences', row?.id ?? 0)}`;
  const get = async (init?: RequestInit) =>
    (await (await app.request(address, init)).text()).replace(/[\u00a0\u202f]/g, ' ');
  const say = (body: string) =>
    get({ method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const recorded = () =>
    acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('consents')
        .select(['value', 'wording', 'source'])
        .where('purpose', '=', 'mesure_clic')
        .where('actor', '=', 'destinataire')
        .orderBy('id', 'desc')
        .execute(),
    );
  return { push, page: await get(), say, recorded };
}

describe('the page at the foot of a message (PRV-03, PRV-10)', () => {
  test('before any choice it says that silence is a no, and to agree or refuse is one press each', async () => {
    const { page, say, recorded } = await foot('individuel');
    expect(page).toContain('Vous n’avez rien choisi, ce qui vaut refus');
    expect(page).toMatch(/Accepter d’être compté[\s\S]*Refuser/);
    expect(page).toContain('au bout de 25 mois au plus');
    const agreed = await say('mesure=oui');
    expect(agreed).toContain('Votre accord est noté');
    expect(agreed).not.toContain('Accepter d’être compté');
    const [last] = await recorded();
    expect(last).toMatchObject({ value: 'granted', source: 'page de préférences' });
    // The words that were read are the words that are kept.
    expect(page).toContain(last?.wording ?? 'rien');
    expect(await say('mesure=non')).toContain('Votre refus est noté');
    expect((await recorded()).map((c) => c.value)).toEqual(['refused', 'granted']);
  });

  test('a refusal can be turned into an agreement, not refused again', async () => {
    const { page } = await foot('individuel', 'refused');
    expect(page).toContain('Vous avez refusé');
    expect(page).toContain('Accepter d’être compté');
    expect(page).not.toMatch(/>\s*Refuser\s*</);
  });

  test('in a campaign that does not use it, it does not claim to', async () => {
    expect((await foot('cellule', 'granted')).page).toContain('les messages de cette campagne ne le font pas');
    expect((await foot('direct')).page).toContain('aucun clic n’est compté');
  });
});

test('the notice of such a campaign says what is kept of whoever agreed, and how to take it back', async () => {
  const push = await drawnPush(t, {});
  const text = (
    await (await noticePages({ db: t.db, now: () => NOW }).request(`/confidentialite/${push.campaign}`)).text()
  ).replace(/\s+/g, ' ');
  for (const words of [
    'Sauf accord de votre part, les liens',
    'vos messages ont des liens à vous',
    '25 mois au plus',
    'Choisir ce qui est mesuré',
  ])
    expect(text.replaceAll('\u00a0', ' ')).toContain(words);
});

test('a valideur is told when a campaign begins to count by name', async () => {
  const push = await drawnPush(t, {});
  const now = await acrossOrganisations(t.db, async (trx) => termsOfPush(await lockToProve(trx, push.id)));
  expect(changedTerms({ ...now, linkMode: 'cellule' }, now)).toEqual([
    {
      what: 'Liens suivis',
      before: 'oui, par groupes de destinataires',
      after: 'oui, à leur nom pour les personnes qui l’ont accepté, par groupes pour les autres',
    },
  ]);
});
