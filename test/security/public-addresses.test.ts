import { beforeAll, describe, expect, test } from 'vitest';
import { deriveSecrets, sealId } from '../../src/base/tokens.ts';
import { closeCalendarFeed, openCalendarFeed } from '../../src/campaigns/calendar-feed.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { saveKitSettings } from '../../src/relay-kits/settings.ts';
import { stopRelay } from '../../src/relays/end-relay.ts';
import { addFile } from '../../src/resources/attach.ts';
import { saveResource } from '../../src/resources/save-resource.ts';
import { makeRelay } from '../relay-kits/cast.ts';
import { RELEASE } from '../rendering/release.ts';
import { PDF } from '../resources/samples.ts';
import { asker } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign, makePush, submit, submitAndApprove } from '../support/factories.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { ask } = asker(t, app, service);
const alice = t.ctx(t.cast.alice);
const YESTERDAY = new Date(Date.now() - 86_400_000);

/** An address that opens, and others like it that must all be taken for an address that does not exist. */
type Door = { right: string; wrong: Record<string, string> };
const doors: Record<'kit' | 'calendar' | 'invitation' | 'resource' | 'file' | 'release' | 'form', Door> = {} as never;
let kits: Awaited<ReturnType<typeof makeKits>>;

const seal = (purpose: string, id: number, secrets = service.secrets): string => sealId(secrets.doors, purpose, id);
/** What every sealed address has against it, whatever it opens. */
const forged = (purpose: string, id: number): Record<string, string> => ({
  guessed: 'A'.repeat(43),
  'of a row that was never made': seal(purpose, 4_000_000),
  'sealed for another purpose': seal(purpose === 'kit' ? 'calendar' : 'kit', id),
  'sealed by another instance': seal(
    purpose,
    id,
    deriveSecrets(Buffer.from('le secret d’une autre instance, inconnu ici')),
  ),
  'with one character changed': seal(purpose, id).replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
});

beforeAll(async () => {
  const campaign = await makeCampaign(t, { slug: 'ouverte' });
  const other = await makeCampaign(t, { slug: 'voisine' });
  await saveKitSettings(alice, campaign.slug, { open: true });
  kits = await makeKits(t, campaign.slug, other.slug);
  const kit = (id: number): string => `/kit/${seal('kit', id)}`;
  doors.kit = {
    right: kit(kits.open),
    wrong: {
      ...inPath('/kit/', forged('kit', kits.open)),
      revoked: kit(kits.revoked),
      expired: kit(kits.expired),
      'of a relay that stopped': kit(kits.stopped),
      'of a relay that nobody confirmed': kit(kits.unconfirmed),
    },
  };
  const feed = async (): Promise<number> =>
    openCalendarFeed(alice, campaign.slug).then(async () => lastId('calendar_feeds'));
  const revokedFeed = await feed();
  await closeCalendarFeed(alice, campaign.slug);
  const openFeed = await feed();
  const ics = (token: string): string => `/calendrier/${token}.ics`;
  doors.calendar = {
    right: ics(seal('calendar', openFeed)),
    wrong: {
      ...Object.fromEntries(Object.entries(forged('calendar', openFeed)).map(([why, token]) => [why, ics(token)])),
      revoked: ics(seal('calendar', revokedFeed)),
    },
  };
  await makeResources(campaign.id, other.id);
  doors.resource = {
    right: '/ressources/ouverte/etude',
    wrong: {
      'not listed': '/ressources/ouverte/reservee',
      'not published yet': '/ressources/ouverte/demain',
      'under another campaign': '/ressources/voisine/etude',
      guessed: '/ressources/ouverte/etudes',
    },
  };
  doors.file = {
    right: '/ressources/ouverte/etude/etude.pdf',
    wrong: {
      'of one that is not listed': '/ressources/ouverte/reservee/reservee.pdf',
      'of one that is not published yet': '/ressources/ouverte/demain/demain.pdf',
      'under another resource': '/ressources/ouverte/etude/reservee.pdf',
      'under another campaign': '/ressources/voisine/etude/etude.pdf',
      guessed: '/ressources/ouverte/etude/etude-2.pdf',
    },
  };
  await makeReleases();
  doors.invitation = {
    right: `/invitation/${seal('invitation', await lastId('approval_invitations'))}`,
    wrong: inPath('/invitation/', forged('invitation', await lastId('approval_invitations'))),
  };
  doors.form = {
    right: '/relayer/ouverte',
    wrong: { 'that is not open': '/relayer/voisine', 'of no campaign': '/relayer/introuvable' },
  };
});

const inPath = (path: string, tokens: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tokens).map(([why, token]) => [why, `${path}${token}`]));

const lastId = (table: 'calendar_feeds' | 'approval_invitations' | 'kits'): Promise<number> =>
  acrossOrganisations(t.db, async (trx) => {
    const row = await trx.selectFrom(table).select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
    return row.id;
  });

/** Ids of kits in every standing; `publication` is what the relay of another campaign declared. */
async function makeKits(db: TestDatabase, campaign: string, other: string) {
  const kit = async (slug = campaign): Promise<{ relay: number; kit: number }> => ({
    relay: await makeRelay(db, slug),
    kit: await lastId('kits'),
  });
  const [open, revoked, expired, stopped, unconfirmed, neighbour] = [
    await kit(),
    await kit(),
    await kit(),
    await kit(),
    await kit(),
    await kit(other),
  ];
  await stopRelay(alice, campaign, stopped.relay);
  const publication = await acrossOrganisations(db.db, async (trx) => {
    await trx.updateTable('kits').set({ revoked_at: NOW }).where('id', '=', revoked.kit).execute();
    await trx.updateTable('kits').set({ expires_at: YESTERDAY }).where('id', '=', expired.kit).execute();
    await trx.updateTable('kits').set({ revoked_at: null }).where('id', '=', stopped.kit).execute();
    await trx.updateTable('relays').set({ confirmed_at: null }).where('id', '=', unconfirmed.relay).execute();
    const of = await trx.selectFrom('relays').selectAll().where('id', '=', neighbour.relay).executeTakeFirstOrThrow();
    const declared = {
      organisation_id: of.organisation_id,
      campaign_id: of.campaign_id,
      relay_id: of.id,
      channel: 'site',
      published_on: '2026-11-20',
      picture: PDF,
      picture_type: 'image/png',
      declared_at: NOW,
    };
    return (await trx.insertInto('declarations').values(declared).returning('id').executeTakeFirstOrThrow()).id;
  });
  return {
    open: open.kit,
    revoked: revoked.kit,
    expired: expired.kit,
    stopped: stopped.kit,
    unconfirmed: unconfirmed.kit,
    publication,
  };
}

async function makeResources(campaignId: number, otherId: number): Promise<void> {
  for (const [campaign, slug, over] of [
    [campaignId, 'etude', {}],
    [campaignId, 'reservee', { listed: false }],
    [campaignId, 'demain', { publishedOn: '2099-01-01' }],
    [otherId, 'fiches', {}],
  ] as const) {
    await saveResource(alice, campaign, { slug, title: slug, kind: 'etude', ...over });
    const bytes = async function* () {
      yield PDF;
    };
    const input = { format: 'rapport', title: '', file: { name: `${slug}.pdf`, bytes: bytes() } };
    await addFile(alice, campaign, slug, input, service.config.dataDir);
  }
}

async function makeReleases(): Promise<void> {
  const content = {
    ...RELEASE,
    blocks: RELEASE.blocks.filter((b) => b.type === 'text'),
    press: { ...RELEASE.press, embargoAt: '2026-11-01T07:00:00.000Z' },
  };
  const push = { channel: 'communique', content };
  const public_ = await makePush(t, { push: { ...push, slug: 'public' } });
  await submitAndApprove(t, public_.id);
  const draft = await makePush(t, { push: { ...push, slug: 'brouillon' } });
  const waiting = await makePush(t, { push: { ...push, slug: 'soumis' } });
  await submit(t, waiting.id);
  const letter = await makePush(t, { push: { slug: 'lettre' } });
  await submitAndApprove(t, letter.id);
  doors.release = {
    right: `/communiques/${public_.campaign}/public`,
    wrong: {
      'that is a draft': `/communiques/${draft.campaign}/brouillon`,
      'that waits for its approvals': `/communiques/${waiting.campaign}/soumis`,
      'that is a letter': `/communiques/${letter.campaign}/lettre`,
      'under another campaign': `/communiques/${draft.campaign}/public`,
      guessed: `/communiques/${public_.campaign}/publics`,
    },
  };
}

describe.each([
  ['kit', 'a relay’s own page'],
  ['calendar', 'a plan for a calendar program'],
  ['invitation', 'the way in of a valideur'],
  ['resource', 'a resource of the public space'],
  ['file', 'its file'],
  ['release', 'a press release'],
  ['form', '« Obtenir notre kit »'],
] as const)('%s: %s', (name, _what) => {
  test('opens at its address', async () => {
    expect((await ask('GET', doors[name].right)).status).toBe(200);
  });

  test('whatever is wrong with an address, the answer is one and the same 404', async () => {
    const answers = new Map<string, string[]>();
    for (const [why, path] of Object.entries(doors[name].wrong)) {
      const { status, text } = await ask('GET', path);
      const answer = `${status} ${text}`;
      answers.set(answer, [...(answers.get(answer) ?? []), why]);
    }
    expect([...answers.values()]).toEqual([Object.keys(doors[name].wrong)]);
    expect([...answers.keys()][0]).toMatch(/^404 /);
  });
});

test('every page, file and form of a kit is behind the same door', async () => {
  for (const [method, part] of [
    ['GET', '/agenda.ics'],
    ['GET', '/code-qr.png'],
    ['GET', '/affiche-a4.pdf'],
    ['GET', '/carte.pdf'],
    ['GET', '/extrait.html'],
    ['GET', '/extrait.txt'],
    ['GET', '/arret'],
    ['GET', `/publications/${kits.publication}/image`],
    ['POST', '/actes'],
    ['POST', '/publications'],
    ['POST', `/publications/${kits.publication}/retrait`],
    ['POST', '/arret'],
  ] as const)
    for (const [why, path] of Object.entries(doors.kit.wrong))
      expect((await ask(method, `${path}${part}`)).status, `${method} ${part}, ${why}`).toBe(404);
});

test('one kit does not open what another relay declared, and takes nothing of it back', async () => {
  const part = `${doors.kit.right}/publications/${kits.publication}`;
  expect((await ask('GET', `${part}/image`)).status).toBe(404);
  expect((await ask('POST', `${part}/retrait`)).status).toBe(404);
  const row = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('declarations').select('withdrawn_at').where('id', '=', kits.publication).executeTakeFirstOrThrow(),
  );
  expect(row.withdrawn_at).toBeNull();
});

test('the form of a campaign that takes no requests keeps nothing of what is sent to it', async () => {
  const request = { name: 'Mairie', kind: 'collectivite', territory: '35', address: 'mairie@commune.example' };
  for (const path of Object.values(doors.form.wrong)) expect((await ask('POST', path, {}, request)).status).toBe(404);
  const rows = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('relays').select('id').where('address', '=', request.address).execute(),
  );
  expect(rows).toEqual([]);
});
