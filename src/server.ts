import { type ServerType, serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { apiRoutes } from './api/api.ts';
import { openMetrics } from './api/metrics.ts';
import { metricsPages } from './api/metrics-page.ts';
import { unavailable } from './base/errors.ts';
import { log } from './base/log.ts';
import { askDrain, type Queue, queueLengths } from './jobs/queue.ts';
import { openVisitCounter } from './pages/visit-counter.ts';
import { apiGuidePages } from './public/api-guide.tsx';
import { calendarFeed } from './public/calendar.ts';
import { facePages } from './public/campaign-face.tsx';
import { releasePages } from './public/communiques.tsx';
import { filePages } from './public/files.ts';
import { healthPages } from './public/health.ts';
import { kitPages } from './public/kit.tsx';
import { countingVisits, measurePages } from './public/measure.tsx';
import { noticePages } from './public/notices.tsx';
import { recipientPages } from './public/recipient.tsx';
import { redirect } from './public/redirect.ts';
import { registrationPages } from './public/registration.tsx';
import { relayFormPages } from './public/relay-form.tsx';
import { resourcePages } from './public/resources.tsx';
import { returnPages } from './public/returns.ts';
import { surveyPages as publicSurveyPages } from './public/survey.tsx';
import { visitPages } from './public/visits.ts';
import { webinarPages as publicWebinarPages } from './public/webinars.tsx';
import { readInstanceTotals } from './reports/instance-totals.ts';
import type { Service } from './service.ts';
import { networkHash } from './tracking/features.ts';
import { type Flusher, startFlusher } from './tracking/flusher.ts';
import { type Journal, openJournal } from './tracking/journal.ts';
import { personalOpener } from './tracking/personal-links.ts';
import { openTokenStore, type TokenStore } from './tracking/token-store.ts';
import { accountPages } from './web/account.tsx';
import { accountKeyPages } from './web/account-keys.tsx';
import { actionPages } from './web/actions.tsx';
import { approvalPages } from './web/approval.tsx';
import { assets } from './web/assets.ts';
import { audiencePages } from './web/audiences.tsx';
import { calendarPages } from './web/calendar.tsx';
import { budgetPages } from './web/calendar-budget.tsx';
import { eventPages } from './web/calendar-events.tsx';
import { campaignSettingsPages } from './web/campaign-settings.tsx';
import { campaignPages } from './web/campaigns.tsx';
import { contactPages } from './web/contacts.tsx';
import { courrierPages } from './web/courrier.tsx';
import type { WebDeps, WebEnv } from './web/env.ts';
import { errorPage, missingPage } from './web/errors.tsx';
import { ownFormsOnly, securityHeaders, sessionGate } from './web/gate.ts';
import { homePages } from './web/home.tsx';
import { importPages } from './web/imports.tsx';
import { invitationPages } from './web/invitation.tsx';
import { journalPages } from './web/journal.tsx';
import { memoryPages } from './web/memory.tsx';
import { memoryDocumentPages } from './web/memory-documents.tsx';
import { newCampaignPages } from './web/new-campaign.tsx';
import { organisationPages } from './web/organisation.tsx';
import { pushContentPages } from './web/push-content.tsx';
import { pushPages } from './web/pushes.tsx';
import { relayPages } from './web/relays.tsx';
import { relayKitPages } from './web/relays-kit.tsx';
import { relayLetterPages } from './web/relays-letters.tsx';
import { reportPages } from './web/report.tsx';
import { comparePages } from './web/report-compare.tsx';
import { sealPages } from './web/report-seals.tsx';
import { sharePages } from './web/report-shares.tsx';
import { resourcePages as inventoryPages } from './web/resources.tsx';
import { senderPages } from './web/senders.tsx';
import { sharedReportPages } from './web/shared-report.tsx';
import { sessionPages, signInPages } from './web/sign-in.tsx';
import { solicitationPages } from './web/solicitations.tsx';
import { stillTakesPart } from './web/still-takes-part.ts';
import { surveyPages } from './web/surveys.tsx';
import { networkOf } from './web/visitor.ts';
import { watchedPages } from './web/watched.tsx';
import { watchedExportPages } from './web/watched-exports.tsx';
import { watchedSitePages } from './web/watched-sites.tsx';
import { webinarPeoplePages } from './web/webinar-people.tsx';
import { presencePages } from './web/webinar-presence.tsx';
import { webinarSuitePages } from './web/webinar-suite.tsx';
import { webinarPages } from './web/webinars.tsx';
import { wordsPages } from './web/words.tsx';
import { wordsEditPages } from './web/words-edit.tsx';
import { glossaryPages } from './web/words-glossary.tsx';

export type Tracking = { journal: Journal; flusher: Flusher; tokens: TokenStore };
export type AppDeps = { service: Service; tracking: Tracking; queue: Queue };

/** Every address of the service. What a recipient's message opens comes first and stands apart: no session, no form token. */
export function buildApp({ service, tracking, queue }: AppDeps): Hono {
  const { db, secrets, publicUrl, now, config } = service;
  const app = new Hono();
  const links = redirect({
    tokens: tracking.tokens,
    journal: tracking.journal,
    trustedProxies: config.trustedProxies,
    secrets,
    now: () => now().getTime(),
  });
  // Listed with the other addresses, and answered before them (below).
  app.route('/', links);
  app.use(securityHeaders({ publicUrl }));
  const metrics = openMetrics({
    now,
    totals: () => readInstanceTotals(db, now()),
    queues: () => queueLengths(queue),
    journal: () => tracking.flusher.journalState(),
    pool: db.pool,
  });
  app.use(metrics.timing);
  app.onError(errorPage);
  app.notFound(missingPage);
  const kits = { db, secrets, now, publicUrl, demo: service.demo };
  const forms = { ...kits, networkOf: (c: Context) => networkOf(c, config.trustedProxies) };
  app.route('/', apiRoutes(forms));
  app.use(async (c, next) => (NUL.test(c.req.url) ? missingPage(c) : next()));
  app.route(
    '/',
    healthPages({
      db,
      journal: () => tracking.flusher.journalState(),
      queue: async () => (await queue.boss.isInstalled()) === true,
    }),
  );
  app.route('/', metricsPages(metrics, config.metricsToken));
  app.route('/', assets);
  app.route(
    '/',
    recipientPages({
      db,
      secrets,
      now,
      publicUrl,
      onUnsubscribeVisit: async (c, confirmed) => {
        const at = now().getTime();
        await tracking.journal.append({
          kind: 'unsubscribe',
          at,
          network: networkHash(secrets.network, networkOf(c, config.trustedProxies), at),
          confirmed,
        });
      },
    }),
  );
  app.route('/', returnPages({ db, secrets, publicUrl, now }));
  app.route('/', filePages({ db }));
  app.route('/', calendarFeed({ db, secrets, publicUrl, now }));
  const counting = { visits: openVisitCounter({ db, secrets, now, publicUrl }), networkOf: forms.networkOf };
  app.route('/', visitPages(counting));
  app.use(countingVisits(counting));
  app.route('/', measurePages({ publicUrl }));
  app.route('/', resourcePages({ db, now, publicUrl, dataDir: config.dataDir, demo: service.demo }));
  app.route('/', releasePages({ db, now, publicUrl }));
  app.route('/', noticePages({ db, now }));
  app.route('/', apiGuidePages({ publicUrl, demo: service.demo }));
  app.route('/', facePages(kits));
  app.route('/', relayFormPages(forms));
  app.route('/', publicWebinarPages(forms));
  app.route('/', registrationPages(forms));
  app.route('/', kitPages(kits));
  app.route('/', sharedReportPages(kits));
  app.route('/', publicSurveyPages(forms));
  app.route(
    '/',
    signedIn({
      db,
      secrets,
      publicUrl,
      now,
      demo: service.demo,
      trustedProxies: config.trustedProxies,
      dataDir: config.dataDir,
      chromium: config.chromium,
      wake: async (work) => {
        if (work.kind === 'drain') await askDrain(queue, work.pushId);
        else if (work.kind === 'import') await queue.add('import', { importId: work.importId });
        else await queue.add('outbox', {});
      },
    }),
  );
  const pages = app.fetch;
  app.fetch = (request, ...rest) => (LINK.test(request.url) ? links.fetch(request, ...rest) : pages(request, ...rest));
  return app;
}

/** A click is answered in a house of its own: nothing that pages need stands before it. */
const LINK = /^https?:\/\/[^/]+\/r\/[^/?#]+(?:[?#]|$)/;

/** PostgreSQL's text holds any character but this one: no address of ours has it. */
const NUL = /%00/;

/** The pages of the people of the organisations. Sign-in alone comes before the gate. */
export function signedIn(deps: WebDeps): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.use(ownFormsOnly);
  app.use(async (c, next) => {
    c.set('deps', deps);
    await next();
  });
  app.route('/', signInPages(deps));
  app.route('/', invitationPages(deps));
  app.use(sessionGate(deps));
  app.use('/campagnes/:campaign/*', stillTakesPart);
  for (const pages of [
    sessionPages,
    accountPages,
    accountKeyPages,
    homePages,
    newCampaignPages,
    campaignPages,
    calendarPages,
    actionPages,
    budgetPages,
    eventPages,
    webinarPages,
    webinarPeoplePages,
    campaignSettingsPages,
    reportPages,
    comparePages,
    sealPages,
    sharePages,
    // « sites » and « nouvelle » stand where the name of a page would.
    watchedSitePages,
    watchedPages,
    watchedExportPages,
    pushPages,
    pushContentPages,
    approvalPages,
    importPages,
    contactPages,
    audiencePages,
    inventoryPages,
    solicitationPages,
    // « nouveau » and « glossaire » stand where the name of a topic would.
    wordsEditPages,
    glossaryPages,
    wordsPages,
    // « nouveau » stands where the name of a survey would.
    surveyPages,
    courrierPages,
    memoryPages,
    memoryDocumentPages,
    journalPages,
    organisationPages,
    senderPages,
    relayPages,
    relayKitPages,
    relayLetterPages,
    presencePages,
    webinarSuitePages,
  ])
    app.route('/', pages(deps));
  return app;
}

export async function openTracking(service: Service): Promise<Tracking> {
  const journal = await openJournal(service.config.dataDir);
  const open = personalOpener(service.secrets);
  return {
    journal,
    flusher: startFlusher(service.db, journal, { open }),
    tokens: openTokenStore(service.db, service.config.dataDir, { open }),
  };
}

export async function closeTracking({ journal, flusher, tokens }: Tracking): Promise<void> {
  await tokens.stop();
  await flusher.stop();
  await journal.close();
}

/** Listens, or says in one sentence why it cannot. */
export function listen(app: Hono, { host, port }: { host: string; port: number }): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) => {
      log.debug({ error: error.message }, 'écoute');
      reject(
        error.code === 'EADDRINUSE'
          ? unavailable(
              'port_taken',
              `Le port ${port} est déjà pris sur ${host}. Arrêtez l’autre programme, ou donnez un autre port : PORT=${port + 1} npm start`,
            )
          : unavailable(
              'listen',
              `Impossible d’écouter sur ${host}:${port} (${error.code ?? error.message}). Changez HOST ou PORT.`,
            ),
      );
    });
  });
}
