import { csvFile } from '../../base/csv.ts';
import { titleKey } from '../../contacts/headers.ts';
import { relaysOfCampaign } from '../../relays/queries.ts';
import { readRelayList } from '../../relays/read-list.ts';
import { RELAY_KIND_NAMES, type RelayInput } from '../../relays/schema.ts';
import { writeRelay } from '../../relays/write-relay.ts';
import { kind } from './kind.ts';

const COLUMNS = ['nom', 'type', 'territoire', 'relais au-dessus', 'personne', 'courriel', 'membre', 'commentaire'];

/** `relais.csv`: who passes the campaign on, parents first; the same columns as a list that people import. */
export const relays = kind<RelayInput>({
  what: 'relais',
  file: 'relais.csv',
  keyOf: (r) => r.address ?? titleKey(r.name),
  async read(file, bytes) {
    const { relays: listed, lines } = await readRelayList(bytes);
    const problems = lines
      .filter((l) => l.severity === 'rejected')
      .map((l) => ({ file, line: l.line, column: 1, message: l.message }));
    return { value: listed.map((l) => l.relay), problems };
  },
  written: (all) =>
    csvFile([
      COLUMNS,
      ...all.map((r) => [
        r.name,
        RELAY_KIND_NAMES[r.kind],
        r.territory,
        r.parent ?? '',
        r.contactName,
        r.address ?? '',
        r.member ?? '',
        r.note,
      ]),
    ]),
  current: (trx, campaign) => relaysOfCampaign(trx, campaign.id),
  write: (trx, ctx, campaign, relay) => writeRelay(trx, ctx, campaign.id, relay, { origin: 'campagne' }),
  fromModel: (r) => ({ ...r, member: null }),
});
