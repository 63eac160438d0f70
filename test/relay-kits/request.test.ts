import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { confirmRelay } from '../../src/relay-kits/invite.ts';
import { saveKitSettings } from '../../src/relay-kits/settings.ts';
import { changeKit } from '../../src/relays/change-kit.ts';
import { declineRelay, stopRelay } from '../../src/relays/end-relay.ts';
import { relaysOf } from '../../src/relays/queries.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { day, kitHouse, mailsTo, makeRelay } from './cast.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
let house: ReturnType<typeof kitHouse>;
let made = 0;

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = await makeCampaign(t);
  await saveKitSettings(t.ctx(t.cast.alice), campaign.slug, { open: true });
  made += 1;
  house = kitHouse(t, { now: NOW, network: `198.51.100.${made}` });
});

const ask = (over: Record<string, string> = {}) =>
  house.post(`/relayer/${campaign.slug}`, {
    name: 'Lycée Gustave Eiffel',
    kind: 'organisme_formation',
    territory: '33',
    address: 'lycee@relais.example',
    ...over,
  });
const relays = () => withOrganisation(t.db, t.cast.organisations.opco, (trx) => relaysOf(trx, campaign.id));
const first = async () => (await relays())[0]?.id ?? 0;

describe('« Obtenir notre kit »', () => {
  test('is asked by anybody, confirmed by the lead, and then only does the kit leave by mail', async () => {
    const { text } = await house.get(`/relayer/${campaign.slug}`);
    expect(text).toContain('jamais votre nom ni votre adresse');
    expect(await ask()).toMatchObject({ status: 303, location: `/relayer/${campaign.slug}?demande=faite` });
    expect(await relays()).toMatchObject([{ name: 'Lycée Gustave Eiffel', origin: 'formulaire', confirmedAt: null }]);
    expect(await mailsTo(t, 'lycee@relais.example')).toEqual([]);
    await confirmRelay(t.ctx(t.cast.alice), campaign.slug, await first());
    const [mail = ''] = await mailsTo(t, 'lycee@relais.example');
    const kit = /https:\/\/pv\.example(\/kit\/[\w-]{43})/.exec(mail)?.[1] ?? '';
    expect((await house.get(kit)).status).toBe(200);
    expect(mail).toContain('Ne plus relayer');
  });

  test('answers the same whoever asks: nobody learns who relays, who was declined, who stopped (no oracle)', async () => {
    const known = await makeRelay(t, campaign.slug, { address: 'connu@relais.example' });
    const gone = await makeRelay(t, campaign.slug, { address: 'parti@relais.example' });
    await stopRelay(t.ctx(t.cast.alice), campaign.slug, gone);
    await ask({ address: 'attend@relais.example' });
    await ask({ address: 'ecarte@relais.example' });
    const waiting = (await relays()).find((r) => r.address === 'ecarte@relais.example');
    await declineRelay(t.ctx(t.cast.alice), campaign.slug, waiting?.id ?? 0);
    expect(known).toBeGreaterThan(0);
    const answers = [];
    for (const who of ['connu', 'parti', 'attend', 'ecarte', 'nouveau']) {
      const { status, location, text } = await ask({ address: `${who}@relais.example` });
      answers.push(JSON.stringify({ status, location, text }));
    }
    expect(new Set(answers).size).toBe(1);
    const pages = await Promise.all([1, 2].map(() => house.get(`/relayer/${campaign.slug}?demande=faite`)));
    expect(pages[0]?.text).toBe(pages[1]?.text);
  });

  test('asked twice is one request; another person at the same address is one request with both names', async () => {
    await ask();
    await ask();
    await ask({ name: 'Un autre lycée', territory: 'Bretagne' });
    await ask({ name: 'Un autre lycée' });
    expect(await relays()).toMatchObject([{ name: 'Lycée Gustave Eiffel', departement: '33' }]);
    const [{ note } = { note: '' }] = await relays();
    expect(note.match(/Un autre lycée/g)).toHaveLength(1);
  });

  test('two requests of one address at the same second are one', async () => {
    const both = await Promise.all([ask(), ask()]);
    expect(both.map((r) => r.status)).toEqual([303, 303]);
    expect(await relays()).toHaveLength(1);
  });

  test('takes ten requests an hour from one network, and says when to come back', async () => {
    for (let i = 0; i < 10; i++) expect((await ask({ address: `n${i}@relais.example` })).status).toBe(303);
    const refused = await ask({ address: 'n10@relais.example' });
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('dans une heure');
    expect(await relays()).toHaveLength(10);
    house.at.network = '203.0.113.9';
    expect((await ask({ address: 'n11@relais.example' })).status).toBe(303);
    house.at.network = `198.51.100.${made}`;
    house.at.now = new Date(NOW.getTime() + 61 * 60_000);
    expect((await ask({ address: 'n12@relais.example' })).status).toBe(303);
  });

  test('gives a relay that lost its link the link again, in its own mailbox, once a day', async () => {
    const id = await makeRelay(t, campaign.slug, { address: 'perdu@relais.example' });
    await ask({ address: 'perdu@relais.example' });
    await ask({ address: 'perdu@relais.example' });
    expect(await mailsTo(t, 'perdu@relais.example')).toHaveLength(1);
    house.at.now = day(2);
    await ask({ address: 'perdu@relais.example' });
    expect(await mailsTo(t, 'perdu@relais.example')).toHaveLength(2);
    // Withdrawn by the lead, it does not come back this way.
    await changeKit(t.ctx(t.cast.alice), campaign.slug, id, 'revoke');
    house.at.now = day(4);
    await ask({ address: 'perdu@relais.example' });
    expect(await mailsTo(t, 'perdu@relais.example')).toHaveLength(2);
  });

  test('does not exist before the lead opens it, nor for a campaign that does not exist', async () => {
    await saveKitSettings(t.ctx(t.cast.alice), campaign.slug, { open: false });
    expect((await house.get(`/relayer/${campaign.slug}`)).status).toBe(404);
    expect((await ask()).status).toBe(404);
    expect((await house.get('/relayer/inconnue')).status).toBe(404);
    expect(await relays()).toEqual([]);
  });

  test('says which field is wrong, keeps what was typed and runs none of it', async () => {
    const { status, text } = await ask({ name: '"><script>alert(1)</script>', kind: '', address: 'demi@' });
    expect(status).toBe(422);
    expect(text).toContain('Dites ce que vous êtes.');
    expect(text).toContain('prenom.nom@organisme.fr');
    expect(text).not.toContain('<script>alert');
    expect((await ask({ name: 'x'.repeat(20_000) })).status).toBe(413);
    expect(await relays()).toEqual([]);
  });
});
