import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { takeNamesOff } from '../contacts/click-names.ts';
import { recordConsents } from '../contacts/consents.ts';
import { acrossOrganisations, crossing, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { voidOwed } from '../outbox/void-owed.ts';
import { endRegistration } from './cancel-registration.ts';
import type { Instance } from './letters.ts';
import { registrationBehind } from './my-registration.ts';
import { aboutWebinar } from './outbox-names.ts';
import type { RegistrationRow } from './registrations.ts';

/**
 * « Ce n’était pas moi »: whoever reads the mailbox undoes what somebody else typed into the form. The place is given back
 * and the calendar told, what the form recorded (agreement, contact) is taken back, and who it was is forgotten. What the
 * organisation knew of the person before stays theirs. Answers the webinar's public address; throws `introuvable`.
 */
export async function disown(instance: Instance & Pick<Ctx, 'db'>, token: string): Promise<{ address: string }> {
  const found = await acrossOrganisations(instance.db, (trx) => registrationBehind(trx, instance.secrets, token));
  if (!found) throw notFound('Cette inscription');
  const { registration: seen, webinar } = found;
  await withOrganisation(instance.db, seen.organisationId, async (trx) => {
    await crossing(trx, instance.db, async (all) => {
      // Ended, one letter still leaves: the one that takes it out of the calendar.
      if (!(await endRegistration(all, instance, seen.id, 'lien')))
        await voidOwed(all, aboutWebinar(webinar.id), { letters: `${seen.id}/`, now: instance.now() });
    });
    await takeBack(trx, instance, seen);
    await trx
      .updateTable('registrations')
      .set({
        address: null,
        address_hash: null,
        first_name: null,
        last_name: null,
        company: null,
        question: null,
        departement: null,
      })
      .where('id', '=', seen.id)
      .execute();
    await trx.updateTable('attendances').set({ seen_as: null }).where('registration_id', '=', seen.id).execute();
    await recordAudit(
      trx,
      { now: instance.now, actor: { kind: 'command', name: 'inscription', organisationId: seen.organisationId } },
      { action: 'registration.disown', subject: `registration:${seen.id}` },
    );
  });
  return { address: webinar.address };
}

/** What this very form recorded, which bears its instant; a refusal then stands against the next form too (PRV-42). */
async function takeBack(trx: Trx, instance: Instance & Pick<Ctx, 'db'>, seen: RegistrationRow): Promise<void> {
  const { organisationId, addressHash, registeredAt } = seen;
  if (addressHash === null) return;
  const agreed = await trx
    .selectFrom('consents')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('address_hash', '=', addressHash)
    .where('purpose', '=', 'message')
    .where('value', '=', 'granted')
    .where('at', '=', registeredAt)
    .executeTakeFirst();
  if (!agreed) return;
  const source = 'inscription par quelqu’un d’autre';
  const said = { organisationId, hash: addressHash.toString('hex'), purpose: 'message', value: 'refused' } as const;
  await recordConsents(trx, [
    { ...said, wording: null, source, actor: 'formulaire', at: instance.now().toISOString() },
  ]);
  const made = await trx
    .selectFrom('contacts')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('address_hash', '=', addressHash)
    .where('created_at', '=', registeredAt)
    .executeTakeFirst();
  if (!made) return;
  await crossing(trx, instance.db, () => takeNamesOff(trx, { organisationId, hashes: [addressHash], gone: true }));
  await trx.deleteFrom('contacts').where('id', '=', made.id).execute();
}
