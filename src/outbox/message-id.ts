import type { Secrets } from '../base/context.ts';
import { sealId } from '../base/tokens.ts';

/** Of the row, not of the try: a mail program that gets a second copy knows it for the same (MAIL-42). */
export const messageIdOf = (
  secrets: Pick<Secrets, 'unsubscribe'>,
  mail: { id: number; from: { address: string } },
): string =>
  `<${sealId(secrets.unsubscribe, 'courrier', mail.id)}@${mail.from.address.slice(mail.from.address.lastIndexOf('@') + 1)}>`;
