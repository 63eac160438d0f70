import { domainToASCII } from 'node:url';
import { mailbox } from '../mail/headers.ts';
import { slot } from '../mail/skeleton.ts';
import type { Channel } from '../pushes/schema.ts';
import type { VariantInput } from './schema.ts';

/**
 * Headers of a message, in order (MAIL-01); MIME-Version and Content-Type come from the compiler. Slot values: `to`
 * is a whole mailbox, `messageId` goes without its angle brackets and ends with the sender's domain (MAIL-42), `date`
 * follows RFC 5322, `unsubscribe` is one URI.
 */
export function messageHeaders(
  { campaign, organisation, push }: VariantInput,
  channel: Channel,
  subject: string,
): [string, string][] {
  const domain = domainToASCII(organisation.senderAddress.slice(organisation.senderAddress.lastIndexOf('@') + 1));
  return [
    ['From', mailbox(organisation.senderName, organisation.senderAddress)],
    ...(organisation.replyTo
      ? [['Reply-To', mailbox(organisation.senderName, organisation.replyTo)] as [string, string]]
      : []),
    ['To', slot('to')],
    ['Subject', subject],
    ['Date', slot('date')],
    ['Message-ID', `<${slot('messageId')}>`],
    ['List-ID', mailbox(campaign.name, `list.${campaign.slug}.${domain}`)],
    // RFC 8058: exactly one HTTPS address, which acts on POST only.
    ['List-Unsubscribe', `<${slot('unsubscribe')}>`],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    // Four fields at most, the sender last, since it is the one that stays (MAIL-14).
    ['Feedback-ID', `${push.slug}:${campaign.slug}:${channel}:${organisation.slug}`],
    ['Auto-Submitted', 'auto-generated'],
    ['Precedence', 'bulk'],
    ['X-Auto-Response-Suppress', 'OOF, AutoReply'],
    ['Content-Language', 'fr'],
  ];
}
