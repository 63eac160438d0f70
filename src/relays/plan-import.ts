import { isDeepStrictEqual } from 'node:util';
import { normaliseAddress } from '../contacts/addresses.ts';
import { titleKey } from '../contacts/headers.ts';
import { inputOf, type RelayRow } from './queries.ts';
import type { ListedRelay, ListLine } from './read-list.ts';
import type { RelayInput } from './schema.ts';

/** A row of the list beside the relay it is about; `existing` null: a new one. `parent`: its key among these, or null. */
export type Planned = {
  key: string;
  line: number;
  relay: RelayInput;
  existing: RelayRow | null;
  parent: string | null;
};
export type ImportPlan = { create: Planned[]; update: Planned[]; unchanged: number; lines: ListLine[] };

/**
 * What a list would change, without a database: each row finds its relay by its address or, without one, by its name; a
 * parent is looked for among the relays that are there and those that the list brings. A parent that would make a circle,
 * or that nothing answers to, is said and left out. Empty cells never erase what is known.
 */
export function planImport(
  listed: readonly ListedRelay[],
  existing: readonly RelayRow[],
  slugs: ReadonlyMap<number, string>,
): ImportPlan {
  const lines: ListLine[] = [];
  const warn = (line: number, code: string, message: string, severity: ListLine['severity'] = 'warned') =>
    lines.push({ line, severity, code, column: 'relais au-dessus', message });
  const live = existing.filter((r) => !r.stoppedAt);
  const byAddress = new Map(live.flatMap((r) => (r.address ? [[addressKey(r.address), r] as const] : [])));
  const nameless = new Map(live.filter((r) => !r.address && r.confirmedAt).map((r) => [titleKey(r.name), r]));
  const stopped = new Map(
    existing.flatMap((r) => (r.stoppedAt && r.address ? [[addressKey(r.address), r] as const] : [])),
  );
  const planned: Planned[] = [];
  for (const { line, relay } of listed) {
    const address = relay.address === null ? null : addressKey(relay.address);
    const known = address === null ? nameless.get(titleKey(relay.name)) : byAddress.get(address);
    const ended = address === null || known ? undefined : stopped.get(address);
    if (ended)
      lines.push({
        line,
        severity: 'rejected',
        code: 'relais_arrete',
        column: 'adresse électronique',
        message: `À cette adresse, « ${ended.name} » a cessé de relayer : ce relais demande lui-même un kit pour reprendre.`,
      });
    else
      planned.push({
        key: known ? `id ${known.id}` : `ligne ${line}`,
        line,
        relay,
        existing: known ?? null,
        parent: null,
      });
  }
  setParents(planned, live, warn);
  const parents = new Map(live.map((r) => [r.id, r]));
  const update = planned.filter((p) => p.existing && differs(p, p.existing, parents, slugs));
  const create = planned.filter((p) => !p.existing);
  return { create, update, unchanged: planned.length - create.length - update.length, lines };
}

const addressKey = (address: string): string => {
  const normal = normaliseAddress(address);
  return 'address' in normal ? normal.normalised : address.toLowerCase();
};

type Warn = (line: number, code: string, message: string) => void;

function setParents(planned: Planned[], live: readonly RelayRow[], warn: Warn): void {
  const ofId = new Map(planned.flatMap((p) => (p.existing ? [[p.existing.id, p] as const] : [])));
  const candidates = [
    ...live
      .filter((r) => r.confirmedAt && !ofId.has(r.id))
      .map((r) => ({ key: `id ${r.id}`, name: r.name, address: r.address })),
    ...planned.map((p) => ({ key: p.key, name: p.relay.name, address: p.relay.address })),
  ];
  // Where each one hangs now; a walk up this map says whether a new parent closes a circle.
  const above = new Map<string, string>(
    live.flatMap((r) => (r.parentId === null ? [] : [[`id ${r.id}`, `id ${r.parentId}`] as const])),
  );
  const under = (key: string, top: string): boolean => {
    for (let at: string | undefined = key, steps = 0; at !== undefined && steps <= above.size; steps++) {
      if (at === top) return true;
      at = above.get(at);
    }
    return false;
  };
  for (const p of planned) {
    p.parent = above.get(p.key) ?? null;
    const named = p.relay.parent;
    if (named === null) continue;
    const found = candidates.filter((c) => c.key !== p.key && matches(c, named));
    const [first, other] = found;
    if (!first) warn(p.line, 'parent_inconnu', `Aucun relais ne répond à « ${named} » : il n’est pas rattaché.`);
    else if (other) warn(p.line, 'parent_ambigu', `Plusieurs relais s’appellent « ${named} » : donnez son adresse.`);
    else if (under(first.key, p.key))
      warn(p.line, 'parent_en_boucle', `« ${named} » dépend déjà de ce relais : la chaîne tournerait en rond.`);
    else {
      p.parent = first.key;
      above.set(p.key, first.key);
    }
  }
}

const matches = (relay: { name: string; address: string | null }, named: string): boolean => {
  const normal = normaliseAddress(named);
  return 'address' in normal
    ? relay.address !== null && addressKey(relay.address) === normal.normalised
    : titleKey(relay.name) === titleKey(named);
};

/** What the list says over what is known. */
export const merged = ({ relay, existing }: Planned): RelayInput => ({
  ...relay,
  contactName: relay.contactName || (existing?.contactName ?? ''),
  note: relay.note || (existing?.note ?? ''),
});

function differs(
  p: Planned,
  existing: RelayRow,
  rows: ReadonlyMap<number, RelayRow>,
  slugs: ReadonlyMap<number, string>,
): boolean {
  const parent = existing.parentId === null ? undefined : rows.get(existing.parentId);
  const before = {
    ...inputOf(existing, parent, slugs),
    parent: existing.parentId === null ? null : `id ${existing.parentId}`,
  };
  const after = { ...merged(p), parent: p.parent, member: before.member };
  return existing.confirmedAt === null || !isDeepStrictEqual(before, after);
}
