import { conflict, invalid, notFound, Refusal } from '../base/errors.ts';
import { openId, sameBytes } from '../base/tokens.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { countFailure, failureSubject, refuseIfTooMany, type Visitor } from '../organisations/failures.ts';
import { type OpenedSession, openSession } from '../organisations/open-session.ts';
import { invitationCodeHash } from './invite-approver.ts';
import { INVITATION_TRIES } from './schema.ts';

export type SeenInvitation = {
  /** Where it leads, on this site. */
  path: string;
  organisation: { id: number; name: string };
  /** Its code may still be given; else one signs in as usual. */
  open: boolean;
};

/** What an invitation's link says before any code: whose it is, and where it leads. Opens nothing, changes nothing. */
export async function readInvitation(
  visitor: Pick<Visitor, 'db' | 'now' | 'secrets'>,
  sealed: string,
): Promise<SeenInvitation> {
  return acrossOrganisations(visitor.db, async (trx) => {
    const row = await invitationOf(trx, visitor, sealed);
    return {
      path: row.path,
      organisation: { id: row.organisation_id, name: row.organisation },
      open: isOpen(row, visitor.now()),
    };
  });
}

/**
 * Opens a session with the code of the mail, for the organisation that was invited, once. Throws `invalid` for a wrong
 * code, `conflict` (`invitation_closed`) when it was used, is too old or was tried too often, `too-many` for a network
 * that guesses.
 */
export async function acceptInvitation(
  visitor: Visitor,
  sealed: string,
  code: string,
): Promise<OpenedSession & { path: string }> {
  const now = visitor.now();
  // Counted and committed before the code is looked at: a thousand tries at once are a thousand tries.
  await acrossOrganisations(visitor.db, (trx) => countFailure(trx, visitor, TRIED));
  const outcome = await acrossOrganisations(visitor.db, async (trx) => {
    await refuseIfTooMany(trx, visitor, TRIED, 1);
    const row = await invitationOf(trx, visitor, sealed, true);
    if (!isOpen(row, now)) return 'closed' as const;
    const right = invitationCodeHash(
      visitor,
      { userId: row.user_id, createdAt: row.created_at, path: row.path },
      digits(code),
    );
    if (!sameBytes(row.code_hash, right)) {
      await trx
        .updateTable('approval_invitations')
        .set({ attempts: row.attempts + 1 })
        .where('id', '=', row.id)
        .execute();
      return wrongCode(INVITATION_TRIES - row.attempts - 1);
    }
    await trx.updateTable('approval_invitations').set({ used_at: now }).where('id', '=', row.id).execute();
    if (!(await stillValidates(trx, row))) return 'closed' as const;
    const opened = await openSession(trx, visitor, row.user_id, row.organisation_id);
    if (!opened) return 'closed' as const;
    await trx.deleteFrom('sign_in_failures').where('subject_hash', '=', failureSubject(visitor, TRIED)).execute();
    return { ...opened, path: row.path };
  });
  // Thrown outside: the counted try must not be rolled back with the refusal.
  if (outcome === 'closed')
    throw conflict('invitation_closed', 'Ce code ne sert plus : connectez-vous avec votre adresse.');
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}

/** Guessing is slowed over all invitations at once: five tries each would add up. */
const TRIED = 'invitation';

const digits = (code: string): string => code.replace(/[\s.-]/g, '');

function wrongCode(left: number) {
  const message =
    left > 0
      ? `Ce n’est pas le code du message. Vérifiez-le : ${left === 1 ? 'un essai reste' : `${left} essais restent`}.`
      : 'Ce n’est pas le code du message, et c’était le dernier essai : connectez-vous avec votre adresse.';
  return invalid('code', message, [{ field: 'code', message }]);
}

type Row = Awaited<ReturnType<typeof invitationOf>>;
const isOpen = (row: Row, now: Date): boolean =>
  row.used_at === null && row.expires_at > now && row.attempts < INVITATION_TRIES;

/** Asked to validate, and no longer one who does: the mail of that time opens nothing. */
const stillValidates = async (trx: Trx, row: Row): Promise<boolean> =>
  (await trx
    .selectFrom('memberships')
    .select('user_id')
    .where('user_id', '=', row.user_id)
    .where('organisation_id', '=', row.organisation_id)
    .where('role', '=', 'valideur')
    .executeTakeFirst()) !== undefined;

/** `toChange` locks it: of two who give the code at once, one session is opened. */
async function invitationOf(trx: Trx, visitor: Pick<Visitor, 'secrets'>, sealed: string, toChange = false) {
  const row = await trx
    .selectFrom('approval_invitations as i')
    .innerJoin('organisations as o', 'o.id', 'i.organisation_id')
    .selectAll('i')
    .select('o.name as organisation')
    .where('i.id', '=', openId(visitor.secrets.doors, 'invitation', sealed) ?? 0)
    .$if(toChange, (q) => q.forUpdate('i'))
    .executeTakeFirst();
  if (!row) throw notFound('Cette invitation');
  return row;
}
