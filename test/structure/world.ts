import { saveEvent } from '../../src/campaigns/event-save.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import { declareSolicitation } from '../../src/contacts/declare-solicitation.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { keepImport } from '../../src/contacts/keep-import.ts';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { recordWatchNote } from '../../src/decisions/watch-notes.ts';
import { storeCaught } from '../../src/deliveries/catch-mails.ts';
import { addVersion } from '../../src/key-messages/add-version.ts';
import { requestWordingApproval } from '../../src/key-messages/request-approval.ts';
import { saveTerm } from '../../src/key-messages/save-term.ts';
import { makeKey } from '../../src/organisations/make-key.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { saveCampaignSurvey } from '../../src/pushes/edit-survey.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { saveRelay } from '../../src/relays/save-relay.ts';
import { addFile } from '../../src/resources/attach.ts';
import { readResourcePage } from '../../src/resources/read-resource-page.ts';
import { saveResource } from '../../src/resources/save-resource.ts';
import { sealReport } from '../../src/seals/seal-report.ts';
import { shareReport } from '../../src/seals/share-report.ts';
import { addDomain } from '../../src/senders/add-domain.ts';
import { declareAction } from '../../src/tracking/action-link.ts';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';
import { letter, makeCampaign } from '../support/factories.ts';
import { png } from '../support/images.ts';
import { makePages } from './world-pages.ts';
import { makeWebinar } from './world-webinar.ts';

/** Written in everything that the world's organisations hold, and in nothing else. */
export const MARK = /z[eè]bre|okapi/i;
/** Written in what is an organisation's own, and no partner's to read: contacts, relays, mail, senders, journal. */
export const PRIVATE = /okapi/i;

export type World = {
  campaign: string;
  campaignId: number;
  push: string;
  action: string;
  event: string;
  resource: string;
  resourceFileId: number;
  keyMessage: string;
  termId: number;
  audienceId: number;
  contactId: number;
  address: string;
  importId: number;
  mailId: number;
  senderDomainId: number;
  solicitationId: number;
  decisionId: number;
  watchNoteId: number;
  rowId: number;
  relayId: number;
  declarationId: number;
  survey: string;
  webinar: string;
  registrationId: number;
  attendanceImportId: number;
  page: string;
  statementId: number;
  exportId: number;
  siteId: number;
  sealId: number;
  shareId: number;
  keyId: number;
};

/** One of everything: a joint campaign with a submitted push, a contact, a kept file, an audience, a caught message. */
export async function makeWorld(t: TestDatabase, dataDir: string): Promise<World> {
  const ctx = t.ctx(t.cast.alice);
  const { id: campaignId, slug: campaign } = await makeCampaign(t, {
    slug: 'zebre',
    name: 'La campagne Zèbre',
    startsOn: '2026-09-01',
  });
  const keyMessage = 'zebre-en-bref';
  const wordings = { terrain: { post: 'Le zèbre, en bref.' } };
  await addVersion(ctx, campaignId, { slug: keyMessage, topic: 'Le zèbre en bref', wordings });
  await requestWordingApproval(ctx, campaignId, { slug: keyMessage, seen: 1 });
  const { id: termId } = await saveTerm(ctx, campaignId, { term: 'zèbre', definition: 'Un équidé rayé.' });
  const audience = await saveAudience(ctx, { slug: 'zebres', name: 'Tous les zèbres', campaignId, rule: {} });
  const push = 'lettre-zebre';
  const content = {
    subject: 'Un zèbre',
    blocks: [
      { id: 'b1', type: 'text', markdown: 'Le zèbre.' },
      { id: 'b2', type: 'text', markdown: 'Son troupeau.' },
    ],
  };
  const { id: pushId } = await savePush(
    ctx,
    campaign,
    letter({ slug: push, title: 'La lettre Zèbre', audience: audience.slug, content }),
  );
  await submitPush(ctx, pushId);
  const address = 'okapi@savane.example';
  const file = Buffer.from(`email;nom;niveau\n${address};Okapi;terrain\n`);
  const options = { fileName: 'okapis.csv', source: 'Réserve de l’Okapi' };
  await importContacts(ctx, { file, options });
  const { importId } = await keepImport(ctx, { file, options });
  await storeCaught(t.db, [
    {
      mailFrom: 'lettre@opco.example',
      rcptTo: address,
      receivedAt: NOW,
      raw: Buffer.from(
        [
          'Subject: Un okapi\r\nMessage-ID: <1@opco.example>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b',
          'Content-Type: text/html\r\n\r\n<p>Un okapi</p>\r\n--b',
          'Content-Type: text/calendar\r\nContent-Disposition: attachment; filename="okapi.ics"\r\n\r\nOkapi\r\n--b--\r\n',
        ].join('\r\n'),
      ),
    },
  ]);
  const [contactId, mailId] = await withOrganisation(
    t.db,
    t.cast.organisations.opco,
    async (trx) =>
      [
        (await trx.selectFrom('contacts').select('id').where('address', '=', address).executeTakeFirstOrThrow()).id,
        (await trx.selectFrom('caught_mails').select('id').where('rcpt_to', '=', address).executeTakeFirstOrThrow()).id,
      ] as const,
  );
  const { id: senderDomainId } = await addDomain(t.ctx(t.cast.emma), { domain: 'okapi.example', signing: 'ici' });
  const { id: decisionId } = await recordDecision(ctx, campaignId, {
    instance: 'copil',
    date: '2026-11-02',
    subject: 'Le nom du zèbre',
    participants: [{ organisation: 'Zèbre et compagnie', people: ['Mme Zèbre'] }],
    decision: 'Ce sera Zèbre.',
  });
  const { id: watchNoteId } = await recordWatchNote(ctx, campaignId, {
    date: '2026-11-02',
    title: 'Étude sur le zèbre',
    body: 'Le zèbre va bien.',
  });
  const { id: solicitationId } = await declareSolicitation(ctx, {
    kind: 'enquete',
    label: 'Enquête sur les okapis',
    at: NOW,
    audienceId: audience.id,
  });
  const { slug: action } = await declareAction(ctx, campaign, {
    kind: 'publicite',
    title: 'Annonces du zèbre',
    startsAt: NOW,
    url: 'https://zebre.example',
  });
  const { slug: event } = await saveEvent(ctx, campaign, {
    title: 'Salon du zèbre',
    from: '2026-12-01',
    to: '2026-12-02',
  });
  const { id: relayId } = await saveRelay(ctx, campaign, {
    name: 'Le relais Okapi',
    contactName: 'Mme Okapi',
    kind: 'guichet',
    territory: '35',
    address: 'relais.okapi@savane.example',
  });
  return {
    campaign,
    campaignId,
    push,
    keyMessage,
    termId,
    action,
    event,
    ...(await makeResource(t, campaignId, dataDir)),
    survey: (await saveCampaignSurvey(ctx, campaign, { title: 'Que fait le zèbre ?', questions: ['usage'] })).slug,
    ...(await makeWebinar(t, { id: campaignId, slug: campaign })),
    ...(await makePages(t, campaign, dataDir)),
    sealId: (await sealReport(ctx, campaign, { quarter: '2026-T3' })).id,
    shareId: (await shareReport(ctx, campaign, { label: 'Le zèbre évaluateur', until: '2027-01-31' })).id,
    keyId: (await makeKey(ctx, { label: 'Le tableur Okapi', until: '2027-01-31' })).id,
    audienceId: audience.id,
    contactId,
    address,
    importId,
    mailId,
    senderDomainId,
    solicitationId,
    relayId,
    declarationId: await makeDeclaration(t, campaignId, relayId),
    decisionId,
    watchNoteId,
    rowId: await makeRow(t, { campaignId, pushId, contactId, address }),
  };
}

/** A resource that is not listed, with a file. */
async function makeResource(t: TestDatabase, campaignId: number, dataDir: string) {
  const ctx = t.ctx(t.cast.alice);
  const resource = 'fiche-zebre';
  await saveResource(ctx, campaignId, { slug: resource, title: 'La fiche du zèbre', kind: 'fiches', listed: false });
  const bytes = async function* () {
    yield Buffer.from('%PDF-1.7\nzebre\n');
  };
  const input = { format: 'fiche', title: '', file: { name: 'zebre.pdf', bytes: bytes() } };
  await addFile(ctx, campaignId, resource, input, dataDir);
  const { supports } = await readResourcePage(ctx, campaignId, resource);
  return { resource, resourceFileId: supports[0]?.id ?? 0 };
}

/** A row of the push whose fate is unknown. */
const makeRow = (
  t: TestDatabase,
  of: { campaignId: number; pushId: number; contactId: number; address: string },
): Promise<number> =>
  acrossOrganisations(t.db, async (trx) => {
    const row = {
      push_id: of.pushId,
      organisation_id: t.cast.organisations.opco,
      campaign_id: of.campaignId,
      contact_id: of.contactId,
      address_hash: addressHash(SECRETS, of.address),
      level: 'terrain',
      state: 'unknown',
      attempts: 1,
      handed_at: NOW,
      reply: '250 okapi',
    };
    return (await trx.insertInto('deliveries').values(row).returning('id').executeTakeFirstOrThrow()).id;
  });

/** What a relay says it published, with a picture. */
const makeDeclaration = (t: TestDatabase, campaignId: number, relayId: number): Promise<number> =>
  acrossOrganisations(t.db, async (trx) => {
    const row = {
      organisation_id: t.cast.organisations.opco,
      campaign_id: campaignId,
      relay_id: relayId,
      channel: 'site',
      published_on: '2026-11-20',
      note: 'Dans la lettre des okapis',
      picture: png(),
      picture_type: 'image/png',
      declared_at: NOW,
    };
    return (await trx.insertInto('declarations').values(row).returning('id').executeTakeFirstOrThrow()).id;
  });
