-- One campaign, several organisations: plan and money, wording, inventory and files, lighter approvals, relays and their
-- kits, the memory of it all.

-- ---------------------------------------------------------------- searching in French

-- Without accents on both sides, so that « evaluation » finds « évaluations »; no extension is needed, and both stay
-- immutable, as an index asks.
-- Quotation marks, dashes and the blanks that French puts around them become blanks: where the database knows only ASCII,
-- they would be letters of the word they touch.
create function fold_fr(words text) returns text
  language sql immutable parallel safe strict
  return replace(replace(translate(lower(words),
    'àâäáãéèêëíîïìóôöòõúûüùçñÿ’«»“”„‹›–—…·•' || chr(160) || chr(8239) || chr(8201),
    'aaaaaeeeeiiiiooooouuuucny''' || repeat(' ', 15)), 'œ', 'oe'), 'æ', 'ae');
-- Words as they are and in the singular: the dictionary takes « retraits », « envois », « enjeux » for other words than theirs,
-- and what one spelling alone would find is never lost.
create function each_number_fr(words text) returns text
  language sql immutable parallel safe strict
  return regexp_replace(words, '\m(?!(?:dans|mais|nous|vous|suis|sommes|avons)\M)([a-z]{3,})[sx]\M', '\1', 'g');
create function fr_vector(words text) returns tsvector
  language sql immutable parallel safe strict
  return to_tsvector('pg_catalog.french', fold_fr(words))
    || to_tsvector('pg_catalog.french', each_number_fr(fold_fr(words)));
create function fr_query(words text) returns tsquery
  language sql immutable parallel safe strict
  return websearch_to_tsquery('pg_catalog.french', fold_fr(words))
    || websearch_to_tsquery('pg_catalog.french', each_number_fr(fold_fr(words)));

-- ---------------------------------------------------------------- who takes part

-- A partner leaves: one act, with its date and its reason. What is sent, asked and shown derives from it.
create table withdrawals (
  campaign_id bigint not null references campaigns,
  organisation_id bigint not null references organisations,   -- who leaves
  effective_at timestamptz not null,
  reason text not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (campaign_id, organisation_id)
);

-- A signatory that had not answered at the deadline, where silence means leaving without it. Its contacts are not written to.
create table push_lapses (
  push_id bigint not null references pushes,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null,
  at timestamptz not null,
  primary key (push_id, organisation_id)
);

create function is_withdrawn(campaign bigint, organisation bigint) returns boolean
  language sql stable as $$
    select exists (select 1 from withdrawals w where w.campaign_id = campaign and w.organisation_id = organisation
      and w.effective_at <= now()) $$;

-- The signatories of a push that still count: not withdrawn from the campaign, not passed over at the deadline.
create function present_signatories(push bigint) returns setof bigint
  language sql stable as $$
    select s.organisation_id from push_signatories s
    where s.push_id = push
      and not is_withdrawn(s.campaign_id, s.organisation_id)
      and not exists (select 1 from push_lapses l where l.push_id = push and l.organisation_id = s.organisation_id) $$;

create or replace function missing_approvals(push bigint) returns setof bigint
  language sql stable as $$
    select s.organisation_id
    from present_signatories(push) s (organisation_id)
    join pushes p on p.id = push
    left join proof_hashes h on h.proof_id = p.current_proof_id and h.organisation_id = s.organisation_id
    where not coalesce((select a.decision = 'valide' from approvals a
        where a.subject = 'push:' || push and a.organisation_id = s.organisation_id and a.content_hash = h.content_hash
        order by a.id desc limit 1), false) $$;

create or replace function may_leave(push bigint) returns boolean
  language sql stable as $$
    select exists (select 1 from pushes p where p.id = push and p.current_proof_id is not null
        and p.paused_at is null and p.cancelled_at is null)
      and exists (select 1 from present_signatories(push))
      and not exists (select 1 from missing_approvals(push)) $$;

-- One more reason: the organisation has left the campaign.
create or replace function refusal_reason(organisation bigint, campaign bigint, hash bytea) returns text
  language sql stable as $$
    select coalesce(
      (select s.reason from suppressions s where s.address_hash = hash
        and (s.scope = 'instance' or (s.scope = 'organisation' and s.organisation_id = organisation)
          or (s.scope = 'campagne' and s.campaign_id = campaign))
        order by s.id limit 1),
      -- Consent is recorded or it is "no": a campaign that needs it writes to nobody without (PRV-04, PRV-30).
      (select 'opposition' where coalesce((select c.value from consents c
        where c.organisation_id = organisation and c.address_hash = hash and c.purpose = 'message'
        order by c.id desc limit 1),
        (select 'refused' from campaigns k where k.id = campaign and k.nature = 'prospection_b2c')) = 'refused'),
      (select 'retrait' where is_withdrawn(campaign, organisation))) $$;

-- ---------------------------------------------------------------- plan and money

alter table organisations add website text;   -- where the resources of its partners are pointed to
grant update (website) on organisations to :app;

-- What is done beside the pushes we send: an advertisement, a page, an event, the press, appointments.
create table actions (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- who declares it
  campaign_id bigint not null references campaigns,
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  kind text not null check (kind in ('publicite', 'site', 'evenement', 'presse', 'rendez_vous', 'social', 'affiche', 'autre')),
  title text not null,
  description text not null default '',
  phase text not null check (phase in ('amont', 'pendant', 'apres')),
  levels text[] not null default '{}',  -- empty: all
  starts_at timestamptz not null,
  ends_at timestamptz,
  place text not null default '',
  url text,                            -- where its tracked link leads; null: it has none
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  cancelled_at timestamptz,
  unique (campaign_id, slug)
);

-- What somebody says an action brought: kept as said, with unit, window and source; corrected by another statement.
create table action_results (
  id bigint generated always as identity primary key,
  action_id bigint not null references actions,
  organisation_id bigint not null,     -- who declares it
  campaign_id bigint not null,
  value bigint not null check (value >= 0),
  unit text not null check (unit in ('visites', 'personnes', 'impressions', 'clics', 'contacts', 'rendez_vous', 'participants', 'articles', 'autre')),
  window_from date not null,
  window_to date not null,
  source text not null,                -- « rapport de l’agence », « comptage à l’entrée »
  note text not null default '',
  declared_by text not null,
  declared_at timestamptz not null,
  check (window_to >= window_from)
);

-- prévu, engagé, payé: in euro cents, by who pays, for a push, an action, or the campaign as a whole.
create table budgets (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null references campaigns,
  push_id bigint references pushes,
  action_id bigint references actions,
  planned bigint not null default 0 check (planned >= 0),
  committed bigint not null default 0 check (committed >= 0),
  paid bigint not null default 0 check (paid >= 0),
  note text not null default '',
  updated_by text not null,
  updated_at timestamptz not null,
  check (push_id is null or action_id is null),
  unique nulls not distinct (campaign_id, organisation_id, push_id, action_id)
);

-- Temps forts of the sector: where the campaign may be shown, and which resources to bring.
create table sector_events (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- who spotted it
  campaign_id bigint not null references campaigns,
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  title text not null,
  place text not null default '',
  url text,
  starts_on date not null,
  ends_on date not null,
  note text not null default '',
  resources text[] not null default '{}',   -- slugs of the inventory
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  cancelled_at timestamptz,
  check (ends_on >= starts_on),
  unique (campaign_id, slug)
);

-- The address of a plan's calendar feed is a secret, sealed from this row's id: revoked with it.
create table calendar_feeds (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- who reads
  campaign_id bigint not null references campaigns,
  created_by text not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);

-- ---------------------------------------------------------------- wording

alter table key_message_versions
  add valid_from date,
  add valid_to date,
  add note text not null default '';   -- why it changed

-- Somebody asks the partners to approve a version (approvals.subject = 'edl:' || id, on this hash).
create table wording_requests (
  version_id bigint primary key references key_message_versions,
  organisation_id bigint not null,
  campaign_id bigint not null,
  content_hash bytea not null,
  asked_by text not null,
  asked_by_user_id bigint,
  asked_at timestamptz not null
);

-- Whose yes a version still lacks: every signatory of the campaign that has not left it.
create function missing_wording_approvals(version bigint) returns setof bigint
  language sql stable as $$
    select p.organisation_id
    from wording_requests r
    join campaign_partners p on p.campaign_id = r.campaign_id and p.role in ('pilote', 'signataire')
      and not is_withdrawn(r.campaign_id, p.organisation_id)
    where r.version_id = version
      and not coalesce((select a.decision = 'valide' from approvals a
        where a.subject = 'edl:' || version and a.organisation_id = p.organisation_id and a.content_hash = r.content_hash
        order by a.id desc limit 1), false) $$;
create function wording_is_validated(version bigint) returns boolean
  language sql stable as $$
    select exists (select 1 from wording_requests r where r.version_id = version)
      and not exists (select 1 from missing_wording_approvals(version)) $$;

-- Which versions a submitted message says.
create table proof_wordings (
  proof_id bigint not null references proofs,
  version_id bigint not null references key_message_versions,
  organisation_id bigint not null,     -- the lead
  campaign_id bigint not null,
  primary key (proof_id, version_id)
);
create index proof_wordings_version on proof_wordings (version_id);

-- The words of the campaign: what we say, what we do not say, and what it means.
create table glossary_terms (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- the lead
  campaign_id bigint not null references campaigns,
  term text not null,
  definition text not null default '',
  avoid text[] not null default '{}',  -- what people write instead
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (campaign_id, term)
);

-- ---------------------------------------------------------------- inventory

alter table resources
  add axis text not null default '',   -- axis or action of the programme
  add level_uses jsonb not null default '{}',   -- target use per level
  add contact text not null default '',   -- who answers questions about it
  add published_on date,
  add review_on date,                  -- to be read again by then
  add reminded_at timestamptz,         -- its owner was told
  add listed boolean not null default true,   -- shown in the public space once it can be read
  add related text[] not null default '{}',   -- slugs: see also
  add retired_on date;                 -- out of date: kept, and said so
alter table resources add search tsvector generated always as
  (fr_vector(title || ' ' || summary || ' ' || carried_by || ' ' || axis)) stored;
create index resources_search on resources using gin (search);

-- One format of a resource: a file of ours under DATA_DIR, or an address.
create table resource_files (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null references campaigns,
  resource_id bigint not null references resources,
  format text not null,
  title text not null,
  url text,                            -- null: a file of ours
  name text check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]{2,5}$'),
  type text,
  size bigint check (size >= 0),
  sha256 bytea,                        -- names it on disk: two files of one content are one
  created_by text not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  check ((url is null) = (sha256 is not null))
);
create index resource_files_resource on resource_files (resource_id);

-- ---------------------------------------------------------------- approvals

alter table pushes
  -- It may leave at any moment between the two; a shift inside asks nobody again.
  add window_from timestamptz,
  add window_to timestamptz,
  add answer_by timestamptz,           -- when the signatories must have answered
  add silence text not null default 'rien_ne_part' check (silence in ('rien_ne_part', 'sans_elle')),
  add silence_told_at timestamptz,     -- everybody was told what silence did
  add check (window_to > window_from);

alter table approvals add remarks jsonb not null default '[]';   -- [{block, text}]

-- The mail to a valideur: a link and a code that opens a session once, for that organisation.
create table approval_invitations (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  user_id bigint not null references users,
  path text not null,                  -- the page it leads to, on this site
  code_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  attempts int not null default 0,
  used_at timestamptz
);

-- ---------------------------------------------------------------- links that are not a newsletter's

-- Who or what hands a link on: a relay, an action, a poster. Its links have tokens of their own, and no cell.
create table link_sources (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- the lead, or who declared the action
  campaign_id bigint not null references campaigns,
  kind text not null check (kind in ('relais', 'affiche', 'carte', 'social', 'action', 'communique')),
  relay_id bigint,
  action_id bigint,
  push_id bigint,
  created_at timestamptz not null,
  unique nulls not distinct (campaign_id, kind, relay_id, action_id, push_id)
);
alter table links
  alter push_id drop not null,
  add source_id bigint references link_sources,
  add check (push_id is not null or source_id is not null),
  add unique (source_id, url);
-- tokens, hits and totals of such a link carry push_id 0: totals are told apart by link.
create unique index tokens_source on tokens (link_id) where cell_id is null;

-- How often a public page was opened, a file downloaded, a text copied: by hour, nothing about who (PRV-20).
create table page_counts (
  organisation_id bigint not null,     -- whose page it is; 0: the whole service's
  campaign_id bigint not null default 0,
  page text not null,                  -- 'ressources', 'ressource:12', 'fichier:9', 'kit:5', 'communique:3'
  what text not null check (what in ('visite', 'telechargement', 'copie')),
  class text not null check (class in ('scanner', 'inconnu')),
  hour timestamptz not null,
  n int not null,
  primary key (page, what, class, hour, organisation_id, campaign_id)
);
create index page_counts_campaign on page_counts (campaign_id, hour);

-- ---------------------------------------------------------------- relays

create table relays (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- the lead of the campaign
  campaign_id bigint not null references campaigns,
  parent_id bigint references relays,
  name text not null,
  kind text not null check (kind in ('instance', 'federation', 'opco', 'service_etat', 'carif_oref', 'chambre', 'collectivite',
    'organisme_formation', 'conseiller', 'guichet', 'entreprise', 'autre')),
  scope text not null check (scope in ('national', 'regional', 'local')),
  region text,                         -- code, as contacts
  departement text,
  contact_name text not null default '',
  address text,                        -- e-mail of the person who relays; null: unknown
  address_hash bytea,
  member_id bigint references organisations,   -- it has become an organisation of its own here
  origin text not null check (origin in ('formulaire', 'import', 'saisie', 'campagne')),
  note text not null default '',
  created_at timestamptz not null,
  created_by text not null,
  confirmed_at timestamptz,            -- null: asked by the public form, to be confirmed by the lead
  confirmed_by text,
  declined_at timestamptz,
  stopped_at timestamptz,              -- relays no longer
  updated_at timestamptz not null,
  check (parent_id <> id)
);
create unique index relays_address on relays (campaign_id, address_hash) where declined_at is null and stopped_at is null;
create index relays_parent on relays (parent_id);

-- The secret address of a kit is sealed from this row's id: revoking or renewing is a matter of rows.
create table kits (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null references campaigns,
  relay_id bigint not null references relays,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz
);
create index kits_relay on kits (relay_id);

-- What all the kits of a campaign contain.
create table kit_settings (
  campaign_id bigint primary key references campaigns,
  organisation_id bigint not null references organisations,
  opened_at timestamptz,               -- « Obtenir notre kit » is open to the public since
  introduction text not null default '',
  poster_title text not null default '',
  poster_text text not null default '',
  destination text,                    -- where the relay's links lead first; null: the public space of the campaign
  key_messages text[],                 -- slugs; null: every validated one
  resources text[],                    -- slugs; null: every one that can be read
  visuals text[] not null default '{}',   -- names of the campaign's images
  extract_push_id bigint references pushes,
  updated_by text not null,
  updated_at timestamptz not null
);

-- What a relay did: invited, opened, copied, downloaded, reminded. Shown by name to the lead and to itself only.
create table relay_acts (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,     -- the lead
  campaign_id bigint not null,
  relay_id bigint not null,
  at timestamptz not null,
  what text not null check (what in ('invite', 'ouvert', 'copie', 'telecharge', 'rappel')),
  detail text not null default ''      -- 'edl:metiers:post', 'affiche:a4'
);
create index relay_acts_relay on relay_acts (relay_id, id);
create index relay_acts_campaign on relay_acts (campaign_id, what);

-- « J’ai publié »: declared, shown apart from what is measured.
create table declarations (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,     -- the lead
  campaign_id bigint not null,
  relay_id bigint not null references relays,
  channel text not null check (channel in ('social', 'lettre', 'site', 'affichage', 'rendez_vous', 'reunion', 'presse', 'autre')),
  audience int check (audience >= 0),
  published_on date not null,
  url text,
  picture bytea,
  picture_type text check (picture_type in ('image/png', 'image/jpeg', 'image/webp')),
  note text not null default '',
  declared_at timestamptz not null,
  withdrawn_at timestamptz
);
create index declarations_relay on declarations (relay_id);

-- Mail that solicits and is not in the ledger: invitations and reminders to relays. Counted like the others.
create table solicitation_mails (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,
  campaign_id bigint not null,
  address_hash bytea not null,
  company_hash bytea,
  at timestamptz not null
);
create index solicitation_mails_at on solicitation_mails (at);

-- ---------------------------------------------------------------- memory

create index audit_log_organisation on audit_log (organisation_id, id);

create table decisions (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- who wrote it down
  campaign_id bigint references campaigns,   -- null: the organisation's own memory
  push_id bigint references pushes,
  instance text not null check (instance in ('copil', 'cotech', 'gt', 'autre')),
  held_on date not null,
  subject text not null,
  participants jsonb not null default '[]',   -- [{organisation, people}]
  options text not null default '',
  decision text not null,              -- empty until it is taken: pending
  why text not null default '',
  due_on date,                         -- of what it asks for
  supersedes_id bigint references decisions,
  created_by text not null,
  created_at timestamptz not null,
  search tsvector generated always as (fr_vector(subject || ' ' || options || ' ' || decision || ' ' || why)) stored,
  unique (supersedes_id),
  check (supersedes_id < id)
);
create index decisions_search on decisions using gin (search);
create index decisions_campaign on decisions (campaign_id, held_on);

create table watch_notes (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint references campaigns,
  push_id bigint references pushes,
  noted_on date not null,
  title text not null,
  body text not null,
  source_name text not null default '',
  source_url text,
  resources text[] not null default '{}',   -- slugs that it makes worth reading again
  created_by text not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  search tsvector generated always as (fr_vector(title || ' ' || body || ' ' || source_name)) stored
);
create index watch_notes_search on watch_notes using gin (search);

-- ---------------------------------------------------------------- who sees what

-- Who has left reads what was, and writes nothing more.
create function my_open_campaigns() returns setof bigint
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select p.campaign_id from public.campaign_partners p
    where p.organisation_id = public.current_organisation()
      and not exists (select 1 from public.withdrawals w where w.campaign_id = p.campaign_id
        and w.organisation_id = p.organisation_id and w.effective_at <= now()) $$;
-- The campaigns it has left, and when: what was made since is not its own to read.
create function my_left_campaigns() returns setof bigint
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select w.campaign_id from public.withdrawals w
    where w.organisation_id = public.current_organisation() and w.effective_at <= now() $$;
create function left_at(campaign bigint) returns timestamptz
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select w.effective_at from public.withdrawals w
    where w.campaign_id = campaign and w.organisation_id = public.current_organisation() and w.effective_at <= now() $$;
grant create on schema public to :cross;
alter function my_open_campaigns() owner to :cross;
alter function my_left_campaigns() owner to :cross;
alter function left_at(bigint) owner to :cross;
revoke create on schema public from :cross;
revoke all on function my_open_campaigns(), my_left_campaigns(), left_at(bigint) from public;
grant execute on function my_open_campaigns(), my_left_campaigns(), left_at(bigint) to :app;

do $$
declare t text;
begin
  foreach t in array array['approval_invitations', 'calendar_feeds', 'relays', 'kits', 'relay_acts', 'declarations',
    'solicitation_mails', 'link_sources']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
  foreach t in array array['withdrawals', 'push_lapses', 'actions', 'action_results', 'budgets', 'sector_events',
    'wording_requests', 'proof_wordings', 'glossary_terms', 'resource_files', 'page_counts', 'kit_settings',
    'decisions', 'watch_notes']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy shared on %I for select to :app using (campaign_id in (select my_campaigns()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
  -- Nobody writes in a campaign of others, nor in one it has left. (A row of no campaign is the organisation's own.)
  foreach t in array array['campaign_targets', 'audiences', 'resources', 'key_messages', 'key_message_versions', 'pushes',
    'approvals', 'files', 'suppressions', 'declared_solicitations']
  loop
    execute format('drop policy joined_insert on %I', t);
    execute format('drop policy joined_update on %I', t);
  end loop;
  foreach t in array array['campaign_targets', 'audiences', 'resources', 'key_messages', 'key_message_versions', 'pushes',
    'approvals', 'files', 'suppressions', 'declared_solicitations', 'actions', 'action_results', 'budgets', 'sector_events',
    'wording_requests', 'glossary_terms', 'resource_files', 'link_sources', 'kit_settings', 'decisions', 'watch_notes',
    'relays', 'kits', 'relay_acts', 'solicitation_mails', 'calendar_feeds']
  loop
    execute format('create policy joined_insert on %I as restrictive for insert to :app
      with check (campaign_id is null or campaign_id in (select my_open_campaigns()))', t);
    execute format('create policy joined_update on %I as restrictive for update to :app
      using (true) with check (campaign_id is null or campaign_id in (select my_open_campaigns()))', t);
  end loop;
end $$;

do $$
declare t text;
begin
  foreach t in array array['pushes', 'proofs', 'actions', 'sector_events', 'resources', 'key_message_versions', 'decisions', 'watch_notes']
  loop
    execute format('create policy before_leaving on %I as restrictive for select to :app
      using (campaign_id is null or campaign_id not in (select my_left_campaigns()) or created_at <= left_at(campaign_id)
        or organisation_id = (select current_organisation()))', t);
  end loop;
end $$;

-- What one relay brings is for the lead and the relay: of the links handed on otherwise than by a message, a partner is
-- told the totals that a read works out for it.
drop policy shared on links;
create policy shared on links for select to :app using (source_id is null and campaign_id in (select my_campaigns()));
drop policy shared on hit_rollups;
create policy shared on hit_rollups for select to :app using (push_id <> 0 and campaign_id in (select my_campaigns()));
drop policy shared on tokens;
drop policy shared on hits;

-- The lead may write down that a partner leaves; the partner itself may too.
create policy lead on withdrawals for insert to :app
  with check (campaign_id in (select id from campaigns where organisation_id = (select current_organisation())));
create policy joined_insert on withdrawals as restrictive for insert to :app
  with check (campaign_id in (select my_open_campaigns()));

-- A foreign key looks under every row, whoever reads it: what a new row hangs on is something its organisation sees, of
-- the same campaign; relays and kits are the lead's.
-- (A policy that reads its own table in words of its own is refused as circular: a function reads it.)
create function is_relay_of(relay bigint, campaign bigint) returns boolean
  language sql stable as $$ select exists (select 1 from relays r where r.id = relay and r.campaign_id = campaign) $$;
create function is_decision_of(one bigint, campaign bigint) returns boolean
  language sql stable as $$
    select exists (select 1 from decisions d where d.id = one and d.campaign_id is not distinct from campaign) $$;
create policy lead_insert on relays as restrictive for insert to :app
  with check (campaign_id in (select id from campaigns where organisation_id = (select current_organisation()))
    and (parent_id is null or is_relay_of(parent_id, campaign_id)));
create policy lead_insert on kit_settings as restrictive for insert to :app
  with check (campaign_id in (select id from campaigns where organisation_id = (select current_organisation())));
create policy hung_insert on kits as restrictive for insert to :app
  with check (is_relay_of(relay_id, campaign_id));
create policy hung_insert on relay_acts as restrictive for insert to :app
  with check (is_relay_of(relay_id, campaign_id));
create policy hung_insert on link_sources as restrictive for insert to :app
  with check ((relay_id is null or is_relay_of(relay_id, campaign_id))
    and (action_id is null or exists (select from actions a where a.id = action_id and a.campaign_id = link_sources.campaign_id
      and a.organisation_id = link_sources.organisation_id))
    and (push_id is null or exists (select from pushes p where p.id = push_id and p.campaign_id = link_sources.campaign_id
      and p.organisation_id = link_sources.organisation_id)));
create policy hung_insert on resource_files as restrictive for insert to :app
  with check (exists (select from resources r where r.id = resource_id and r.campaign_id = resource_files.campaign_id
    and r.organisation_id = resource_files.organisation_id));
create policy hung_insert on action_results as restrictive for insert to :app
  with check (exists (select from actions a where a.id = action_id and a.campaign_id = action_results.campaign_id));
create policy hung_insert on wording_requests as restrictive for insert to :app
  with check (exists (select from key_message_versions v where v.id = version_id and v.campaign_id = wording_requests.campaign_id));
create policy hung_insert on budgets as restrictive for insert to :app
  with check ((push_id is null or exists (select from pushes p where p.id = push_id and p.campaign_id = budgets.campaign_id))
    and (action_id is null or exists (select from actions a where a.id = action_id and a.campaign_id = budgets.campaign_id)));
create policy hung_insert on decisions as restrictive for insert to :app
  with check ((push_id is null or exists (select from pushes p where p.id = push_id and p.campaign_id = decisions.campaign_id))
    and (supersedes_id is null or is_decision_of(supersedes_id, campaign_id)));

-- A withdrawal is for good and no signatory leaves twice: records are inserted, never changed.
grant select, insert on approval_invitations, withdrawals, action_results, wording_requests, decisions, relay_acts, solicitation_mails to :app;
grant select, insert, update on actions, sector_events, calendar_feeds, resource_files, link_sources, watch_notes, relays, kits,
  kit_settings to :app;
grant select, insert, update, delete on budgets, glossary_terms to :app;
grant select on push_lapses, proof_wordings, page_counts, declarations to :app;
grant update on declarations to :app;
grant select on withdrawals, actions, action_results, budgets, sector_events, wording_requests, glossary_terms, decisions,
  watch_notes to :cross;
grant select, update on calendar_feeds, resources, resource_files, kit_settings to :cross;
grant delete on push_lapses to :cross;   -- submitted again, it is asked like the others
grant select, insert on push_lapses, proof_wordings, relay_acts, solicitation_mails to :cross;
grant select, insert, update on link_sources, page_counts, relays, kits, declarations, approval_invitations to :cross;
