import type { Ctx, Secrets } from '../base/context.ts';
import { longDate } from '../base/dates.ts';
import { returnAddresser } from '../base/return-address.ts';
import { idSealer } from '../base/tokens.ts';
import type { Level } from '../base/words.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { type DkimKey, signMessage } from '../mail/dkim.ts';
import { mailbox } from '../mail/headers.ts';
import { prepare, type Shelf, type Skeleton, type SlotValues, type Spliceable, splice } from '../mail/skeleton.ts';
import type { OutgoingMail } from '../mail/smtp-client.ts';
import { dkimKeys } from '../senders/queries.ts';
import { personalSealer } from '../tracking/personal-links.ts';
import { fromLetter } from '../webinars/origins.ts';
import type { Claimed } from './claim.ts';
import { persist } from './persist.ts';

type Variant = {
  web: string;
  /** Of an invitation: where one person registers with what is known of it already filled in. */
  register: ((deliveryId: number) => string) | null;
  ready: Spliceable;
  links: string[];
  /** The same, for whoever shares none with others. */
  direct: string[];
  /** The envelope's sender: whoever answers that a message could not be delivered tells which one. */
  returnTo: (deliveryId: number) => string;
  dkim: DkimKey | null;
  domain: string;
  controller: string;
  privacyContact: string;
};
/** A followed link: the same for a whole group, or made for each of those who agreed to it. */
type Followed = string | ((deliveryId: number) => string);
type Stored = { variants: Map<string, Variant>; tokens: Map<number, Map<string, Followed>> };

/**
 * Turns claimed rows into finished messages: only stored, approved proofs are sent, and a recipient costs a splice.
 * A proof's variants and its cells' links are read once and kept; a push edited while it runs brings a new proof.
 * `bounceAddress`: where what comes back is read, unless the sender's domain has its own (MAIL-30).
 */
export function composer(
  ctx: Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>,
  { shelf, bounceAddress }: { shelf?: Shelf; bounceAddress: string | null },
): (row: Claimed) => Promise<OutgoingMail> {
  const proofs = new Map<number, Promise<Stored>>();
  const seals = sealsOf(ctx.secrets);
  return async (row) => {
    let stored = proofs.get(row.proof_id);
    // A row must not fail because the database was away for a moment.
    if (!stored) {
      stored = persist('proof', () => readProof(ctx, { seals, bounceAddress }, row.proof_id));
      proofs.set(row.proof_id, stored);
    }
    const { variants, tokens } = await stored;
    const variant = variants.get(`${row.organisation_id}/${row.level}`);
    if (!variant)
      throw new Error(
        `proof ${row.proof_id} has no variant for organisation ${row.organisation_id}, level ${row.level}`,
      );
    const cell = row.cell_id === null ? undefined : tokens.get(row.cell_id);
    const letter = splice(variant.ready, values(ctx, seals, row, variant, cell), shelf?.take);
    const envelope = { from: variant.returnTo(row.id), to: row.address, dotless: true };
    if (!variant.dkim) return { ...envelope, data: letter };
    const data = await signMessage(letter, variant.dkim);
    shelf?.giveBack(letter);
    return { ...envelope, data };
  };
}

type Seals = ReturnType<typeof sealsOf>;
const sealsOf = (secrets: Secrets) => {
  const { unsubscribe: key } = secrets;
  return {
    message: idSealer(key, 'message'),
    unsubscribe: idSealer(key, 'unsubscribe'),
    preferences: idSealer(key, 'preferences'),
    web: idSealer(key, 'web'),
    register: idSealer(key, 'inscription'),
    link: personalSealer(secrets),
  };
};

async function readProof(
  ctx: Pick<Ctx, 'db' | 'publicUrl' | 'secrets'>,
  { seals, bounceAddress }: { seals: Seals; bounceAddress: string | null },
  proofId: number,
): Promise<Stored> {
  return acrossOrganisations(ctx.db, async (trx) => {
    const rows = await trx
      .selectFrom('proof_variants as v')
      .innerJoin('organisations as o', 'o.id', 'v.organisation_id')
      .select([
        'v.id',
        'v.organisation_id',
        'v.level',
        'v.skeleton',
        'v.links',
        'o.slug',
        'o.name',
        'o.privacy_contact',
      ])
      .where('v.proof_id', '=', proofId)
      .execute();
    const keys = await dkimKeys(trx, ctx.secrets);
    const bounces = await bounceAddresses(trx);
    const byCell = await followedLinks(trx, ctx.publicUrl, seals, proofId);
    return {
      tokens: byCell,
      variants: new Map(
        rows.map((r) => {
          const skeleton = r.skeleton as unknown as Skeleton;
          const sender = senderOf(skeleton);
          const domain = sender.slice(sender.lastIndexOf('@') + 1).toLowerCase();
          const direct = r.links.map((url) => fromLetter(url, r.slug, r.level as Level));
          const returns = bounces.get(`${r.organisation_id}/${domain}`) ?? bounceAddress;
          return [
            `${r.organisation_id}/${r.level}`,
            {
              // The same for everybody who receives this variant: nothing of the reader is in it.
              web: `${ctx.publicUrl}/lettre/${seals.web(r.id)}`,
              register: registerAddresser(skeleton, direct, seals),
              ready: prepare(skeleton),
              links: r.links,
              direct,
              returnTo: returns ? returnAddresser(ctx.secrets, returns) : () => sender,
              dkim: keys.get(domain) ?? null,
              domain,
              controller: r.name,
              privacyContact: r.privacy_contact,
            },
          ];
        }),
      ),
    };
  });
}

/** Group → address → the link that stands for it. */
async function followedLinks(
  trx: Trx,
  publicUrl: string,
  seals: Pick<Seals, 'link'>,
  proofId: number,
): Promise<Stored['tokens']> {
  const tokens = await trx
    .selectFrom('proofs as p')
    .innerJoin('tokens as t', 't.push_id', 'p.push_id')
    .innerJoin('links as l', 'l.id', 't.link_id')
    .innerJoin('cells as c', 'c.id', 't.cell_id')
    .select(['c.id as cell', 'c.individual', 'l.id as link', 'l.url', 't.token'])
    .where('p.id', '=', proofId)
    .execute();
  const byCell: Stored['tokens'] = new Map();
  for (const { cell, individual, link, url, token } of tokens) {
    const links = byCell.get(cell) ?? new Map<string, Followed>();
    const own = (delivery: number): string => `${publicUrl}/r/${seals.link({ delivery, cell, link })}`;
    byCell.set(cell, links.set(url, individual ? own : `${publicUrl}/r/${token}`));
  }
  return byCell;
}

/**
 * Beside the webinar's page, which is the first link of an invitation, and with what it says of where one comes from. It is
 * the person's own: never a link of a group, never counted (PRV-12).
 */
function registerAddresser({ pieces }: Skeleton, links: readonly string[], seals: Seals): Variant['register'] {
  if (!pieces.some((piece) => typeof piece !== 'string' && piece.slot === 'register')) return null;
  const { origin, pathname, search } = new URL(links[0] ?? '');
  return (deliveryId) => `${origin}${pathname}/moi/${seals.register(deliveryId)}${search}`;
}

/** `organisation/domain` → the domain's own address for returns. */
async function bounceAddresses(trx: Trx): Promise<Map<string, string>> {
  const rows = await trx
    .selectFrom('sender_domains')
    .select(['organisation_id', 'domain', 'bounce_address'])
    .where('bounce_address', 'is not', null)
    .execute();
  return new Map(rows.map((r) => [`${r.organisation_id}/${r.domain}`, r.bounce_address!]));
}

/** The address that was approved, in the From of the stored message: an organisation may have changed its own since. */
function senderOf({ pieces }: Skeleton): string {
  const head = pieces.find((piece) => typeof piece === 'string') ?? '';
  const address =
    /^From: (?:[^\r\n]|\r\n[ \t])*?<([^<>\r\n]+)>\r\n/im.exec(head)?.[1] ?? /^From: ([^<>\s]+)\r\n/im.exec(head)?.[1];
  if (!address) throw new Error('stored message without a sender');
  return address;
}

function values(
  ctx: Pick<Ctx, 'publicUrl' | 'now'>,
  seals: Seals,
  row: Claimed,
  variant: Variant,
  cell: Map<string, Followed> | undefined,
): SlotValues {
  const name = [row.first_name, row.last_name].filter(Boolean).join(' ');
  const slots: SlotValues = {
    to: mailbox(name, row.address),
    date: mailDate(ctx.now()),
    // Derived from the row, so that a message tried again keeps its identity (MAIL-42).
    messageId: `${seals.message(row.id)}@${variant.domain}`,
    greeting: name === '' ? 'Bonjour,' : `Bonjour ${name},`,
    unsubscribe: `${ctx.publicUrl}/d/${seals.unsubscribe(row.id)}`,
    preferences: `${ctx.publicUrl}/preferences/${seals.preferences(row.id)}`,
    web: variant.web,
    notice: row.notice ? notice(row, variant) : '',
  };
  if (variant.register) slots.register = variant.register(row.id);
  variant.links.forEach((url, n) => {
    const followed = cell?.get(url);
    const direct = variant.direct[n] ?? url;
    // Whoever took their agreement back since the list was drawn has no group to count among: nothing of theirs is counted.
    slots[`link:${n}`] =
      typeof followed === 'function' ? (row.personal ? followed(row.id) : direct) : (followed ?? direct);
  });
  return slots;
}

/** RFC 5322, written once a second. */
let lastDate = { second: 0, text: '' };
function mailDate(now: Date): string {
  const second = Math.floor(now.getTime() / 1000);
  if (lastDate.second !== second) lastDate = { second, text: now.toUTCString().replace('GMT', '+0000') };
  return lastDate.text;
}

/** Art. 14 information, in the first message to somebody whose address came from elsewhere (PRV-33). */
function notice(row: Claimed, variant: Variant): string {
  const collected = row.collected_on ? `, collectée le ${longDate(new Date(`${row.collected_on}T12:00:00Z`))}` : '';
  const contact = variant.privacyContact ? ` auprès de ${variant.privacyContact}` : '';
  return `C’est notre premier message à cette adresse. Elle figure dans les contacts de ${variant.controller} (source : ${row.source}${collected}), pour vous informer sur votre secteur. Vous pouvez vous y opposer, y accéder, la corriger ou la faire effacer${contact}.`;
}
