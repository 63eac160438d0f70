-- Figures that an evaluator can trust: why each click was classed, the pages of others, what was said of them, what is sealed.

-- ---------------------------------------------------------------- hits

-- The rule and its version stand in the totals too: a report says why without reading hits one by one, and stays as fast
-- with ten million of them. Rebuilt from the hits, which are all still kept.
alter table hit_rollups drop constraint hit_rollups_pkey,
  add rule text not null default 'aucune', add rule_version int not null default 1;
set local role :cross;
delete from hit_rollups where (push_id, cell_id, link_id) in (select push_id, coalesce(cell_id, 0), link_id from hits);
insert into hit_rollups (organisation_id, campaign_id, push_id, cell_id, link_id, hour, class, rule, rule_version, hits)
  select organisation_id, campaign_id, push_id, coalesce(cell_id, 0), link_id, at, class, reason, rule_version, count(*)
  from hits group by 1, 2, 3, 4, 5, 6, 7, 8, 9;
reset role;
alter table hit_rollups add primary key (push_id, cell_id, link_id, hour, class, rule, rule_version);

-- The same totals by day in Paris, moved by the same statements: a report reads a tenth of the rows, and does not slow down
-- with the hours that clicks are spread over.
create table hit_days (
  organisation_id bigint not null,
  campaign_id bigint not null,
  push_id bigint not null,
  cell_id bigint not null,             -- 0: of no group
  link_id bigint not null,
  day date not null,                   -- Europe/Paris
  class text not null,
  rule text not null,
  rule_version int not null,
  hits int not null,
  primary key (push_id, cell_id, link_id, day, class, rule, rule_version)
);
create index hit_days_campaign on hit_days (campaign_id, day);
alter table hit_days enable row level security;
alter table hit_days force row level security;
create policy across on hit_days to :cross using (true) with check (true);
grant select, insert, update, delete on hit_days to :cross;
set local role :cross;
insert into hit_days (organisation_id, campaign_id, push_id, cell_id, link_id, day, class, rule, rule_version, hits)
  select organisation_id, campaign_id, push_id, cell_id, link_id, (hour at time zone 'Europe/Paris')::date, class, rule,
    rule_version, sum(hits)
  from hit_rollups group by 1, 2, 3, 4, 5, 6, 7, 8, 9;
reset role;
-- Reclassification walks the hits of a campaign in this order; the purge, those of all by age, which is nearly how they lie.
drop index hits_campaign;
create index hits_campaign on hits (campaign_id, at, journal, seq);
create index hits_age on hits using brin (at);

-- A link that fewer than k people of some group receive leads them straight to its page: their clicks are not counted.
alter table links add partly_direct boolean not null default false;

-- Links of their own for those who agreed to be measured one by one (PRV-10). They are put in groups apart from the others:
-- among people with their own links, the last one who uses the group's would be known.
alter table campaigns drop constraint campaigns_link_mode_check,
  add constraint campaigns_link_mode_check check (link_mode in ('direct', 'cellule', 'individuel'));
alter table cells add individual boolean not null default false;
alter table hits add delivery_id bigint;   -- null: known by the group alone, or the agreement was taken back
create index hits_delivery on hits (delivery_id) where delivery_id is not null;

-- Without it a report's window seems to hold a hundred rows, and the addresses of a campaign are sorted to be counted.
create statistics deliveries_dated on (coalesce(handed_at, settled_at)) from deliveries;

-- Hits that were answered and could not be written (a full disk): a hole in the figures, which every report of those days says.
create table journal_gaps (
  journal text not null,               -- of which process, and
  number int not null,                 -- which of its holes
  started_at timestamptz not null,
  ended_at timestamptz not null,
  hits bigint not null,
  primary key (journal, number)
);
create index journal_gaps_ended on journal_gaps (ended_at);
grant select, insert, update on journal_gaps to :cross;

-- ---------------------------------------------------------------- visits, on our pages and on partners' sites

-- A partner's site that carries our script: told apart by a public key, never by a visitor.
create table measured_sites (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- whose site
  campaign_id bigint not null references campaigns,
  name text not null,
  origin text not null,                -- https://www.exemple.fr
  key text not null unique,            -- in the snippet
  created_by text not null,
  created_at timestamptz not null,
  stopped_at timestamptz
);

-- First hits of 30-minute sessions, by hour, page and where people came from: nothing about who (PRV-20).
create table visit_counts (
  organisation_id bigint not null,
  campaign_id bigint not null,
  site_id bigint not null,
  page text not null,                  -- its path, without parameters
  channel text not null,               -- 'lettre', 'relais', 'social', 'recherche', 'site', 'direct'
  relay_id bigint not null default 0,
  hour timestamptz not null,
  visits int not null,
  pages int not null,
  robots int not null,
  primary key (site_id, page, channel, relay_id, hour)
);
create index visit_counts_campaign on visit_counts (campaign_id, hour);

-- ---------------------------------------------------------------- pages that the partners do not own

create table watched_pages (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null references campaigns,
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null,
  url text not null,
  owner text not null,                 -- whose page: « France Travail »
  baseline_from date,                  -- before the campaign; without it no effect can be claimed
  baseline_to date,
  window_from date,                    -- when the campaign sent people there
  window_to date,
  created_by text not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  unique (campaign_id, slug),
  check (baseline_to >= baseline_from),
  check (window_to >= window_from)
);

-- What the owner's tool exported, day by day: the owner's figures, never added to ours.
create table page_imports (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null references campaigns,
  page_id bigint not null references watched_pages,
  file_name text not null,
  file_hash bytea not null,
  tool text not null,                  -- 'matomo', 'autre'
  report jsonb not null,               -- every line accounted for
  imported_by text not null,
  imported_at timestamptz not null,
  withdrawn_at timestamptz
);
create unique index page_imports_once on page_imports (page_id, file_hash) where withdrawn_at is null;
create table page_days (
  page_id bigint not null references watched_pages,
  organisation_id bigint not null,
  campaign_id bigint not null,
  import_id bigint not null references page_imports,
  day date not null,
  measure text not null check (measure in ('visites', 'pages_vues', 'visiteurs')),
  n bigint not null check (n >= 0),
  primary key (import_id, day, measure)
);

-- A figure that somebody stated: kept as said, with who, when, unit, window and file. Contradictions stay side by side.
create table page_statements (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- who wrote it down
  campaign_id bigint not null references campaigns,
  page_id bigint not null references watched_pages,
  value bigint not null check (value >= 0),
  at_least boolean not null default false,   -- « plus de 9 000 »
  unit text not null check (unit in ('visites', 'personnes', 'pages_vues', 'visiteurs', 'clics', 'impressions', 'autre')),
  window_from date,
  window_to date,                      -- null: as vague as it was said (window_said)
  window_said text not null default '',  -- « deux mois »
  said_by text not null,               -- who states it
  source text not null,                -- where: report, page, interview
  quote text not null default '',
  said_on date,
  file_name text,
  file_hash bytea,
  note text not null default '',
  declared_by text not null,
  declared_at timestamptz not null,
  withdrawn_at timestamptz,
  check (window_to >= window_from)
);

-- ---------------------------------------------------------------- what people say they do with it

-- Asked in a newsletter (of groups that share their links), or through whoever relays the message (of nobody in particular).
alter table survey_groups drop constraint survey_groups_audience_check,
  add constraint survey_groups_audience_check check (audience in ('presents', 'absents', 'tous', 'lettre', 'public'));

-- ---------------------------------------------------------------- other programs

-- A key reads what the role of whoever made it reads, for one organisation, until it ends; only its digest is kept.
create table api_keys (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  user_id bigint not null references users,
  label text not null,                 -- what it serves for
  hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_on date,                   -- a day, not a trace
  revoked_at timestamptz
);

-- ---------------------------------------------------------------- what is sealed, what is shared

-- The report of a closed period, as it was: whole figures with their passports, never changed.
create table report_seals (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- the lead
  campaign_id bigint not null references campaigns,
  period_from date not null,
  period_to date not null,
  rule_version int not null,
  report jsonb not null,
  sha256 bytea not null,
  sealed_by text not null,
  sealed_at timestamptz not null,
  unique (campaign_id, period_from, period_to),
  check (period_to >= period_from)
);

-- The address of a shared report is sealed from this row's id.
create table report_shares (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null references campaigns,
  label text not null,                 -- for whom
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);

do $$
declare t text;
begin
  foreach t in array array['report_shares', 'api_keys']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
  foreach t in array array['measured_sites', 'visit_counts', 'watched_pages', 'page_imports', 'page_days', 'page_statements', 'report_seals']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy shared on %I for select to :app using (campaign_id in (select my_campaigns()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
  foreach t in array array['measured_sites', 'watched_pages', 'page_imports', 'page_days', 'page_statements', 'report_seals', 'report_shares']
  loop
    execute format('create policy joined_insert on %I as restrictive for insert to :app
      with check (campaign_id is null or campaign_id in (select my_open_campaigns()))', t);
    execute format('create policy joined_update on %I as restrictive for update to :app
      using (true) with check (campaign_id is null or campaign_id in (select my_open_campaigns()))', t);
  end loop;
end $$;

create policy hung_insert on page_imports as restrictive for insert to :app
  with check (exists (select from watched_pages p where p.id = page_id and p.campaign_id = page_imports.campaign_id));
create policy hung_insert on page_statements as restrictive for insert to :app
  with check (exists (select from watched_pages p where p.id = page_id and p.campaign_id = page_statements.campaign_id));
create policy hung_insert on page_days as restrictive for insert to :app
  with check (exists (select from page_imports i where i.id = import_id and i.page_id = page_days.page_id
    and i.organisation_id = page_days.organisation_id));

grant select, insert, update on measured_sites, watched_pages to :app;
-- What was said, imported, shared or handed out is never rewritten: it ends.
grant select, insert on page_imports, page_statements, report_shares, api_keys to :app;
grant update (withdrawn_at) on page_imports, page_statements to :app;
grant update (revoked_at) on report_shares, api_keys to :app;
grant select, insert on page_days, report_seals to :app;
grant select on visit_counts to :app;
grant select on measured_sites, watched_pages, page_imports, page_days, page_statements, report_seals, report_shares to :cross;
grant select on api_keys to :cross;
grant update (last_used_on, revoked_at) on api_keys to :cross;
grant select, insert, update on visit_counts to :cross;

-- ---------------------------------------------------------------- for speed

-- What a report adds up of a campaign's ledger, kept while nothing of it moves: a report of two hundred thousand messages then
-- reads a few thousand sums. They count as long as no row says that something moved, which whatever moves it writes in its
-- own transaction: kept or counted again, a figure is the same. Rows that still leave are not watched, for they leave fast:
-- nothing is kept of a campaign that has any.
create table kept_sums (
  campaign_id bigint primary key,
  organisations bigint[] not null,     -- whose contacts are counted in it
  ledger json not null,                -- its sums, as a report reads them: one value instead of thousands of rows
  at timestamptz not null
);
create table moved_sums (campaign_id bigint not null);   -- rows are only added: nobody waits for anybody to say so

-- Who was reached, as bits: each address of a campaign has a place, whatever the letter, so that distinct addresses are counted
-- by laying rows over one another.
create table reached_people (
  campaign_id bigint not null,
  push_id bigint not null,
  organisation_id bigint not null,
  measured boolean not null,
  level text,
  cell_public text,
  contact_public text,
  day date not null,                   -- Europe/Paris
  block int not null,                  -- places 4096 × block and after
  people bit(4096) not null
);
create index reached_people_campaign on reached_people (campaign_id);

do $$
declare t text;
begin
  foreach t in array array['kept_sums', 'reached_people']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
end $$;
create policy own on kept_sums for select to :app using (organisations @> array[(select current_organisation())]);
grant select, insert, delete on kept_sums, moved_sums, reached_people to :cross;
grant select (campaign_id, organisations) on kept_sums to :app;
grant select, insert on moved_sums to :app;

-- Shared with all that moves; whoever adds up holds it alone (LOCKS.sums), so that nothing moves unseen meanwhile.
create function say_moved(moved bigint[]) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7306);
  insert into moved_sums select k.campaign_id from kept_sums k
    where k.campaign_id = any(moved) and not exists (select from moved_sums m where m.campaign_id = k.campaign_id);
end $$;

create function ledger_moved() returns trigger language plpgsql as $$
begin
  perform say_moved(array[case tg_op when 'INSERT' then new.campaign_id else old.campaign_id end]);
  return null;
end $$;
create trigger moved_by_list after insert on freezes for each row execute function ledger_moved();
create trigger moved_by_row after update on deliveries for each row
  when (old.state not in ('planned', 'handed')) execute function ledger_moved();
create trigger moved_by_end after delete on deliveries for each row execute function ledger_moved();

-- An organisation sees, of what is kept, where its own contacts count.
create function contact_moved() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7306);
  perform say_moved(array(select campaign_id from kept_sums where organisations @> array[old.organisation_id]));
  return null;
end $$;
create trigger moved_by_contact after update on contacts for each row
  when ((old.region, old.size_class, old.public, old.idcc) is distinct from (new.region, new.size_class, new.public, new.idcc))
  execute function contact_moved();
create trigger moved_by_absence after delete on contacts for each row execute function contact_moved();

-- The totals by day once more, without the links of a group and without the groups of a link: a fifth of the rows, and all
-- that a report reads. Whoever moves the totals by day moves these, in the same statement.
create table group_days (
  organisation_id bigint not null,
  campaign_id bigint not null,
  push_id bigint not null,
  cell_id bigint not null,
  day date not null,
  class text not null,
  rule text not null,
  hits int not null,
  primary key (push_id, cell_id, day, class, rule, organisation_id, campaign_id)
);
create index group_days_campaign on group_days (campaign_id, day);
create table link_days (
  organisation_id bigint not null,
  campaign_id bigint not null,
  push_id bigint not null,
  link_id bigint not null,
  day date not null,
  class text not null,
  rule text not null,
  hits int not null,
  primary key (push_id, link_id, day, class, rule, organisation_id, campaign_id)
);
create index link_days_campaign on link_days (campaign_id, day);
do $$
declare t text;
begin
  foreach t in array array['group_days', 'link_days']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
end $$;
grant select, insert, update on group_days, link_days to :cross;

-- What was goes, what is comes: `gone` and `come` are the rows of one statement.
create function days_moved() returns trigger language plpgsql as $$
declare moves text := case tg_op
    when 'INSERT' then 'select *, hits as n from come'
    when 'DELETE' then 'select *, -hits as n from gone'
    else 'select *, hits as n from come union all select *, -hits from gone' end;
begin
  execute format('
    with moves as (%s), groups as (
      insert into group_days as t (organisation_id, campaign_id, push_id, cell_id, day, class, rule, hits)
      select organisation_id, campaign_id, push_id, cell_id, day, class, rule, sum(n) from moves
      group by 1, 2, 3, 4, 5, 6, 7 having sum(n) <> 0
      on conflict (push_id, cell_id, day, class, rule, organisation_id, campaign_id) do update set hits = t.hits + excluded.hits
    )
    insert into link_days as t (organisation_id, campaign_id, push_id, link_id, day, class, rule, hits)
    select organisation_id, campaign_id, push_id, link_id, day, class, rule, sum(n) from moves
    group by 1, 2, 3, 4, 5, 6, 7 having sum(n) <> 0
    on conflict (push_id, link_id, day, class, rule, organisation_id, campaign_id) do update set hits = t.hits + excluded.hits', moves);
  return null;
end $$;
set local role :cross;
insert into group_days select organisation_id, campaign_id, push_id, cell_id, day, class, rule, sum(hits)
  from hit_days group by 1, 2, 3, 4, 5, 6, 7;
insert into link_days select organisation_id, campaign_id, push_id, link_id, day, class, rule, sum(hits)
  from hit_days group by 1, 2, 3, 4, 5, 6, 7;
reset role;
create trigger days_come after insert on hit_days referencing new table as come
  for each statement execute function days_moved();
create trigger days_go after delete on hit_days referencing old table as gone
  for each statement execute function days_moved();
create trigger days_change after update on hit_days referencing old table as gone new table as come
  for each statement execute function days_moved();
