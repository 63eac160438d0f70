import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acceptInvitation, readInvitation } from '../../src/approvals/accept-invitation.ts';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { readSession } from '../../src/organisations/sessions.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makePush, submit } from '../support/factories.ts';
import { type House, house } from '../web/campaigns/house.ts';
import { days, hours, owed } from './asking.ts';

let t: TestDatabase;
let pv: House;
let now = NOW;
let made = 0;
beforeAll(async () => {
  t = await testDatabase();
  pv = house(t, () => now);
});

let push: MadePush;
let title: string;
let mail: { link: string; sealed: string; code: string; text: string };
beforeEach(async () => {
  now = NOW;
  made += 1;
  title = `La lettre invitée ${made}`;
  push = await makePush(t, { push: { title, scheduledAt: days(12), answerBy: days(2) } });
  await submit(t, push.id);
  const asked = (await owed(t, 'approval-request', title)).find((m) => m.to === t.cast.bruno.address);
  const text = asked?.text ?? '';
  const [link = '', sealed = ''] = /https:\/\/pv\.example\/invitation\/([\w-]{43})/.exec(text) ?? [];
  const [, a = '', b = ''] = /code, à donner sur cette page : (\d{3}) (\d{3})/.exec(text) ?? [];
  mail = { link: link.replace('https://pv.example', ''), sealed, code: a + b, text };
});

const validation = () => `/campagnes/${push.campaign}/envois/${push.slug}/validation`;
const signIn = () => `/connexion?retour=${encodeURIComponent(validation())}`;
const visitor = (network = `198.51.100.${made}`) => ({ db: t.db, secrets: SECRETS, now: () => now, network });
const open = (cookie = '') => pv.app.request(mail.link, { headers: { cookie } });
const give = (code: string, link = mail.link) =>
  pv.app.request(link, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ code }),
  });
const sessions = () => acrossOrganisations(t.db, (trx) => trx.selectFrom('sessions').select('user_id').execute());
const wrong = () => (mail.code === '000000' ? '000001' : '000000');

describe('the link of the mail', () => {
  test('says who asks what, in which campaign and by when, to whoever holds it; and signs nobody in', async () => {
    const before = await sessions();
    // Opened as often as one likes: mail scanners open everything.
    for (let i = 0; i < 8; i += 1) {
      const page = await open();
      expect(page.status).toBe(200);
      expect(page.headers.get('set-cookie')).toBeNull();
      if (i > 0) continue;
      const text = await page.text();
      expect(text).toContain(`OPCO de test vous demande de relire «\u00a0${title}\u00a0»`);
      expect(text).toContain('Réponse attendue avant le mardi 24');
      expect(text).not.toContain(t.cast.bruno.address);
    }
    expect(await sessions()).toEqual(before);
    expect((await give(mail.code)).status).toBe(303);
  });

  test('with the code, opens a session for that organisation and lands on the page where one decides', async () => {
    const answer = await give(`${mail.code.slice(0, 3)} ${mail.code.slice(3)}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(validation());
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    const secret = /__Host-porte-voix=([^;]+)/.exec(cookie)?.[1] ?? '';
    expect((await readSession(visitor(), secret))?.actor).toMatchObject({
      userId: t.cast.bruno.userId,
      organisationId: t.cast.organisations.btp,
    });
    const page = await pv.app.request(validation(), { headers: { cookie: `__Host-porte-voix=${secret}` } });
    expect(await page.text()).toContain('Votre décision');
    // The same link, to whom is signed in already: the page itself.
    expect((await open(`__Host-porte-voix=${secret}`)).headers.get('location')).toBe(validation());
  });

  test.each([
    ['used', async () => void (await give(mail.code))],
    [
      'after the date of answer',
      async () => {
        now = days(2);
      },
    ],
    [
      'tried five times',
      async () => {
        for (let i = 0; i < 5; i += 1) await acceptInvitation(visitor(), mail.sealed, wrong()).catch(() => null);
      },
    ],
  ])('%s, leads to the usual sign-in, and from there to the page', async (_, happens) => {
    await happens();
    const opened = await open();
    expect([opened.status, opened.headers.get('location')]).toEqual([303, signIn()]);
    const given = await give(mail.code);
    expect([given.status, given.headers.get('location')]).toEqual([303, signIn()]);
    expect(given.headers.get('set-cookie')).toBeNull();
  });

  test('lasts a week at most, even where the answer is due later', async () => {
    const late = await makePush(t, { push: { title: `${title} bis`, scheduledAt: days(30), answerBy: days(20) } });
    await submit(t, late.id);
    const [row] = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('approval_invitations').select('expires_at').where('path', 'like', `%/${late.slug}/%`).execute(),
    );
    expect(row?.expires_at).toEqual(days(7));
  });

  test.each([
    ['forged', () => `/invitation/${'A'.repeat(43)}`],
    ['of another purpose', () => `/invitation/${sealId(SECRETS.doors, 'calendar', 1)}`],
    ['of an invitation that does not exist', () => `/invitation/${sealId(SECRETS.doors, 'invitation', 999_999)}`],
  ])('%s: nothing is there', async (_, link) => {
    expect((await pv.app.request(link())).status).toBe(404);
    expect((await give('123456', link())).status).toBe(404);
  });
});

describe('the code', () => {
  test('is not in the database, and the one of somebody else opens nothing', async () => {
    const rows = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('approval_invitations').selectAll().where('path', '=', validation()).execute(),
    );
    expect(rows.map((r) => r.user_id).toSorted()).toEqual([t.cast.alice.userId, t.cast.bruno.userId].toSorted());
    expect(JSON.stringify(rows)).not.toContain(mail.code);
    const alices = (await owed(t, 'approval-request', title)).find((m) => m.to === t.cast.alice.address)?.text ?? '';
    const other = /: (\d{3} \d{3})/.exec(alices)?.[1] ?? '';
    if (other.replace(' ', '') !== mail.code) expect((await give(other)).status).toBe(422);
  });

  test('wrong, is said with what is left to try', async () => {
    const answer = await give(wrong());
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('4 essais restent');
  });

  test('guessed over many invitations from one network, is slowed down', async () => {
    const network = '203.0.113.9';
    for (let i = 0; i < 10; i += 1)
      await acceptInvitation(visitor(network), sealId(SECRETS.doors, 'invitation', 900_000 + i), '000000').catch(
        () => null,
      );
    await expect(acceptInvitation(visitor(network), mail.sealed, mail.code)).rejects.toMatchObject({
      kind: 'too-many',
    });
    now = hours(1);
    expect(await acceptInvitation(visitor(network), mail.sealed, mail.code)).toMatchObject({ path: validation() });
  });

  test('given twice at the same second opens one session', async () => {
    const given = await Promise.allSettled([
      acceptInvitation(visitor(), mail.sealed, mail.code),
      acceptInvitation(visitor(), mail.sealed, mail.code),
    ]);
    expect(given.map((g) => g.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('opens nothing for who is no longer of the organisation, nor for an account that was closed', async () => {
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('users').set({ disabled_at: NOW }).where('id', '=', t.cast.bruno.userId).execute(),
    );
    await expect(acceptInvitation(visitor(), mail.sealed, mail.code)).rejects.toMatchObject({
      code: 'invitation_closed',
    });
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('users').set({ disabled_at: null }).where('id', '=', t.cast.bruno.userId).execute(),
    );
  });

  test('never leads to another site, whatever the row says', async () => {
    await acrossOrganisations(t.db, (trx) =>
      trx
        .updateTable('approval_invitations')
        .set({ path: '//ailleurs.example/' })
        .where('path', '=', validation())
        .execute(),
    );
    const seen = await readInvitation(visitor(), mail.sealed);
    expect(seen.path).toBe('//ailleurs.example/');
    // The row is not the one the code was made for any more; and where it leads is ours.
    expect((await give(mail.code)).status).toBe(422);
    now = days(3);
    expect((await open()).headers.get('location')).toBe('/connexion?retour=%2F');
  });
});
