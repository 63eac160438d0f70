import { withOrganisation } from '../db/database.ts';
import { pictureOfDeclaration } from './declare.ts';
import type { Instance, OpenKit } from './open-kit.ts';
import type { Picture } from './picture.ts';

/** The picture of one of this relay's own publications. */
export const kitPicture = (instance: Instance, kit: OpenKit, id: number): Promise<Picture | null> =>
  withOrganisation(instance.db, kit.organisationId, (trx) => pictureOfDeclaration(trx, kit.relayId, id));
