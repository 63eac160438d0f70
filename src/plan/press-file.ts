import { z } from 'zod';
import { toParisDay, toParisField } from '../base/dates.ts';
import { embargoOf, parseEmbargo } from '../pushes/embargo.ts';
import type { Content, Press } from '../pushes/schema.ts';
import { fields, text } from './fields.ts';
import { keepingLines, unfolded } from './prose.ts';
import type { Path } from './yaml-source.ts';

/** What `envois/<slug>.yaml` says of a press release (`canal: communiqué`), beside its subject and its blocks. */

const embargo = z.string({ error: 'Un embargo s’écrit 2026-12-03 08:00.' }).transform((written, ctx) => {
  const at = parseEmbargo(written);
  if (at) return at.toISOString();
  ctx.addIssue({
    code: 'custom',
    message: `« ${written} » n’est pas une heure qui existe. Écrivez par exemple 2026-12-03 08:00 (heure de Paris).`,
  });
  return z.NEVER;
});

const contact = fields({ nom: text.optional(), téléphone: text.optional(), adresse: text.optional() });

export const PRESS_FIELDS = {
  /** Absent: the name of the push. */
  'titre-du-communiqué': text.optional(),
  chapô: text.optional(),
  lieu: text.optional(),
  'daté-du': text.optional(),
  embargo: embargo.optional(),
  'contact-presse': contact.optional(),
  'à-propos': text.optional(),
};

const pressFile = z.object(PRESS_FIELDS);
type Written = z.infer<typeof pressFile>;
export const PRESS_KEYS = Object.keys(PRESS_FIELDS) as (keyof Written)[];

/** Unchecked: the channel's own schema judges it. */
export const pressOf = (written: Written, name: string): Press => ({
  headline: written['titre-du-communiqué'] ?? name,
  chapo: unfolded(written.chapô ?? ''),
  place: written.lieu ?? '',
  day: written['daté-du'] ?? '',
  embargoAt: written.embargo ?? null,
  contact: {
    name: written['contact-presse']?.nom ?? '',
    phone: written['contact-presse']?.téléphone ?? '',
    email: written['contact-presse']?.adresse ?? '',
  },
  about: unfolded(written['à-propos'] ?? ''),
});

const PLACES: Record<string, keyof Written> = {
  headline: 'titre-du-communiqué',
  chapo: 'chapô',
  place: 'lieu',
  day: 'daté-du',
  embargoAt: 'embargo',
  contact: 'contact-presse',
  about: 'à-propos',
};
const CONTACT: Record<string, string> = { name: 'nom', phone: 'téléphone', email: 'adresse' };

/** Where a part, named as the channel's schema names it, is written in the file. */
export const pressPath = ([part, inner]: Path): Path => [
  PLACES[String(part)] ?? String(part),
  ...(inner === undefined ? [] : [CONTACT[String(inner)] ?? inner]),
];

/** The same, written: nothing for another channel. */
export function pressWritten({ press }: Content, name: string): Record<string, unknown> {
  if (!press) return {};
  const at = embargoOf({ press });
  return {
    'titre-du-communiqué': press.headline === name ? undefined : press.headline,
    chapô: keepingLines(press.chapo),
    lieu: press.place,
    'daté-du': press.day,
    embargo: at ? toParisField(at).replace('T', ' ') : undefined,
    'contact-presse': { nom: press.contact.name, téléphone: press.contact.phone, adresse: press.contact.email },
    'à-propos': keepingLines(press.about),
  };
}

/** A model's release at the new date: it opens when it leaves, and is dated of that day. */
export const pressFromModel = (press: Press, leavesAt: Date | null): Press => ({
  ...press,
  day: leavesAt && press.day ? toParisDay(leavesAt) : '',
  embargoAt: leavesAt && press.embargoAt ? leavesAt.toISOString() : null,
});
