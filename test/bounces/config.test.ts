import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const read = (env: Record<string, string>) => readConfig({ SECRET: 'x'.repeat(40), DATA_DIR: '/tmp', ...env });

test('without them nothing is read back', () => {
  expect(read({})).toMatchObject({ bounceMailbox: null, bounceAddress: null });
});
test('BOUNCE_IMAP_URL says server, account and folder; TLS is the rule but on this machine', () => {
  expect(
    read({ BOUNCE_IMAP_URL: 'imaps://retours%40x.fr:p%2Fss@imap.x.fr/Retours%20du%20jour' }).bounceMailbox,
  ).toEqual({
    host: 'imap.x.fr',
    port: 993,
    security: 'tls',
    user: 'retours@x.fr',
    password: 'p/ss',
    mailbox: 'Retours du jour',
  });
  expect(read({ BOUNCE_IMAP_URL: 'imap://u:p@imap.x.fr' }).bounceMailbox).toMatchObject({
    port: 143,
    security: 'starttls',
    mailbox: 'INBOX',
  });
  expect(read({ BOUNCE_IMAP_URL: 'imap://u:p@127.0.0.1:14300/' }).bounceMailbox).toMatchObject({
    port: 14300,
    security: 'none',
  });
});
test.each([
  'http://u:p@x.fr',
  'imaps://x.fr/INBOX',
  'imaps://secret@x.fr',
  'imaps:u:secret@x.fr',
  'imaps://u:se%zzcret@x.fr',
  'n’importe quoi',
])('BOUNCE_IMAP_URL=%s is refused in a sentence that repeats no password', (text) => {
  expect(() => read({ BOUNCE_IMAP_URL: text })).toThrow(/BOUNCE_IMAP_URL/);
  expect(() => read({ BOUNCE_IMAP_URL: text })).not.toThrow(/secret|zzcret/);
});
test('BOUNCE_ADDRESS is a plain address with room for its token (MAIL-30)', () => {
  expect(read({ BOUNCE_ADDRESS: ' Retours@Mail.Exemple.fr ' }).bounceAddress).toBe('retours@mail.exemple.fr');
  for (const wrong of ['retours', 'a+b@x.fr', 'é@x.fr', 'a b@x.fr', '@x.fr', 'a@x'])
    expect(() => read({ BOUNCE_ADDRESS: wrong })).toThrow(/BOUNCE_ADDRESS/);
  expect(() => read({ BOUNCE_ADDRESS: `${'r'.repeat(22)}@x.fr` })).toThrow(/trop long/);
});
