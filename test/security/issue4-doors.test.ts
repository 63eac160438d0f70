import { describe, expect, test } from 'vitest';
import { acceptInvitation } from '../../src/approvals/accept-invitation.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { storeCaught } from '../../src/deliveries/catch-mails.ts';
import { readMail, readMailbox } from '../../src/deliveries/read-mailbox.ts';
import { pictureOf } from '../../src/relay-kits/picture.ts';
import { saveKitSettings } from '../../src/relay-kits/settings.ts';
import { days, hire, owed } from '../proofs/asking.ts';
import { kitHouse, kitPath, makeRelay } from '../relay-kits/cast.ts';
import { openHouse } from '../structure/house.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { makeCampaign, makePush, submit } from '../support/factories.ts';
import { JPEG } from '../support/images.ts';

const t = await testDatabase();
const { app } = await openHouse(t.url);

describe('the code that signs a valideur in', () => {
  test('stays with the valideur, even in the mailbox of the demonstration that their colleagues read (SEC-23)', async () => {
    const wanda = await hire(t, 'Wanda', 'btp', ['communicant', 'administrateur']);
    const caught = (to: string, subject: string) => ({
      mailFrom: 'lettre@opco.example',
      rcptTo: to,
      receivedAt: NOW,
      raw: Buffer.from(`Subject: ${subject}\r\n\r\nVotre code : 123 456\r\n`),
    });
    await storeCaught(t.db, [
      caught(t.cast.bruno.address.toUpperCase(), 'Pour Bruno'),
      caught(wanda.address, 'Pour Wanda'),
    ]);
    const seen = async (person: typeof wanda) => (await readMailbox(t.ctx(person), {})).rows;
    const brunos = await seen(t.cast.bruno);
    expect(brunos.map((m) => m.subject)).toEqual(['Pour Bruno']);
    expect((await seen(wanda)).map((m) => m.subject)).toEqual(['Pour Wanda']);
    expect((await readMailbox(t.ctx(wanda), { search: 'Bruno' })).rows).toEqual([]);
    await expect(readMail(t.ctx(wanda), brunos[0]?.id ?? 0)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await readMail(t.ctx(t.cast.bruno), brunos[0]?.id ?? 0)).toMatchObject({ to: brunos[0]?.to });
  });

  test('opens nothing once they validate no more, whatever other role they keep', async () => {
    const victor = await hire(t, 'Victor', 'btp', ['valideur', 'communicant']);
    const title = 'La lettre de Victor';
    const push = await makePush(t, { push: { title, scheduledAt: days(9) } });
    await submit(t, push.id);
    const mail = (await owed(t, 'approval-request', title)).find((m) => m.to === victor.address)?.text ?? '';
    const [, sealed = ''] = /invitation\/([\w-]{43})/.exec(mail) ?? [];
    const [, code = ''] = /page : (\d{3} \d{3})/.exec(mail) ?? [];
    await acrossOrganisations(t.db, (trx) =>
      trx.deleteFrom('memberships').where('user_id', '=', victor.userId).where('role', '=', 'valideur').execute(),
    );
    const visitor = { db: t.db, secrets: SECRETS, now: () => NOW, network: '198.51.100.7' };
    await expect(acceptInvitation(visitor, sealed, code)).rejects.toMatchObject({ code: 'invitation_closed' });
    const sessions = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('sessions').select('user_id').where('user_id', '=', victor.userId).execute(),
    );
    expect(sessions).toEqual([]);
  });
});

describe('a public form', () => {
  const campaign = makeCampaign(t);

  test('whose body is not what it says is refused as such: no fault of ours, whichever form (ASVS 4.1.4)', async () => {
    const { slug } = await campaign;
    await saveKitSettings(t.ctx(t.cast.alice), slug, { open: true });
    const kit = await kitPath(t, slug, await makeRelay(t, slug));
    const house = kitHouse(t);
    const forms = [`${kit}/actes`, `${kit}/publications`, `/relayer/${slug}`, '/mesure', '/connexion'];
    expect((await house.get(kit)).status).toBe(200);
    for (const type of ['multipart/form-data; boundary=x', 'multipart/form-data'])
      for (const path of [...forms, `/invitation/${'a'.repeat(43)}`]) {
        // The kit of this test is sealed with the secrets of the tests, not with the whole service's.
        const answer = path.startsWith('/kit/')
          ? await house.raw(path, { 'content-type': type }, 'rien de lisible')
          : await app.request(path, { method: 'POST', headers: { 'content-type': type }, body: 'rien de lisible' });
        expect([path.slice(0, 5), answer.status]).toEqual([path.slice(0, 5), 422]);
      }
  });

  test.each([
    ['turns what follows around', 'Mission \u2066locale\u2069'],
    ['ends its line', 'Mission\u2028locale'],
    ['hides in a word', 'Mis\u00adsion locale'],
    ['is a mark of another script', 'Mission \u061clocale'],
  ])('a name in which a sign nobody sees %s is not taken (MAIL-45)', async (_, name) => {
    const { slug } = await campaign;
    await saveKitSettings(t.ctx(t.cast.alice), slug, { open: true });
    const fields = { name, kind: 'guichet', territory: '35', address: 'accueil@mission.example' };
    const answer = await kitHouse(t).post(`/relayer/${slug}`, fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('caractère invisible');
  });
});

test('the picture of a publication keeps of its application segments the colour profile alone', () => {
  const segment = (mark: number, text: string): Buffer => {
    const head = Buffer.from([0xff, mark, 0, 0]);
    head.writeUInt16BE(text.length + 2, 2);
    return Buffer.concat([head, Buffer.from(text, 'latin1')]);
  };
  const given = Buffer.concat([
    JPEG.subarray(0, 2),
    segment(0xe2, 'ICC_PROFILE\0\x01\x01profil'),
    segment(0xe2, 'MPF\0autre image'),
    segment(0xe2, 'FPXR\0prise au 12 rue des Lilas'),
    JPEG.subarray(2),
  ]);
  const kept = pictureOf(given).bytes.toString('latin1');
  expect(kept).toContain('profil');
  expect(kept).not.toMatch(/MPF|FPXR|Lilas/);
});
