import { type RawBuilder, sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { oneOfEach } from '../db/one-of-each.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush, makeCampaign, type MadePush } from '../support/factories.ts';

let t: TestDatabase; let push: MadePush; let own: {id:number};
beforeAll(async () => { t = await testDatabase(); push = await makeApprovedPush(t); await oneOfEach(t, push); 
  own = await makeCampaign(t, {}); });
const as = async (org: 'btp'|'etranger'|'opco', s: RawBuilder<unknown>) => withOrganisation(t.db, t.cast.organisations[org], async (trx) => { try { await s.execute(trx); return 'LET THROUGH'; } catch (e) { return (e as {code:string}).code + ' ' + (e as Error).message.slice(0,90); } }).catch((e: Error) => e.message);
test('explore', async () => {
  const btp = t.cast.organisations.btp; const c = push.campaignId;
  const max = async (table: string) => (await withOrganisation(t.db, t.cast.organisations.opco, (trx) => sql<{m:number}>`select max(id) as m from ${sql.id(table)}`.execute(trx))).rows[0]!.m;
  const relay = await max('relays'), res = await max('resources'), act = await max('actions'), ver = await max('key_message_versions'), dec = await max('decisions'), kit=await max('kits');
  console.log({relay,res,act,ver,dec,kit});
  const T: Record<string, RawBuilder<unknown>> = {
    link_source_relay: sql`insert into link_sources (organisation_id,campaign_id,kind,relay_id,created_at) values (${btp},${c},'affiche',${relay},now())`,
    link_source_action: sql`insert into link_sources (organisation_id,campaign_id,kind,action_id,created_at) values (${btp},${c},'action',${act},now())`,
    link_source_communique: sql`insert into link_sources (organisation_id,campaign_id,kind,push_id,created_at) values (${btp},${c},'communique',${push.id},now())`,
    relay_acts: sql`insert into relay_acts (organisation_id,campaign_id,relay_id,at,what) values (${btp},${c},${relay},now(),'ouvert')`,
    kits: sql`insert into kits (organisation_id,campaign_id,relay_id,created_at,created_by) values (${btp},${c},${relay},now(),'x')`,
    relays: sql`insert into relays (organisation_id,campaign_id,name,kind,scope,origin,created_at,created_by,updated_at,parent_id) values (${btp},${c},'x','autre','national','saisie',now(),'x',now(),${relay})`,
    kit_settings: sql`insert into kit_settings (organisation_id,campaign_id,updated_by,updated_at) values (${btp},${c},'x',now()) on conflict (campaign_id) do update set introduction='pirate'`,
    resource_files: sql`insert into resource_files (organisation_id,campaign_id,resource_id,format,title,url,created_by,created_at) values (${btp},${c},${res},'rapport','x','https://evil.example','x',now())`,
    action_results: sql`insert into action_results (organisation_id,campaign_id,action_id,value,unit,window_from,window_to,source,declared_by,declared_at) values (${btp},${c},${act},1,'visites','2026-01-01','2026-01-02','x','x',now())`,
    wording_requests: sql`insert into wording_requests (organisation_id,campaign_id,version_id,content_hash,asked_by,asked_at) values (${btp},${c},${ver},'\\x00','x',now())`,
    decisions: sql`insert into decisions (organisation_id,campaign_id,instance,held_on,subject,decision,created_by,created_at,supersedes_id) values (${btp},null,'copil','2026-01-01','x','x','x',now(),${dec})`,
    budgets: sql`insert into budgets (organisation_id,campaign_id,push_id,updated_by,updated_at) values (${btp},${c},${push.id},'x',now())`,
    solicitation_mails: sql`insert into solicitation_mails (organisation_id,campaign_id,address_hash,at) values (${btp},${c},'\\x00',now())`,
    approval_invitations: sql`insert into approval_invitations (organisation_id,user_id,path,code_hash,created_at,expires_at) values (${btp},${t.cast.alice.userId},'/','\\x00',now(),now()+interval '1 day')`,
    audit: sql`insert into audit_log (organisation_id,at,actor,action,subject,detail) values (${btp},now(),'clock','push.remind',${'push:'+push.id},'{}')`,
    push_lapses: sql`insert into push_lapses values (${push.id},${btp},${c},now())`,
    withdrawals_lead: sql`insert into withdrawals values (${c},${t.cast.organisations.opco},now(),'x','x',now())`,
  };
  for (const [n,s] of Object.entries(T)) console.log(n.padEnd(24), 'btp:', await as('btp', s));
  for (const [n,s] of Object.entries(T)) { const q = s; console.log(n.padEnd(24), 'etranger:', await as('etranger', q)); }
  console.log(await as('opco', sql`delete from push_lapses`));
  expect(1).toBe(1);
});
