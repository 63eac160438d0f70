import { expect, test } from 'vitest';
import { CLASSIFIER_VERSION, classify, REASON_TEXTS } from '../../src/mail/classify.ts';

test.each([
  [250, null, '2.0.0 Ok: queued', 'accepted', 'accepted', 'never'],
  [550, '5.1.1', '5.1.1 user unknown', 'hard', 'address_unknown', 'now'],
  [550, '5.1.2', 'bad destination system', 'hard', 'domain_unknown', 'now'],
  [550, '5.1.3', '', 'hard', 'address_unknown', 'now'],
  [550, '5.1.6', 'moved', 'hard', 'address_unknown', 'now'],
  [556, '5.1.10', 'null MX', 'hard', 'domain_takes_no_mail', 'now'],
  [550, '5.2.1', 'disabled', 'hard', 'mailbox_disabled', 'now'],
  [450, '4.2.1', 'disabled', 'soft', 'mailbox_unavailable', 'repeated'],
  [550, null, 'Adresse d au moins un destinataire invalide. OFR_416 [416]', 'hard', 'address_unknown', 'now'],
  [550, '5.5.0', 'LPN007_416 LPN_416', 'hard', 'address_unknown', 'now'],
  [552, null, 'OFR_417 boite pleine', 'soft', 'mailbox_full', 'repeated'],
  [421, null, 'Service refuse. Veuillez essayer plus tard. OFR_104', 'soft', 'too_many_connections', 'never'],
  [550, '5.7.1', 'OFR_506 [506]', 'policy', 'spam_suspected', 'never'],
  [550, '5.7.1', 'LPN_517 DMARC', 'policy', 'authentication_missing', 'never'],
  [550, '5.7.1', 'blocked', 'policy', 'sender_blocked', 'never'],
  [550, '5.7.26', 'unauthenticated', 'policy', 'authentication_missing', 'never'],
  [550, '5.7.515', 'Access denied', 'policy', 'authentication_missing', 'never'],
  [421, '4.7.0', 'try again later', 'soft', 'slowed_down', 'never'],
  [552, '5.2.2', 'mailbox full', 'soft', 'mailbox_full', 'repeated'],
  [552, null, 'too many recipients', 'soft', 'too_many_recipients', 'never'],
  [552, '5.2.3', 'too large', 'content', 'too_big', 'never'],
  [552, '5.3.4', 'message size exceeds', 'content', 'too_big', 'never'],
  [554, '5.6.0', 'bad MIME', 'content', 'content_refused', 'never'],
  [451, '4.3.0', 'temporary', 'soft', 'server_trouble', 'never'],
  [451, '4.4.1', 'no answer', 'soft', 'network_trouble', 'never'],
  [450, null, 'Greylisted', 'soft', 'greylisted', 'never'],
  [421, null, 'closing', 'soft', 'slowed_down', 'never'],
  [550, null, 'No such user here', 'hard', 'address_unknown', 'now'],
  [554, null, 'Message rejected as spam', 'policy', 'spam_suspected', 'never'],
  [550, '5.1.1', 'Adresse d au moins un destinataire invalide. OFR004_416 [416]', 'hard', 'address_unknown', 'now'],
  [550, null, 'Invalid recipient. LPN416', 'hard', 'address_unknown', 'now'],
  [550, '5.5.0', 'Boite du destinataire archivee. LPN007_420', 'hard', 'mailbox_disabled', 'now'],
  [552, '5.1.1', 'Boite du destinataire pleine. OFR_417 [417]', 'soft', 'mailbox_full', 'repeated'],
  [550, '5.5.0', 'bloques par nos services LPNAAA_101', 'policy', 'sender_blocked', 'never'],
  [554, null, 'SFR_IN_103', 'policy', 'sender_blocked', 'never'],
  [421, '4.2.1', 'Service refuse. OFR005_505', 'soft', 'server_trouble', 'never'],
  [550, '5.4.1', 'Recipient address rejected: Access denied', 'hard', 'address_unknown', 'now'],
  [550, null, 'Sender address rejected: Domain not found', 'policy', 'sender_refused', 'never'],
  [553, '5.7.1', 'Relaying denied', 'policy', 'relay_refused', 'never'],
  [450, '4.2.0', 'User unknown', 'soft', 'mailbox_unavailable', 'repeated'],
  [0, null, 'retry timeout exceeded', 'soft', 'expired', 'never'],
  [550, null, 'non', 'hard', 'refused_unexplained', 'repeated'],
] as const)('MAIL-20: %s %s « %s » is %s (%s), suppress: %s', (code, enhanced, text, kind, reason, suppress) => {
  expect(classify({ code, enhanced, text })).toEqual({ class: kind, reason, suppress, version: CLASSIFIER_VERSION });
  expect(REASON_TEXTS[reason]).toBeTypeOf('string');
});

test('the enhanced code wins over the code: a 550 that says 4.2.2 is a full mailbox', () => {
  expect(classify({ code: 550, enhanced: '4.2.2', text: '' }).class).toBe('soft');
});
test('a stranger’s words are read in bounded time, however long and repetitive', () => {
  const started = performance.now();
  for (const piece of ['mailbox ', 'a@', '5.1.1 ', 'user (((', 'not ', 'domain ', 'message size '])
    classify({ code: 550, enhanced: null, text: piece.repeat(50_000) });
  expect(performance.now() - started).toBeLessThan(500);
});
test('a policy block never suppresses the contact', () => {
  for (const enhanced of ['5.7.0', '5.7.1', '5.7.20', '5.7.27', '5.7.515', '5.7.750'])
    expect(classify({ code: 550, enhanced, text: 'user unknown' })).toMatchObject({
      class: 'policy',
      suppress: 'never',
    });
});
