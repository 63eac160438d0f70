import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { NOW, type TestDatabase } from '../support/database.ts';
import type { MadePush } from '../support/factories.ts';
import { onePage } from './one-page.ts';
import { oneReport } from './one-report.ts';
import { oneWebinar } from './one-webinar.ts';

/** One row of opco's in the tables that a push does not fill. */
export async function oneOfEach(t: TestDatabase, push: MadePush): Promise<void> {
  const organisation_id = t.cast.organisations.opco;
  const campaign = { organisation_id, campaign_id: push.campaignId };
  const hash = Buffer.alloc(32, 1);
  let relayId = 0;
  await oneWebinar(t, push);
  await onePage(t, push);
  await oneReport(t, push);
  await withOrganisation(t.db, organisation_id, async (trx) => {
    const { id } = await trx
      .insertInto('imports')
      .values({
        organisation_id,
        file_name: 'f.csv',
        file_hash: hash,
        options: '{}',
        state: 'done',
        created_by: 'test',
        created_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const line = {
      organisation_id,
      import_id: id,
      line: 2,
      severity: 'warned',
      code: 'c',
      column_name: 'x',
      message: 'm',
    };
    await trx.insertInto('import_lines').values(line).execute();
    await trx
      .insertInto('import_mappings')
      .values({ organisation_id, headers_hash: hash, mapping: '{}', updated_at: NOW })
      .execute();
    await trx
      .insertInto('consents')
      .values({
        organisation_id,
        address_hash: hash,
        purpose: 'message',
        value: 'granted',
        source: 's',
        actor: 'a',
        at: NOW,
      })
      .execute();
    await trx
      .insertInto('suppressions')
      .values({
        organisation_id,
        scope: 'organisation',
        address_hash: hash,
        reason: 'opposition',
        source: 's',
        at: NOW,
      })
      .execute();
    const resource = await trx
      .insertInto('resources')
      .values({
        ...campaign,
        slug: 'etude',
        title: 'Étude',
        summary: 's',
        kind: 'etude',
        created_at: NOW,
        updated_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('resource_files')
      .values({
        ...campaign,
        resource_id: resource.id,
        format: 'video',
        title: '',
        url: 'https://exemple.fr',
        created_by: 'test',
        created_at: NOW,
      })
      .execute();
    await trx
      .insertInto('campaign_targets')
      .values({ ...campaign, position: 1, measure: 'envois', value: 1 })
      .execute();
    await trx
      .insertInto('decisions')
      .values({
        ...campaign,
        instance: 'copil',
        held_on: '2026-11-02',
        subject: 's',
        decision: 'd',
        created_by: 'test',
        created_at: NOW,
      })
      .execute();
    await trx
      .insertInto('watch_notes')
      .values({ ...campaign, noted_on: '2026-11-02', title: 't', body: 'b', created_by: 'test', created_at: NOW })
      .execute();
    const edl = await trx
      .insertInto('key_messages')
      .values({ ...campaign, slug: 'edl', topic: 't', created_at: NOW })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('files')
      .values({
        ...campaign,
        name: 'image.png',
        type: 'image/png',
        bytes: hash,
        sha256: hash,
        created_by: 'test',
        created_at: NOW,
      })
      .execute();
    await trx
      .insertInto('withdrawals')
      .values({
        ...campaign,
        effective_at: new Date('2099-01-01T00:00:00Z'),
        reason: 'r',
        recorded_by: 'test',
        recorded_at: NOW,
      })
      .execute();
    const written = { created_by: 'test', created_at: NOW, updated_at: NOW };
    const action = await trx
      .insertInto('actions')
      .values({
        ...campaign,
        slug: 'salon',
        kind: 'evenement',
        title: 'Salon',
        phase: 'pendant',
        starts_at: NOW,
        ...written,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('action_results')
      .values({
        ...campaign,
        action_id: action.id,
        value: 1,
        unit: 'participants',
        window_from: '2026-11-01',
        window_to: '2026-11-02',
        source: 's',
        declared_by: 'test',
        declared_at: NOW,
      })
      .execute();
    const relay = await trx
      .insertInto('relays')
      .values({
        ...campaign,
        name: 'Relais',
        kind: 'guichet',
        scope: 'national',
        origin: 'saisie',
        created_at: NOW,
        created_by: 'test',
        updated_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    relayId = relay.id;
    const of = { ...campaign, relay_id: relayId };
    await trx
      .insertInto('kits')
      .values({ ...of, created_at: NOW, created_by: 'test' })
      .execute();
    await trx
      .insertInto('relay_acts')
      .values({ ...of, at: NOW, what: 'invite' })
      .execute();
    await trx
      .insertInto('kit_settings')
      .values({ ...campaign, updated_at: NOW, updated_by: 'test' })
      .execute();
    await trx
      .insertInto('solicitation_mails')
      .values({ ...campaign, address_hash: hash, at: NOW })
      .execute();
    await trx
      .insertInto('link_sources')
      .values({ ...campaign, kind: 'action', action_id: action.id, created_at: NOW })
      .execute();
    await trx
      .insertInto('sector_events')
      .values({
        ...campaign,
        slug: 'journee',
        title: 'Journée',
        starts_on: '2026-12-01',
        ends_on: '2026-12-01',
        ...written,
      })
      .execute();
    await trx
      .insertInto('calendar_feeds')
      .values({ ...campaign, created_by: 'test', created_at: NOW })
      .execute();
    await trx
      .insertInto('budgets')
      .values({ ...campaign, planned: 1, updated_by: 'test', updated_at: NOW })
      .execute();
    const touched = { updated_at: NOW, updated_by: 'test' };
    await trx
      .insertInto('transports')
      .values({ organisation_id, host: 'smtp.example', port: 587, security: 'tls', auth: 'aucune', ...touched })
      .execute();
    await trx
      .insertInto('sender_domains')
      .values({ organisation_id, domain: 'opco.example', signing: 'relais', created_at: NOW, updated_at: NOW })
      .execute();
    const declared = await trx
      .insertInto('declared_solicitations')
      .values({
        ...campaign,
        kind: 'enquete',
        label: 'Enquête',
        at: NOW,
        people: 1,
        created_by: 'test',
        created_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('solicited')
      .values({ declared_id: declared.id, organisation_id, at: NOW, address_hash: hash })
      .execute();
    await trx
      .insertInto('approval_invitations')
      .values({
        organisation_id,
        user_id: t.cast.alice.userId,
        path: '/',
        code_hash: hash,
        created_at: NOW,
        expires_at: NOW,
      })
      .execute();
    const version = await trx
      .insertInto('key_message_versions')
      .values({ ...campaign, key_message_id: edl.id, version: 1, wordings: '{}', created_by: 'test', created_at: NOW })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('wording_requests')
      .values({ ...campaign, version_id: version.id, content_hash: hash, asked_by: 'test', asked_at: NOW })
      .execute();
    await trx
      .insertInto('glossary_terms')
      .values({ ...campaign, term: 't', created_at: NOW, updated_at: NOW })
      .execute();
  });
  await acrossOrganisations(t.db, async (trx) => {
    await trx
      .insertInto('declarations')
      .values({ ...campaign, relay_id: relayId, channel: 'site', published_on: '2026-11-20', declared_at: NOW })
      .execute();
    await trx
      .insertInto('proof_wordings')
      .columns(['proof_id', 'version_id', 'organisation_id', 'campaign_id'])
      .expression((eb) =>
        eb
          .selectFrom(['proofs as p', 'key_message_versions as v'])
          .select(['p.id', 'v.id as version', 'p.organisation_id', 'p.campaign_id'])
          .where('p.push_id', '=', push.id)
          .limit(1),
      )
      .execute();
    await trx
      .insertInto('sessions')
      .values({
        organisation_id,
        id_hash: hash,
        user_id: t.cast.alice.userId,
        created_at: NOW,
        last_seen_at: NOW,
        expires_at: NOW,
      })
      .execute();
    await trx
      .insertInto('page_counts')
      .values({ ...campaign, page: 'ressource:1', what: 'visite', class: 'inconnu', hour: NOW, n: 1 })
      .execute();
    await trx
      .insertInto('push_lapses')
      .values({ ...campaign, push_id: push.id, at: NOW })
      .execute();
    await trx
      .insertInto('delivery_events')
      .values({ ...campaign, push_id: push.id, delivery_id: 1, at: NOW, what: 'retour', actor: 'test' })
      .execute();
    await trx
      .insertInto('bounces')
      .values({
        organisation_id,
        key: hash,
        source: 'imap',
        class: 'hard',
        reason: 'r',
        confidence: 1,
        received_at: NOW,
      })
      .execute();
    await trx
      .insertInto('caught_mails')
      .values({
        organisation_id,
        received_at: NOW,
        mail_from: 'a',
        rcpt_to: 'b',
        subject: 's',
        message_id: 'm',
        raw: hash,
      })
      .execute();
    const hit = { ...campaign, push_id: push.id, link_id: 1, class: 'inconnu' };
    await trx
      .insertInto('hit_rollups')
      .values({ ...hit, hour: NOW, hits: 1 })
      .execute();
    await trx
      .insertInto('hit_days')
      .values({ ...hit, cell_id: 0, day: '2026-11-22', rule: 'aucune', rule_version: 2, hits: 1 })
      .execute();
    await trx
      .insertInto('reached_people')
      .values({
        ...campaign,
        push_id: push.id,
        measured: true,
        day: '2026-11-22',
        block: 0,
        people: '1'.padEnd(4096, '0'),
      })
      .execute();
    await trx
      .insertInto('hits')
      .values({ ...hit, journal: 'j', seq: 1, at: NOW, reason: 'r', rule_version: 1, features: '{}' })
      .execute();
  });
}
