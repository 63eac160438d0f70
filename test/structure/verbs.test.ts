import { expect, test } from 'vitest';
import { SOURCES, type Source } from './sources.ts';

const ROOMS = SOURCES.filter(
  (s) => !/^(base|db|mail|web|public|api|cli|jobs|bench|embedded)\//.test(s.name) && s.name.includes('/'),
);
const code = (s: Source): string => s.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const sorted = (names: Iterable<string>): string[] => [...names].sort();

/**
 * Who may see every organisation's rows at once (SEC-21): each with why one organisation's view would not do. A file
 * that is not here uses `withOrganisation`.
 */
const ACROSS: Record<string, string> = {
  'approvals/accept-invitation.ts': 'a sealed link and a code say who enters, and for which organisation',
  'approvals/decide.ts':
    'whether the author’s organisation has another valideur: names of users belong to no organisation',
  'bounces/guard-pushes.ts': 'the clock’s round over what came back of the pushes of every organisation',
  'bounces/record-return.ts': 'a message that comes back says by its token whose it is, or nobody’s',
  'campaigns/calendar-feed.ts': 'a page without session: the secret address of a feed says whose it is',
  'campaigns/find-public-campaign.ts': 'pages without session: how a campaign looks',
  'campaigns/locate-campaign.ts': 'a command names a campaign before it knows whose it is',
  'campaigns/public-notice.ts': 'a page without session: who is responsible for a campaign’s data',
  'campaigns/public-file.ts': 'a page without session: an image of a message, shown to whoever reads it',
  'contacts/own-clicks.ts':
    'hits are no organisation’s to read; those of one of its contacts, for that person’s own file',
  'contacts/own-messages.ts': 'hides what columns the organisation may not read would tell; keeps to its own rows',
  'contacts/read-solicitations-page.ts': 'the same: what was held is left out of its own counts',
  'contacts/run-import.ts': 'the clock’s worker takes the next queued file, whoever it belongs to',
  'contacts/suppress.ts': 'a person who asks not to hear from anybody here any more is refused to all organisations',
  'deliveries/catch-mails.ts': 'the demonstration catcher sorts each message to the organisation that sent it',
  'deliveries/claim.ts': 'one push leaves under the names of several organisations',
  'deliveries/compose.ts': 'the same push: its stored variants and contacts, read to be handed over',
  'deliveries/control.ts': 'pause and cancellation by the lead concern the rows of every signatory',
  'deliveries/drain.ts': 'the end of a push is the end of its last row, whosever it is',
  'deliveries/freeze.ts': 'duplicates between organisations are only visible over all of them',
  'deliveries/heartbeat.ts': 'a drain says it is alive, whosever rows it holds',
  'deliveries/keep-sums.ts': 'what a joint report adds up of a campaign’s ledger, whosever rows they are',
  'deliveries/lanes.ts': 'the pace of a way out holds over every organisation’s messages',
  'deliveries/pending-work.ts': 'the clock’s round',
  'deliveries/read-rows.ts': 'the mask reads columns that the organisation may not; keeps to its own rows',
  'deliveries/read-withdrawal.ts':
    'how many rows of a partner wait: exact to itself, to the lead in tens and from k up',
  'deliveries/read-troubles.ts': 'what slows the instance’s way out concerns every push that takes it',
  'deliveries/resend.ts': 'a push that had ended goes on, which is its lead’s row; keeps to its own rows',
  'deliveries/ways.ts': 'the servers of every organisation, for the process that sends',
  'deliveries/forecast.ts':
    'a freeze that leaves nothing behind: commands are told all, persons the partners’ from k up',
  'deliveries/queries.ts': 'totals over those signatories whose rows the reader may count',
  'deliveries/read-pushes.ts': 'joint progress of a push: the same sums',
  'deliveries/recipient.ts': 'a page without session: the link of a message says whose contact it is',
  'deliveries/settle.ts': 'answers of the mail server, by row',
  'demo.ts': 'the demonstration makes its own organisations, under one lock',
  'key-messages/author-names.ts': 'names of users belong to no organisation; partners read whose words they approve',
  'key-messages/tell-approvers.ts': 'the mail to valideurs of every signatory, whose names the lead does not read',
  'organisations/invite-user.ts': 'a person may already be known through another organisation',
  'organisations/open-by-key.ts': 'a key says who asks before it is known for which organisation',
  'organisations/people-of.ts': 'whom to write to in each partner: names of users belong to no organisation',
  'organisations/queries.ts': 'an organisation or a person is looked up by name before anybody acts for it',
  'organisations/read-organisation-page.ts':
    'names of users belong to no organisation; the query keeps to its own members',
  'organisations/read-people.ts': 'names of users belong to no organisation; keeps to who works or worked for its own',
  'organisations/save-organisation.ts': 'an organisation that does not exist yet cannot be the current one',
  'organisations/account.ts': 'a person’s own password and sessions belong to no organisation',
  'organisations/purge.ts': 'the clock: nobody’s rows in particular',
  'contacts/purge-imports.ts': 'the clock: nobody’s rows in particular',
  'outbox/purge.ts': 'the clock: nobody’s rows in particular',
  'organisations/sessions.ts': 'a cookie says who somebody is before it is known for which organisation',
  'organisations/sign-in.ts': 'the same, before there is a session',
  'outbox/drain.ts': 'the clock’s worker sends what any organisation owes to one person',
  'pages/count-visit.ts': 'a page of a partner, without session: whose it is comes with the key of its site',
  'pages/find-site.ts': 'the same: a key, or a relay’s sealed mark, is looked up before it is known whose it is',
  'plan/demo-organisations.ts': 'the organisations of the demonstration, before they exist',
  'proofs/apply-silence.ts': 'the clock: what a silence does concerns the lead’s push and every signatory',
  'proofs/invited-to.ts': 'a page without session: who asks what, behind a sealed link',
  'proofs/read-before.ts': 'the terms of a submission stand in its lead’s audit row; keeps to a push the reader signs',
  'proofs/remind-approvers.ts': 'the clock writes to the valideurs of every signatory',
  'proofs/check-senders.ts': 'the lead learns whether each signatory may write from its domain: a yes or a no',
  'proofs/public-release.ts': 'a page without session: a press release after its hour',
  'proofs/submit-push.ts': 'a proof holds the variants of every signatory; the lead alone submits it',
  'proofs/web-version.ts': 'a page without session: the online version of a message',
  'pushes/locate-push.ts': 'a command names a push before it knows whose it is',
  'pushes/make-occurrence.ts': 'the clock prepares the next issue of any series',
  'reports/instance-totals.ts': 'totals of the whole instance, which identify nobody, for the machine that watches',
  'reports/scope.ts': 'joint figures, over k, in a transaction that can only read',
  'resources/find-file.ts': 'a page without session: a file of a listed resource',
  'resources/public-inventory.ts': 'a page without session: what the partners of every campaign list',
  'resources/public-resource.ts': 'the same, one of them',
  'resources/remind-reviews.ts': 'the clock tells each holder what is to be read again',
  'organisations/slow-down.ts': 'a public form: whoever fills it in belongs to no organisation',
  'relay-kits/declare.ts': 'a page without session: the address of a kit says whose relay it is',
  'relay-kits/leave.ts': 'the same',
  'relay-kits/links.ts': 'tokens are no organisation’s to read; those of one relay’s own links are answered',
  'relay-kits/open-kit.ts': 'a page without session: a kit says by its address whose it is, or nobody’s',
  'relay-kits/public-page.ts': 'a page without session: what anybody may read of a campaign',
  'relay-kits/read-totals.ts': 'partners see no relay: sums over five or more leave it, and nothing else',
  'relay-kits/record-act.ts': 'a page without session: the address of a kit says whose relay it is',
  'relay-kits/request-kit.ts': 'what was sent to an address is the worker’s to know; a yes or a no comes out',
  'senders/self-test-keys.ts': 'at start every key is tried, whoever’s mail it signs',
  'senders/recheck-domains.ts': 'the clock looks again at the domains of every organisation',
  'surveys/answer.ts': 'a page without session: the address of a group says which survey it is',
  'surveys/read-results.ts': 'sums over groups of several organisations, the same for whoever may read the report',
  'tracking/action-link.ts': 'tokens are no organisation’s to write; the action is the actor’s own',
  'tracking/count-page.ts': 'a page without session: whose page it is comes with the page',
  'tracking/read-action-links.ts': 'tokens are no organisation’s to read; sums of links of actions one sees',
  'tracking/flush.ts': 'the journal holds the clicks of every campaign',
  'tracking/journal-gaps.ts': 'what a full disk lost is lost of every campaign',
  'tracking/purge.ts': 'the clock: nobody’s rows in particular',
  'tracking/reclassify.ts': 'hits are no organisation’s to read; those of the campaign the actor leads',
  'tracking/token-store.ts': 'a clicked link says by itself whose it is',
  'webinars/cancel-registration.ts': 'a page without session: a sealed link says whose registration it is',
  'webinars/change-registration.ts': 'the same',
  'webinars/disown-registration.ts': 'the same',
  'webinars/my-registration.ts': 'the same',
  'webinars/prefill.ts': 'a page without session: the sealed link of a message says whose contact it fills in',
  'seals/read-shares.ts': 'a page without session: the sealed address says whose report it is',
  'webinars/coming.ts': 'a page without session: what the partners of every campaign announce',
  'webinars/public-webinar.ts': 'the same, one of them',
  'webinars/replay.ts': 'the same, once it was held',
  'webinars/fill-places.ts': 'the clock gives on places, whosever they were',
  'webinars/purge.ts': 'the clock: nobody’s rows in particular',
  'webinars/record-reply.ts': 'a mail that comes back says by an address nobody guesses whose invitation it answers',
  'webinars/run-reminders.ts': 'the clock’s round over the registrants of every organisation',
};

test('who may work across organisations is a short, argued list', () => {
  const calling = SOURCES.filter(
    (s) => s.name !== 'db/database.ts' && /\bacrossOrganisations\(|withClient\([^)]*'across'/.test(code(s)),
  );
  expect(sorted(calling.map((s) => s.name))).toEqual(sorted(Object.keys(ACROSS)));
});

const OPENS = /\b(?:withOrganisation|acrossOrganisations|withClient)(?:<[^(]*>)?\(/;
const WRITES =
  /\.(?:insertInto|updateTable|deleteFrom|mergeInto)\(|\b(?:insert into|delete from|update \w+ set|copy \w+)\b/i;
const CHECKS = /\b(?:allow|may|mustLead)\(/;
const AUDITS = /\brecordAudit\(/;

/** A file with what it calls in its own room: a verb may leave the SQL or the audit to a neighbour, which is no verb itself. */
function withHelpers(source: Source, seen = new Set<string>()): Source[] {
  if (seen.has(source.name)) return [];
  seen.add(source.name);
  const room = `${source.name.split('/')[0]}/`;
  const helpers = ROOMS.filter(
    (s) =>
      s.name.startsWith(room) && !OPENS.test(code(s)) && source.imports.some((i) => i.to === s.name && !i.typeOnly),
  );
  return [source, ...helpers.flatMap((s) => withHelpers(s, seen))];
}
const some = (source: Source, what: RegExp): boolean => withHelpers(source).some((s) => what.test(code(s)));
const verbs = ROOMS.filter((s) => OPENS.test(code(s)) && some(s, WRITES));

/** Verbs that check no person's permission, each with why there is none to check. */
const WITHOUT_PERMISSION: Record<string, string> = {
  'approvals/accept-invitation.ts': 'nobody is signed in yet: the code of the mail is the permission',
  'bounces/guard-pushes.ts': 'the clock, over limits that no person set',
  'bounces/record-return.ts': 'the token in what came back, or the key of the provider’s address, is the permission',
  'contacts/run-import.ts': 'the worker runs what `startImport` was allowed to queue',
  'deliveries/catch-mails.ts': 'the catcher receives mail: nobody is signed in to SMTP',
  'deliveries/claim.ts': 'the worker; the statement itself asks `may_leave`, which reads every approval',
  'deliveries/freeze.ts': 'the clock at the hour, or `sendNow`, which checks push.send; `may_leave` is asked inside',
  'deliveries/heartbeat.ts': 'the worker says it is alive; the clock sees who is not',
  'deliveries/keep-sums.ts': 'the clock: sums that change no figure, only how long it takes',
  'deliveries/lanes.ts': 'the worker writes what the answers said of its ways',
  'deliveries/recipient.ts': 'the sealed link of a message is the permission of the person who received it',
  'deliveries/settle.ts': 'the worker writes what the mail server answered',
  'organisations/account.ts': 'everybody over their own account',
  'organisations/revoke-key.ts': 'everybody over their own keys, those of a role they lost included',
  'organisations/purge.ts': 'the clock, over what has ended',
  'contacts/purge-imports.ts': 'the clock, over what was left behind',
  'outbox/purge.ts': 'the clock, over what has left',
  'organisations/sessions.ts': 'the cookie is the permission, over that session only',
  'organisations/sign-in.ts': 'nobody is signed in yet',
  'outbox/drain.ts': 'the worker sends what a verb was allowed to owe',
  'pages/count-visit.ts': 'a visit is anybody’s; the key of a site says where it counts',
  'proofs/apply-silence.ts': 'the clock; what silence means was said with the request',
  'resources/remind-reviews.ts': 'the clock, over dates that a holder gave',
  'senders/recheck-domains.ts': 'the clock; what it writes is what the DNS said',
  'tracking/count-page.ts': 'a visit to a public page is anybody’s',
  'tracking/flush.ts': 'the flusher stores what the journal holds',
  'tracking/journal-gaps.ts': 'the flusher notes what the journal could not hold',
  'tracking/purge.ts': 'the clock, over what the rules of retention say',
  'organisations/slow-down.ts': 'it slows down whoever has no session',
  'relay-kits/declare.ts': 'the address of a kit is the permission of its relay, over its own publications',
  'relay-kits/record-act.ts': 'the same, over what it does there',
  'relay-kits/request-kit.ts': 'anybody may ask for a kit; the lead alone says yes',
  'surveys/answer.ts': 'whoever was given the address of a group answers',
  'webinars/register.ts': 'anybody may register, while it is open',
  'webinars/change-registration.ts': 'the sealed link of a confirmation is the permission of its person',
  'webinars/disown-registration.ts': 'the same',
  'webinars/fill-places.ts': 'the clock, for whoever came first',
  'webinars/purge.ts': 'the clock, on the day that the form gave',
  'webinars/record-reply.ts': 'the invitation’s own address and the person’s, together, are the permission',
  'webinars/run-reminders.ts': 'the clock, at the hours that the webinar was given',
};

/** Verbs that write no audit row, each with where the same thing is written down instead. */
const WITHOUT_AUDIT: Record<string, string> = {
  'approvals/accept-invitation.ts':
    'the session it opens is written down where sessions are opened; the code, on its row',
  'contacts/analyse-import.ts': 'the dry run of an import: it reads through a temporary table and writes nothing',
  'contacts/read-imports-page.ts': 'the same dry run, for its page',
  'deliveries/catch-mails.ts': 'each message is its own row',
  'deliveries/claim.ts': 'the ledger is the record: state, worker and instant on each row',
  'deliveries/heartbeat.ts': 'a row in doubt keeps it in its story',
  'deliveries/keep-sums.ts': 'nothing is decided: a recount gives the same',
  'deliveries/lanes.ts': 'a way’s own row says why and since when',
  'deliveries/settle.ts': 'the ledger again, with the answer of the server',
  'organisations/purge.ts': 'removes what has ended; nothing anybody decided',
  'contacts/purge-imports.ts': 'the same',
  'outbox/purge.ts': 'the same',
  'organisations/open-by-key.ts': 'the day it was last used stands on the key itself; what it read changes nothing',
  'organisations/sessions.ts': 'the last visit of a session; entering is audited, leaving removes the row',
  'outbox/drain.ts': 'sent_at and the answer stand on the mail’s own row',
  'pages/count-visit.ts': 'the count is the record; who came is not to be known',
  'tracking/count-page.ts': 'the count is the record; who came is not to be known',
  'tracking/flush.ts': 'a hit is the record; who clicked is not to be known',
  'tracking/journal-gaps.ts': 'a gap is its own row',
  'tracking/purge.ts': 'removes what has been kept long enough; the totals say how many',
  'organisations/slow-down.ts': 'a try is forgotten within a day; who tried is not to be known',
  'relay-kits/record-act.ts': 'the act is its own row',
  'surveys/answer.ts': 'the answer is its own row; who gave it is not to be known',
  'webinars/fill-places.ts': 'each person who moves up is written a letter, which is a row',
  'webinars/record-reply.ts':
    'the registration keeps what was answered and when; a place given back is written where registrations end',
  'webinars/run-reminders.ts': 'each letter is its own row',
};

test('a verb that writes checks a permission', () => {
  const unchecked = verbs.filter((s) => !some(s, CHECKS)).map((s) => s.name);
  expect(sorted(unchecked)).toEqual(sorted(Object.keys(WITHOUT_PERMISSION)));
});

test('a verb that writes leaves an audit row', () => {
  const silent = verbs.filter((s) => !some(s, AUDITS)).map((s) => s.name);
  expect(sorted(silent)).toEqual(sorted(Object.keys(WITHOUT_AUDIT)));
});

test('nothing sends mail or calls the network inside a room of business', () => {
  const network = ROOMS.filter((s) => /\bfetch\(|from 'node:(?:net|tls|http|https)'|from 'nodemailer'/.test(code(s)));
  expect(network.map((s) => s.name)).toEqual([]);
});
