import { acrossOrganisations } from '../db/database.ts';
import { writeStopped } from '../relays/end-relay.ts';
import { audit } from './declare.ts';
import type { Instance, OpenKit } from './open-kit.ts';

/** « Ne plus relayer », by the relay itself: its kit closes and nobody writes to it again for this campaign. */
export async function leaveRelay(instance: Instance, kit: OpenKit): Promise<void> {
  await acrossOrganisations(instance.db, async (trx) => {
    await writeStopped(trx, kit.relayId, instance.now());
    await audit(trx, instance, kit, 'relay.leave', {});
  });
}
