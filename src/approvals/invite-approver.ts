import { randomInt } from 'node:crypto';
import type { Ctx } from '../base/context.ts';
import { longDateTime } from '../base/dates.ts';
import { hmac, sealId } from '../base/tokens.ts';
import type { Trx } from '../db/database.ts';
import { queueMail } from '../outbox/queue-mail.ts';
import { INVITATION_DAYS } from './schema.ts';

export type Invitation = {
  /** Whose valideurs are asked. */
  organisationId: number;
  campaignId: number;
  /** The page where they decide, on this site: `/campagnes/…/validation`. */
  path: string;
  /** The mail's subject. */
  title: string;
  /** Its paragraphs: what is asked, by when, what silence means. */
  lines: readonly string[];
  /** After it the code opens nothing; a week at most, and by default. */
  expiresAt?: Date | null;
};

/**
 * Asks each valideur of an organisation by mail, with a link and a code of six digits that opens a session once. To be
 * called in a transaction across organisations (the asked one is not the one that asks), with what it announces. Answers
 * how many were asked: none, where nobody validates for that organisation.
 */
export async function inviteApprovers(
  trx: Trx,
  ctx: Pick<Ctx, 'now' | 'secrets' | 'publicUrl'>,
  p: Invitation,
): Promise<number> {
  const now = ctx.now();
  const from = await trx
    .selectFrom('campaigns as c')
    .innerJoin('organisations as o', 'o.id', 'c.organisation_id')
    .select(['o.sender_name as name', 'o.sender_address as address'])
    .where('c.id', '=', p.campaignId)
    .executeTakeFirstOrThrow();
  const people = await trx
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.id', 'u.name', 'u.address'])
    .where('m.organisation_id', '=', p.organisationId)
    .where('m.role', '=', 'valideur')
    .where('u.disabled_at', 'is', null)
    .orderBy('u.id')
    .execute();
  const week = new Date(now.getTime() + INVITATION_DAYS * 86_400_000);
  const expiresAt = p.expiresAt && p.expiresAt < week ? p.expiresAt : week;
  for (const person of people) {
    const code = String(randomInt(0, 1_000_000)).padStart(6, '0');
    const { id } = await trx
      .insertInto('approval_invitations')
      .values({
        organisation_id: p.organisationId,
        user_id: person.id,
        path: p.path,
        code_hash: invitationCodeHash(ctx, { userId: person.id, createdAt: now, path: p.path }, code),
        created_at: now,
        expires_at: expiresAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await queueMail(trx, {
      organisationId: p.organisationId,
      kind: 'approval-request',
      to: person.address,
      from,
      now,
      subject: p.title,
      text: letter(person.name, p.lines, {
        link: `${ctx.publicUrl}/invitation/${sealId(ctx.secrets.doors, 'invitation', id)}`,
        code,
        expiresAt,
      }),
    });
  }
  return people.length;
}

/** Bound to its row by what the row says, since the row's id is not known before the code is stored. */
export const invitationCodeHash = (
  ctx: Pick<Ctx, 'secrets'>,
  of: { userId: number; createdAt: Date; path: string },
  code: string,
): Buffer => hmac(ctx.secrets.session, `invitation\0${of.userId}\0${of.createdAt.toISOString()}\0${of.path}\0${code}`);

const letter = (name: string, lines: readonly string[], way: { link: string; code: string; expiresAt: Date }): string =>
  [
    `Bonjour ${name},`,
    ...lines,
    `Lire et décider :\n${way.link}`,
    `Votre code, à donner sur cette page : ${way.code.slice(0, 3)} ${way.code.slice(3)}`,
    `Il sert une seule fois, jusqu’au ${longDateTime(way.expiresAt)}, et il est pour vous : ne transférez pas ce message. Ensuite, le même lien vous mène à la connexion habituelle.`,
    '',
  ].join('\n\n');
