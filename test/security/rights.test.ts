import { describe, expect, test } from 'vitest';
import { ZodError } from 'zod';
import { decideAttendance, markSeen } from '../../src/attendance/decide-attendance.ts';
import { importAttendance } from '../../src/attendance/import-attendance.ts';
import { readAttendanceImport, readAttendancePage } from '../../src/attendance/read-attendance.ts';
import { withdrawAttendance } from '../../src/attendance/withdraw-attendance.ts';
import { type Ctx, ROLES, type Role } from '../../src/base/context.ts';
import { Refusal } from '../../src/base/errors.ts';
import { readBudget } from '../../src/campaigns/budget-read.ts';
import { saveBudget } from '../../src/campaigns/budget-save.ts';
import { closeCalendarFeed } from '../../src/campaigns/calendar-feed.ts';
import { createCampaign } from '../../src/campaigns/create-campaign.ts';
import { cancelEvent } from '../../src/campaigns/event-save.ts';
import { keepImage } from '../../src/campaigns/keep-image.ts';
import { readCampaign } from '../../src/campaigns/read-campaign.ts';
import { withdrawPartner } from '../../src/campaigns/withdraw-partner.ts';
import { declareSolicitation } from '../../src/contacts/declare-solicitation.ts';
import { eraseContact } from '../../src/contacts/erase-contact.ts';
import { exportContacts } from '../../src/contacts/export-contacts.ts';
import { exportPerson } from '../../src/contacts/export-person.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { readAudiences } from '../../src/contacts/read-audiences-page.ts';
import { readContactsPage } from '../../src/contacts/read-contacts-page.ts';
import { readImports } from '../../src/contacts/read-imports-page.ts';
import { readSolicitations } from '../../src/contacts/read-solicitations-page.ts';
import { refuseMeasure } from '../../src/contacts/refuse-measure.ts';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { startImport } from '../../src/contacts/start-import.ts';
import { suppressAddress } from '../../src/contacts/suppress.ts';
import { readMemory } from '../../src/decisions/read-memory.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { archiveWatchNote } from '../../src/decisions/watch-notes.ts';
import { cancelPush, pausePush, resumePush } from '../../src/deliveries/control.ts';
import { readMail, readMailbox } from '../../src/deliveries/read-mailbox.ts';
import { readRows } from '../../src/deliveries/read-rows.ts';
import { readWithdrawalEffects } from '../../src/deliveries/read-withdrawal.ts';
import { resendUnknown } from '../../src/deliveries/resend.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { readFollowUp } from '../../src/follow-up/read-follow-up.ts';
import { saveWebinarSurvey } from '../../src/follow-up/save-webinar-survey.ts';
import { writeFollowUp } from '../../src/follow-up/write-follow-up.ts';
import { addVersion } from '../../src/key-messages/add-version.ts';
import { approveWording } from '../../src/key-messages/approve-wording.ts';
import { readWording } from '../../src/key-messages/read-wording.ts';
import { removeTerm } from '../../src/key-messages/remove-term.ts';
import { inviteUser } from '../../src/organisations/invite-user.ts';
import { makeKey } from '../../src/organisations/make-key.ts';
import { ACTION_NAMES, type Action, may, PERMISSIONS } from '../../src/organisations/permissions.ts';
import { exportJournal, readJournal } from '../../src/organisations/read-journal.ts';
import { updateOrganisation } from '../../src/organisations/save-organisation.ts';
import { declareFigure, withdrawStatement } from '../../src/pages/declare-figure.ts';
import { sourceOf } from '../../src/pages/file-source.ts';
import { importExport, withdrawExport } from '../../src/pages/import-export.ts';
import { readPage, readPages } from '../../src/pages/read-pages.ts';
import { saveWatchedPage } from '../../src/pages/save-watched-page.ts';
import { openSite, stopSite } from '../../src/pages/sites.ts';
import { statementFile } from '../../src/pages/statement-file.ts';
import { approvePush } from '../../src/proofs/approve-push.ts';
import { checkPush } from '../../src/proofs/check-push.ts';
import { sendTest } from '../../src/proofs/preview-push.ts';
import { readApprovals } from '../../src/proofs/read-approvals.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { createPush } from '../../src/pushes/create-push.ts';
import { editCampaign } from '../../src/pushes/edit-campaign.ts';
import { closeCampaignSurvey, saveCampaignSurvey } from '../../src/pushes/edit-survey.ts';
import { cancelWebinar, effectOfSaving, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { readPlan } from '../../src/pushes/plan-calendar.ts';
import { readPush } from '../../src/pushes/read-push.ts';
import { readCampaignSurveys } from '../../src/pushes/read-surveys.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { inviteRelays } from '../../src/relay-kits/invite.ts';
import { readRelay } from '../../src/relay-kits/read-relay.ts';
import { readRelays } from '../../src/relay-kits/read-relays.ts';
import { readRelayTotals } from '../../src/relay-kits/read-totals.ts';
import { relaysCsv } from '../../src/relay-kits/relays-csv.ts';
import { saveKitSettings } from '../../src/relay-kits/settings.ts';
import { changeKit } from '../../src/relays/change-kit.ts';
import { stopRelay } from '../../src/relays/end-relay.ts';
import { saveRelay } from '../../src/relays/save-relay.ts';
import { readHandover } from '../../src/reports/handover.ts';
import { readPagesReport } from '../../src/reports/read-pages-report.ts';
import { readReport } from '../../src/reports/report.ts';
import { readFigures } from '../../src/reports/summary.ts';
import { retireResource } from '../../src/resources/retire-resource.ts';
import { saveResource } from '../../src/resources/save-resource.ts';
import { readSeal, readSeals } from '../../src/seals/read-seals.ts';
import { readShares } from '../../src/seals/read-shares.ts';
import { sealReport } from '../../src/seals/seal-report.ts';
import { revokeShare, shareReport } from '../../src/seals/share-report.ts';
import { addDomain } from '../../src/senders/add-domain.ts';
import { removeDomain } from '../../src/senders/remove-domain.ts';
import { useTransport } from '../../src/senders/use-transport.ts';
import { closeRegistrations, holdWebinar, openRegistrations } from '../../src/webinars/act-webinar.ts';
import { cancelByOrganisation } from '../../src/webinars/cancel-registration.ts';
import { exportRegistrant, forgetRegistrant } from '../../src/webinars/forget-registrant.ts';
import { readNextWebinars } from '../../src/webinars/read-next-webinars.ts';
import { readRegistrant, readRegistrants } from '../../src/webinars/read-registrants.ts';
import { readWebinar, readWebinars } from '../../src/webinars/read-webinars.ts';
import { resendConfirmation } from '../../src/webinars/resend-confirmation.ts';
import { setReplay } from '../../src/webinars/set-replay.ts';
import { exportForSpeakers } from '../../src/webinars/speaker-export.ts';
import { SOURCES } from '../structure/sources.ts';
import { type Person, testDatabase } from '../support/database.ts';

const t = await testDatabase();
const none = 'introuvable';
const decision = { seen: '', decision: 'valide' } as const;

/**
 * Verbs and reads of each action, asked for what does not exist or is not valid: nothing is done, and the permission is
 * the only thing that tells two roles apart.
 */
const PROBES: Record<Action, Record<string, (ctx: Ctx<Person>) => unknown>> = {
  'organisation.write': {
    updateOrganisation: (ctx) => updateOrganisation(ctx, { name: '', senderName: '', senderAddress: '' }),
    addDomain: (ctx) => addDomain(ctx, { domain: '', signing: 'ici' }),
    removeDomain: (ctx) => removeDomain(ctx, 0),
    useTransport: (ctx) => useTransport(ctx),
  },
  'user.write': { inviteUser: (ctx) => inviteUser(ctx, { name: '', address: '', roles: [] }) },
  'contacts.read': {
    readContactsPage: (ctx) => readContactsPage(ctx, {}, null),
    readAudiences: (ctx) => readAudiences(ctx),
    readSolicitations: (ctx) => readSolicitations(ctx, 7),
    readRows: (ctx) => readRows(ctx, 0, { filter: null, after: null }),
  },
  'contacts.import': {
    importContacts: (ctx) => importContacts(ctx, { file: Buffer.from(''), options: { fileName: '', source: '' } }),
    startImport: (ctx) => startImport(ctx, 0),
    readImports: (ctx) => readImports(ctx),
  },
  'contacts.write': {
    suppressAddress: (ctx) => suppressAddress(ctx, { address: '', scope: 'organisation', source: '' }),
    eraseContact: (ctx) => eraseContact(ctx, 0),
    refuseMeasure: (ctx) => refuseMeasure(ctx, { contactId: 0, source: '' }),
    declareSolicitation: (ctx) => declareSolicitation(ctx, {}),
  },
  'contacts.export': {
    exportContacts: (ctx) => exportContacts(ctx, { format: 'csv', rule: { inconnu: true } }),
    exportPerson: (ctx) => exportPerson(ctx, 0),
    exportRegistrant: (ctx) => exportRegistrant(ctx, 0),
  },
  'audience.write': { saveAudience: (ctx) => saveAudience(ctx, { slug: '', name: '', rule: {} }) },
  'campaign.read': {
    readCampaign: (ctx) => readCampaign(ctx, none),
    readPlan: (ctx) => readPlan(ctx, none, { from: '2026-11-01', to: '2026-11-30' }),
    readWording: (ctx) => readWording(ctx, 0, none),
    readRelayTotals: (ctx) => readRelayTotals(ctx, none),
    readWebinars: (ctx) => readWebinars(ctx, none),
    readWebinar: (ctx) => readWebinar(ctx, none, none),
    readNextWebinars: (ctx) => readNextWebinars(ctx),
    readFollowUp: (ctx) => readFollowUp(ctx, none, none),
    readCampaignSurveys: (ctx) => readCampaignSurveys(ctx, none),
  },
  'campaign.write': {
    createCampaign: (ctx) => createCampaign(ctx, {}),
    editCampaign: (ctx) => editCampaign(ctx, none, {}),
    saveBudget: (ctx) => saveBudget(ctx, none, {}),
    cancelEvent: (ctx) => cancelEvent(ctx, none, none),
    closeCalendarFeed: (ctx) => closeCalendarFeed(ctx, none),
    saveResource: (ctx) => saveResource(ctx, 0, {}),
    retireResource: (ctx) => retireResource(ctx, 0, none),
    addVersion: (ctx) => addVersion(ctx, 0, {}),
    removeTerm: (ctx) => removeTerm(ctx, 0, 0),
    saveWatchedPage: (ctx) => saveWatchedPage(ctx, none, {}),
    saveCampaignSurvey: (ctx) => saveCampaignSurvey(ctx, none, {}),
    closeCampaignSurvey: (ctx) => closeCampaignSurvey(ctx, none, none),
    declareFigure: (ctx) => declareFigure(ctx, none, none, {}),
    withdrawStatement: (ctx) => withdrawStatement(ctx, none, none, 0),
    importExport: (ctx) => importExport(ctx, none, none, sourceOf('', Buffer.from(''))),
    withdrawExport: (ctx) => withdrawExport(ctx, none, none, 0),
    openSite: (ctx) => openSite(ctx, none, {}),
    stopSite: (ctx) => stopSite(ctx, none, 0),
  },
  'campaign.withdraw': {
    withdrawPartner: (ctx) => withdrawPartner(ctx, none, {}),
    readWithdrawalEffects: (ctx) => readWithdrawalEffects(ctx, none, none),
  },
  'push.read': {
    readPush: (ctx) => readPush(ctx, none, none),
    readApprovals: (ctx) => readApprovals(ctx, 0),
    checkPush: (ctx) => checkPush(ctx, 0),
  },
  'push.write': {
    savePush: (ctx) => savePush(ctx, none, {}),
    createPush: (ctx) => createPush(ctx, none, {}),
    keepImage: (ctx) => keepImage(ctx, none, { fileName: '', bytes: Buffer.from('') }),
    sendTest: (ctx) => sendTest(ctx, 0, none, 'terrain'),
  },
  'push.submit': { submitPush: (ctx) => submitPush(ctx, 0) },
  'push.approve': {
    approvePush: (ctx) => approvePush(ctx, 0, decision),
    approveWording: (ctx) => approveWording(ctx, 0, none, decision),
  },
  'push.send': {
    sendNow: (ctx) => sendNow(ctx, 0),
    pausePush: (ctx) => pausePush(ctx, 0),
    resumePush: (ctx) => resumePush(ctx, 0),
    cancelPush: (ctx) => cancelPush(ctx, 0),
    resendUnknown: (ctx) => resendUnknown(ctx, { pushId: 1, ids: [1] }),
  },
  'webinar.write': {
    saveWebinar: (ctx) => saveWebinar(ctx, none, {}),
    effectOfSaving: (ctx) => effectOfSaving(ctx, none, { slug: none }),
    cancelWebinar: (ctx) => cancelWebinar(ctx, none, none, ''),
    openRegistrations: (ctx) => openRegistrations(ctx, none, none),
    closeRegistrations: (ctx) => closeRegistrations(ctx, none, none),
    holdWebinar: (ctx) => holdWebinar(ctx, none, none),
    setReplay: (ctx) => setReplay(ctx, none, none, { replayUrl: null }),
    saveWebinarSurvey: (ctx) => saveWebinarSurvey(ctx, none, none, {}),
    writeFollowUp: (ctx) => writeFollowUp(ctx, none, none, {}),
    importAttendance: (ctx) => importAttendance(ctx, none, none, { file: Buffer.from(''), options: { fileName: '' } }),
    readAttendanceImport: (ctx) => readAttendanceImport(ctx, none, none, 0),
    withdrawAttendance: (ctx) => withdrawAttendance(ctx, none, none, 0),
  },
  'registration.read': {
    readRegistrants: (ctx) => readRegistrants(ctx, none, none, {}, null),
    readRegistrant: (ctx) => readRegistrant(ctx, none, none, 0),
    exportForSpeakers: (ctx) => exportForSpeakers(ctx, none, none),
    readAttendancePage: (ctx) => readAttendancePage(ctx, none, none),
  },
  'registration.write': {
    cancelByOrganisation: (ctx) => cancelByOrganisation(ctx, none, none, 0),
    resendConfirmation: (ctx) => resendConfirmation(ctx, none, none, 0),
    forgetRegistrant: (ctx) => forgetRegistrant(ctx, 0),
    decideAttendance: (ctx) => decideAttendance(ctx, none, none, { registrationId: 0, person: '', came: true }),
    markSeen: (ctx) => markSeen(ctx, none, none, { registrationIds: [], seen: true }),
  },
  'relay.read': {
    readRelays: (ctx) => readRelays(ctx, none, {}),
    readRelay: (ctx) => readRelay(ctx, none, 0),
  },
  'relay.write': {
    saveRelay: (ctx) => saveRelay(ctx, none, {}),
    stopRelay: (ctx) => stopRelay(ctx, none, 0),
    changeKit: (ctx) => changeKit(ctx, none, 0, 'revoke'),
    saveKitSettings: (ctx) => saveKitSettings(ctx, none, {}),
    inviteRelays: (ctx) => inviteRelays(ctx, none),
    relaysCsv: (ctx) => relaysCsv(ctx, none),
  },
  'memory.read': {
    readMemory: (ctx) => readMemory(ctx, 0, {}),
    readHandover: (ctx) => readHandover(ctx, none),
  },
  'memory.write': {
    recordDecision: (ctx) => recordDecision(ctx, null, {}),
    archiveWatchNote: (ctx) => archiveWatchNote(ctx, 0),
  },
  'audit.read': {
    readJournal: (ctx) => readJournal(ctx, {}, null),
    exportJournal: (ctx) => exportJournal(ctx, {}),
  },
  'report.read': {
    readReport: (ctx) => readReport(ctx, none),
    readFigures: (ctx) => readFigures(ctx, none),
    readBudget: (ctx) => readBudget(ctx, none),
    readSeals: (ctx) => readSeals(ctx, none),
    readSeal: (ctx) => readSeal(ctx, none, 0),
    readPages: (ctx) => readPages(ctx, none),
    readPage: (ctx) => readPage(ctx, none, none),
    readPagesReport: (ctx) => readPagesReport(ctx, none),
    statementFile: (ctx) => statementFile(ctx, none, none, 0, ''),
  },
  'report.seal': { sealReport: (ctx) => sealReport(ctx, none, { quarter: '2026-T3' }) },
  'report.share': {
    readShares: (ctx) => readShares(ctx, none),
    shareReport: (ctx) => shareReport(ctx, none, { label: 'x', until: '2027-01-31' }),
    revokeShare: (ctx) => revokeShare(ctx, none, 0),
  },
  'key.write': { makeKey: (ctx) => makeKey(ctx, {}) },
  'catcher.read': {
    readMailbox: (ctx) => readMailbox(ctx, {}),
    readMail: (ctx) => readMail(ctx, 0),
  },
};

const ACTIONS = Object.keys(PERMISSIONS) as Action[];
const has = (role: Role, action: Action): boolean => (PERMISSIONS[action] as readonly Role[]).includes(role);

test('every action has a name for people, a role that has it, a probe, and code that asks for it', () => {
  expect(Object.keys(ACTION_NAMES)).toEqual(ACTIONS);
  expect(ACTIONS.filter((action) => Object.keys(PROBES[action] ?? {}).length === 0)).toEqual([]);
  expect(ACTIONS.filter((action) => !ROLES.some((role) => has(role, action)))).toEqual([]);
  const asked = SOURCES.filter((s) => !s.name.startsWith('web/')).map((s) => s.text);
  expect(ACTIONS.filter((action) => !asked.some((text) => text.includes(`actor, '${action}')`)))).toEqual([]);
});

const CASES = ACTIONS.flatMap((action) =>
  Object.entries(PROBES[action]).flatMap(([verb, probe]) =>
    ROLES.map((role) => ({ action, verb, probe, role, says: may({ ...t.cast.alice, roles: [role] }, action) })),
  ),
);

/** How the verb refuses; null when it answers. Anything else that it throws is a bug, and fails the test. */
async function refusal(run: () => unknown): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.kind;
    if (error instanceof ZodError) return 'invalid';
    throw error;
  }
}

describe('the table of rights is what verbs obey (docs/droits.md)', () => {
  test.each(CASES)('$action, $role alone: $verb ($says)', async ({ action, probe, role, says }) => {
    expect(says).toBe(has(role, action));
    const kind = await refusal(() => probe(t.ctx({ ...t.cast.alice, roles: [role] })));
    expect(kind === 'forbidden').toBe(!says);
  });

  test.each(ACTIONS)('%s: nobody has it without a role, and two roles add up', async (action) => {
    const [probe] = Object.values(PROBES[action]);
    expect(await refusal(() => probe?.(t.ctx({ ...t.cast.alice, roles: [] })))).toBe('forbidden');
    const [allowed] = PERMISSIONS[action];
    const other = ROLES.find((role) => !has(role, action)) ?? 'relais';
    expect(await refusal(() => probe?.(t.ctx({ ...t.cast.alice, roles: [other, allowed] })))).not.toBe('forbidden');
  });

  test('the table is about persons: a command and the clock are held by who holds the machine', () => {
    const { opco: organisationId } = t.cast.organisations;
    for (const action of ACTIONS) {
      expect(may({ kind: 'command', name: 'commande', organisationId }, action)).toBe(true);
      expect(may({ kind: 'clock', name: 'clock' }, action)).toBe(true);
    }
  });
});
