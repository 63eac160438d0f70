import { describe, expect, test } from 'vitest';
import { parseTransport } from '../../src/mail/transport.ts';

test('a relay with a password: encryption is required without asking (MAIL-50)', () => {
  expect(
    parseTransport(
      'smtp://moi%40exemple.fr:p%40ss@mail.exemple.fr:2587?connections=8&per_minute=60&name=envoi.exemple.fr',
    ),
  ).toEqual({
    host: 'mail.exemple.fr',
    port: 2587,
    security: 'starttls',
    auth: { kind: 'password', user: 'moi@exemple.fr', password: 'p@ss' },
    connections: 8,
    perMinute: 60,
    perDay: null,
    name: 'envoi.exemple.fr',
  });
});
test('smtps, OAuth2 and ports by default', () => {
  expect(parseTransport('smtps://mail.exemple.fr')).toMatchObject({
    security: 'tls',
    port: 465,
    auth: null,
    connections: 4,
  });
  expect(parseTransport('smtp://moi@mail.exemple.fr?token=abc')).toMatchObject({
    port: 587,
    auth: { kind: 'token', user: 'moi', token: 'abc' },
  });
});
test.each(['127.0.0.1', 'localhost', '[::1]', '127.8.9.1'])('%s is this machine: in clear, unless asked', (host) => {
  expect(parseTransport(`smtp://${host}:2525`).security).toBe('none');
  expect(parseTransport(`smtp://${host}:2525?tls=starttls`).security).toBe('starttls');
});
describe('refused, with the remedy', () => {
  test.each([
    ['smtp://mail.exemple.fr?tls=none', 'smtp_plaintext', 'Retirez tls=none'],
    ['smtp://127.0.0.1.exemple.fr?tls=none', 'smtp_plaintext', 'refusé'],
    ['http://mail.exemple.fr', 'smtp_url', 'smtp://utilisateur'],
    ['mail.exemple.fr', 'smtp_url', 'smtp://utilisateur'],
    ['smtp://moi@mail.exemple.fr', 'smtp_url', 'mot de passe'],
    ['smtp://moi:100%@mail.exemple.fr', 'smtp_url', '%25'],
    ['smtp://mail.exemple.fr?connections=0', 'smtp_url', 'entre 1 et 50'],
    ['smtp://mail.exemple.fr?pool=true', 'smtp_url', 'pool'],
    ['smtps://mail.exemple.fr?tls=none', 'smtp_url', 'déjà chiffré'],
    ['smtp://mail.exemple.fr?tls=peut-etre', 'smtp_url', 'tls=starttls'],
    ['smtp://mail.exemple.fr?name=a%0d%0ab', 'smtp_url', 'nom de machine'],
  ])('%s', (url, code, words) => {
    expect(() => parseTransport(url)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
  test('the sentence never repeats the password', () => {
    expect(() => parseTransport('smtp://moi:secret%@mail.exemple.fr')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
