import type { Ctx } from '../base/context.ts';
import { conflict, notFound } from '../base/errors.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { acrossOrganisations } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { isChangeable, registrationBehind } from './my-registration.ts';
import { lockWebinar } from './queries.ts';
import { changeSchema } from './registration-schema.ts';

/** What the person corrects by their own link. The address cannot change: it is where the link was sent. */
export async function changeRegistration(
  instance: Pick<Ctx, 'db' | 'secrets' | 'now'>,
  token: string,
  input: unknown,
): Promise<void> {
  const typed = checked(changeSchema, input, 'inscription_invalide', 'Corrigez les champs signalés.');
  await acrossOrganisations(instance.db, async (trx) => {
    const seen = await registrationBehind(trx, instance.secrets, token);
    if (!seen) throw notFound('Cette inscription');
    await lockWebinar(trx, seen.webinar.id);
    const found = await registrationBehind(trx, instance.secrets, token);
    if (!found || !isChangeable(found.registration, found.webinar, instance.now()))
      throw conflict('inscription_close', 'Cette inscription ne peut plus être changée.');
    const { id, organisationId, ...before } = found.registration;
    const after = {
      firstName: typed.firstName,
      lastName: typed.lastName,
      company: typed.company || null,
      question: typed.question || null,
    };
    const changed = (Object.keys(after) as (keyof typeof after)[]).filter((k) => after[k] !== before[k]);
    // Pressed twice, it is written once: whoever holds a link must not be able to fill the log.
    if (changed.length === 0) return;
    await trx
      .updateTable('registrations')
      .set({
        first_name: after.firstName,
        last_name: after.lastName,
        company: after.company,
        question: after.question,
      })
      .where('id', '=', id)
      .execute();
    await recordAudit(
      trx,
      { now: instance.now, actor: { kind: 'command', name: 'inscription', organisationId } },
      { action: 'registration.change', subject: `registration:${id}`, detail: { changed } },
    );
  });
}
