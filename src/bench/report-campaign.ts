import type pg from 'pg';
import { toParisDay } from '../base/dates.ts';
import { saveBudget } from '../campaigns/budget-save.ts';
import { freezePush } from '../deliveries/freeze.ts';
import { declareFigure } from '../pages/declare-figure.ts';
import { saveWatchedPage } from '../pages/save-watched-page.ts';
import { saveRelay } from '../relays/save-relay.ts';
import { saveResource } from '../resources/save-resource.ts';
import { declareAction } from '../tracking/action-link.ts';
import {
  approvedPush,
  type CommandCtx,
  campaignOf,
  fillContacts,
  type Member,
  member,
  newsletter,
} from './campaign.ts';
import type { Scratch } from './scratch.ts';

const DAY = 86_400_000;
const RELAYS = 24;
const WEBINARS = 2;
const REGISTRANTS = 240;

/** `contacts`: in all, shared by three organisations; every letter goes to everybody. */
export type BusyCampaign = { contacts: number; pushes: number };

/**
 * A campaign as it stands when it is evaluated: three organisations, letters that left on different days (some messages were
 * refused, some came back), and beside them resources, relays, declared actions, money, webinars that were held, a page of
 * somebody else with its owner's export, visits.
 */
export async function busyCampaign(
  scratch: Scratch,
  { contacts, pushes }: BusyCampaign,
): Promise<{ lead: Member; owner: pg.Client }> {
  const lead = await member(scratch, 'opco');
  const members = [lead, await member(scratch, 'branche'), await member(scratch, 'federation')];
  const campaignId = await campaignOf(members);
  for (const [i, share] of [0.5, 0.3, 0.2].entries())
    await fillContacts(members[i]!, { from: i * contacts, rows: Math.max(30, Math.round(contacts * share)) });
  for (let n = 1; n <= pushes; n++)
    await freezePush(lead.ctx, await approvedPush(scratch.service, members, `lettre-${n}`, newsletter(1_000)));
  const owner = await scratch.owner(TABLES);
  await owner.query(SETTLED);
  await around(lead.ctx, campaignId);
  await owner.query(HELD, [WEBINARS]);
  await owner.query(REGISTERED, [REGISTRANTS]);
  for (const history of [CAME, OPENED, VISITED, EXPORTED, TAKEN_UP]) await owner.query(history);
  return { lead, owner };
}

async function around(ctx: CommandCtx, campaignId: number): Promise<void> {
  const now = ctx.now().getTime();
  const day = (before: number): string => toParisDay(new Date(now - before * DAY));
  for (let n = 1; n <= 6; n++)
    await saveResource(ctx, campaignId, {
      slug: `fiche-${n}`,
      title: `Fiche ${n}`,
      kind: 'fiches',
      url: `https://ressources.example/fiche-${n}`,
      formats: ['fiche', 'video'],
    });
  for (let n = 0; n < RELAYS; n++)
    await saveRelay(ctx, 'banc', {
      name: `Relais ${n}`,
      kind: n % 2 ? 'guichet' : 'chambre',
      territory: n % 3 ? '35' : '29',
      address: `relais-${n}@relais.example`,
    });
  const { slug: action } = await declareAction(ctx, 'banc', {
    kind: 'publicite',
    title: 'Annonces en ligne',
    startsAt: new Date(now - 60 * DAY),
    url: 'https://ailleurs.example/metier',
  });
  await saveBudget(ctx, 'banc', { action, planned: 4_000_000, committed: 3_990_000, paid: 3_990_000 });
  await saveWatchedPage(ctx, 'banc', {
    slug: 'page-d-ailleurs',
    name: 'Page d’un autre',
    url: 'https://ressources.example/fiche-1',
    owner: 'Un service public',
    baselineFrom: day(140),
    baselineTo: day(101),
    windowFrom: day(100),
    windowTo: day(1),
  });
  for (const value of [9_000, 12_000])
    await declareFigure(ctx, 'banc', 'page-d-ailleurs', {
      value,
      unit: 'visites',
      from: day(90),
      to: day(30),
      saidBy: 'Une agence',
      source: 'rapport',
    });
}

/** What the bench writes as its owner: history, which no verb would date back. */
const TABLES = [
  'campaigns',
  'organisations',
  'freezes',
  'deliveries',
  'tokens',
  'hits',
  'hit_rollups',
  'hit_days',
  'webinars',
  'webinar_acts',
  'registrations',
  'registration_origins',
  'attendances',
  'page_counts',
  'visit_counts',
  'watched_pages',
  'page_imports',
  'page_days',
  'relays',
  'relay_acts',
];

/** One letter every hundred hours, as their clicks are; of a hundred messages three are refused and two come back. */
const SETTLED = `
  with letters as (
    update freezes f set at = now() - make_interval(hours => 100 * l.after::int)
    from (select push_id, row_number() over (order by push_id desc) as after from freezes) l where l.push_id = f.push_id
    returning f.push_id, f.at
  )
  update deliveries d set handed_at = l.at, settled_at = l.at,
    state = case when d.id % 100 < 3 then 'failed' when d.id % 100 < 5 then 'bounced' else 'accepted' end
  from letters l where l.push_id = d.push_id and d.state = 'planned'`;

const HELD = `
  with held as (
    insert into webinars (organisation_id, campaign_id, slug, address, title, starts_at, ends_at, organisers, uid, changed_at,
      created_by, created_at, updated_at)
    select c.organisation_id, c.id, 'webinaire-' || n, 'banc-webinaire-' || n, 'Webinaire ' || n, h.at, h.at + interval '1 hour',
      array(select slug from organisations order by id), 'webinaire-' || n || '@banc.example', h.at, 'banc', h.at - interval '20 days', h.at
    from campaigns c, generate_series(1, $1) n, lateral (select now() - make_interval(days => 5 * n) as at) h
    returning id, organisation_id, campaign_id, ends_at
  )
  insert into webinar_acts (organisation_id, campaign_id, webinar_id, what, at, by)
  select organisation_id, campaign_id, id, 'tenu', ends_at, 'banc' from held`;

const REGISTERED = `
  with registered as (
    insert into registrations (organisation_id, campaign_id, webinar_id, public, level, region, place, registered_at, uid, sequence)
    select o.id, w.campaign_id, w.id, (array['entreprise', 'salarie', 'prescripteur'])[1 + n % 3],
      (array['institutionnel', 'operationnel', 'terrain'])[1 + n / 3 % 3], (array['53', '76', '28'])[1 + n / 9 % 3], 'inscrit',
      w.starts_at - make_interval(hours => n), w.id || '/' || n || '@banc.example', 0
    from webinars w, generate_series(1, $1) n
    join (select id, row_number() over (order by id) - 1 as place from organisations) o on o.place = n % 3
    returning webinar_id, organisation_id, campaign_id
  )
  insert into registration_origins (webinar_id, organisation_id, campaign_id, channel, n)
  select webinar_id, organisation_id, campaign_id, 'invitation', count(*) from registered group by 1, 2, 3`;

const CAME = `
  insert into attendances (registration_id, person, organisation_id, campaign_id, webinar_id, minutes, how, state)
  select id, 'personne ' || id, organisation_id, campaign_id, webinar_id, 10 + id % 50, 'adresse', 'sur'
  from registrations where id % 3 > 0`;

const OPENED = `
  insert into page_counts (organisation_id, campaign_id, page, what, class, hour, n)
  select c.organisation_id, c.id, p.page, 'visite', 'inconnu', date_trunc('hour', now()) - make_interval(hours => h), 1 + h % 7
  from campaigns c, generate_series(0, 700) h, (select 'ressource:' || id as page from resources
    union all select 'webinaire:' || id from webinars union all select 'campagne') p`;

const VISITED = `
  insert into visit_counts (organisation_id, campaign_id, site_id, page, channel, hour, visits, pages, robots)
  select c.organisation_id, c.id, 0, '/ressources', s.channel, date_trunc('hour', now()) - make_interval(hours => h), 3, 5, 1
  from campaigns c, generate_series(0, 700) h, unnest(array['lettre', 'relais', 'direct']) as s (channel)`;

const EXPORTED = `
  with brought as (
    insert into page_imports (organisation_id, campaign_id, page_id, file_name, file_hash, tool, report, imported_by, imported_at)
    select organisation_id, campaign_id, id, 'export.csv', '\\x00', 'matomo', '{}', 'banc', now() from watched_pages
    returning id, page_id, organisation_id, campaign_id
  )
  insert into page_days (page_id, organisation_id, campaign_id, import_id, day, measure, n)
  select page_id, organisation_id, campaign_id, id, current_date - d, 'visites', 100 + d from brought, generate_series(1, 140) d`;

const TAKEN_UP = `
  insert into relay_acts (organisation_id, campaign_id, relay_id, at, what)
  select organisation_id, campaign_id, id, now() - make_interval(days => d), (array['ouvert', 'copie', 'telecharge'])[1 + d % 3]
  from relays, generate_series(1, 12) d`;
