-- The house: who owns what, and what each of the two database roles may see.
--
-- :app   one organisation at a time; every tenant table shows it only rows whose organisation_id is the one set
--        for the transaction (design: row-level security, SEC-20..23).
-- :cross freeze, drain, clock, token lookup, sign-in, joint figures: its own policies and only the grants listed here.
-- Both own nothing and cannot log in; the login that runs the service may SET ROLE to them, and inherits neither.
-- FORCE makes the policies bind the owner too, who has none: a bare query of the owner sees no tenant row at all.

create function current_organisation() returns bigint
  language sql stable parallel safe
  -- After a transaction the setting is '' and not NULL: nullif, or the cast raises.
  return nullif(current_setting('app.organisation_id', true), '')::bigint;

-- ---------------------------------------------------------------- memory, outbox

create table audit_log (
  id bigint generated always as identity primary key,
  organisation_id bigint,
  at timestamptz not null,
  actor text not null,                 -- 'user:12', 'command', 'clock'
  user_id bigint,
  action text not null,                -- 'contacts.import', 'push.submit'
  subject text not null,               -- 'push:42'
  detail jsonb not null default '{}'
);
create index audit_log_subject on audit_log (subject, id);

create table outbox (
  id bigint generated always as identity primary key,
  organisation_id bigint,
  kind text not null,                  -- 'sign-in-code', 'approval-request', 'test-send'
  to_address text not null,
  message jsonb not null,              -- {from, subject, text, html, headers}
  created_at timestamptz not null,
  next_at timestamptz not null,
  attempts int not null default 0,
  handed_at timestamptz,
  sent_at timestamptz,
  failed_at timestamptz,
  last_error text
);
create index outbox_due on outbox (next_at) where sent_at is null and failed_at is null;

-- ---------------------------------------------------------------- organisations

create table organisations (
  id bigint generated always as identity primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null,
  kind text not null,                  -- 'opco', 'federation', 'etat', 'partenaire'
  sender_name text not null,
  sender_address text not null,
  reply_to text,
  postal_address text not null default '',
  privacy_contact text not null default '',
  colour text not null default '#1a2330',
  accent text not null default '#c2410c',
  demo boolean not null default false,
  created_at timestamptz not null
);

create table users (
  id bigint generated always as identity primary key,
  address text not null unique,
  name text not null,
  password_hash text,
  created_at timestamptz not null,
  disabled_at timestamptz
);

create table memberships (
  organisation_id bigint not null references organisations,
  user_id bigint not null references users,
  role text not null check (role in ('administrateur', 'communicant', 'valideur', 'relais', 'evaluateur')),
  created_at timestamptz not null,
  primary key (organisation_id, user_id, role)
);

create table sessions (
  id_hash bytea primary key,
  user_id bigint not null references users,
  organisation_id bigint not null references organisations,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);

create table sign_in_codes (
  id bigint generated always as identity primary key,
  challenge_hash bytea not null unique,   -- of the secret kept in the browser that asked
  user_id bigint references users,        -- null: nobody has that address; the page answers the same
  code_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  attempts int not null default 0,
  used_at timestamptz
);

-- Failed sign-ins by account and by network, to slow guessing without locking anyone out for good.
create table sign_in_failures (
  subject_hash bytea not null,
  at timestamptz not null
);
create index sign_in_failures_recent on sign_in_failures (subject_hash, at);

-- ---------------------------------------------------------------- contacts

-- No foreign key on the bulk tables (contacts, deliveries): the policy already pins organisation_id to a real
-- organisation, organisations are never deleted, and the check trigger costs more than the insert itself.
create table contacts (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,
  address text not null,
  address_hash bytea not null,         -- HMAC-SHA-256 of the normalised address, key outside the database (PRV-40)
  civility text,
  first_name text,
  last_name text,
  company text,
  siret text,
  naf_code text,
  naf_nomenclature text,
  idcc text,
  headcount int,
  size_class text not null default 'inconnu',   -- '<11', '11-49', '50-249', '250+', 'inconnu' (FR-40)
  postal_code text,
  departement text,
  region text,
  job text,
  level text not null check (level in ('institutionnel', 'operationnel', 'terrain')),
  public text not null default 'inconnu',
  address_kind text not null,          -- 'nominative_pro', 'generique_pro', 'personnelle' (PRV-31)
  tags text[] not null default '{}',
  note text,
  source text not null,
  collected_on date,
  notice_sent_at timestamptz,          -- first message carries the art. 14 block (PRV-33)
  last_contact_at timestamptz,
  content_hash bytea not null,         -- of every imported field: the same file twice changes nothing
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index contacts_address on contacts (organisation_id, address_hash);

create table consents (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,
  address_hash bytea not null,
  purpose text not null check (purpose in ('message', 'mesure_clic', 'mesure_ouverture')),
  value text not null check (value in ('granted', 'refused')),   -- unknown writes no row, and means refused (PRV-04)
  wording text,
  source text not null,
  actor text not null,
  at timestamptz not null
);
create index consents_current on consents (organisation_id, address_hash, purpose, id desc);

create table suppressions (
  id bigint generated always as identity primary key,
  organisation_id bigint,              -- null: the whole instance
  campaign_id bigint,                  -- null unless scope = 'campagne'
  scope text not null check (scope in ('organisation', 'campagne', 'instance')),
  address_hash bytea not null,
  reason text not null check (reason in ('desinscrit', 'opposition', 'adresse_invalide', 'plainte')),
  source text not null,
  at timestamptz not null,
  unique nulls not distinct (scope, organisation_id, campaign_id, address_hash)
);
create index suppressions_address on suppressions (address_hash);

create table imports (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,
  file_name text not null,
  file_hash bytea not null,
  file bytea,                          -- dropped once the import is done
  options jsonb not null,              -- default level and public, source, mapping
  state text not null check (state in ('analysed', 'queued', 'running', 'done', 'failed')),
  report jsonb,                        -- the counts of `contacts import --json`, without its lines
  rows_total int not null default 0,
  rows_done int not null default 0,
  error text,
  created_by text not null,
  created_at timestamptz not null,
  finished_at timestamptz
);

create table import_lines (
  import_id bigint not null,
  organisation_id bigint not null,
  line int not null,
  severity text not null check (severity in ('rejected', 'warned')),
  code text not null,
  column_name text not null,
  message text not null
);
create index import_lines_import on import_lines (import_id, line);

-- A mapping the user corrected once is used again for the next file with the same headers.
create table import_mappings (
  organisation_id bigint not null,
  headers_hash bytea not null,
  mapping jsonb not null,
  updated_at timestamptz not null,
  primary key (organisation_id, headers_hash)
);

-- ---------------------------------------------------------------- campaigns

create table campaigns (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- the lead
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null,
  tagline text not null default '',
  summary text not null default '',
  identity jsonb not null,             -- {colour, accent, hashtag}
  starts_on date not null,
  ends_on date not null,
  nature text not null check (nature in ('information_de_mission', 'prospection_b2b', 'prospection_b2c', 'transactionnel')),
  legal_basis text not null,
  arrangement text not null default '',   -- essence of the art. 26 arrangement, published (PRV-52)
  contact_point text not null default '',
  link_mode text not null default 'cellule' check (link_mode in ('direct', 'cellule')),
  cell_dimensions text[] not null default '{level,region,size_class}',
  k int not null default 20 check (k >= 10),
  demo boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table campaign_partners (
  campaign_id bigint not null references campaigns,
  organisation_id bigint not null references organisations,
  role text not null check (role in ('pilote', 'signataire', 'relais')),
  position int not null,               -- decides who keeps an address that several organisations hold
  primary key (campaign_id, organisation_id)
);

create table campaign_targets (
  campaign_id bigint not null references campaigns,
  organisation_id bigint not null,     -- the lead, for the policy
  position int not null,
  measure text not null,               -- 'touches', 'clics', 'envois'
  level text,
  value int not null,
  note text not null default '',
  primary key (campaign_id, position)
);

create table audiences (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint references campaigns,
  slug text not null,
  name text not null,
  rule jsonb not null,
  placed_level text check (placed_level in ('institutionnel', 'operationnel', 'terrain')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique nulls not distinct (organisation_id, campaign_id, slug)
);

create table resources (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint references campaigns,
  slug text not null,
  title text not null,
  summary text not null,
  kind text not null,
  carried_by text not null default '',
  years text not null default '',
  url text,                            -- null: not published anywhere yet
  uses jsonb not null default '{}',    -- target use per public
  formats text[] not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique nulls not distinct (campaign_id, slug)
);

create table key_messages (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null references campaigns,
  slug text not null,
  topic text not null,
  created_at timestamptz not null,
  unique (campaign_id, slug)
);

create table key_message_versions (
  id bigint generated always as identity primary key,
  key_message_id bigint not null references key_messages,
  organisation_id bigint not null,
  campaign_id bigint not null,
  version int not null,
  wordings jsonb not null,             -- {level: {format: text}}
  created_by text not null,
  created_at timestamptz not null,
  unique (key_message_id, version)
);

-- ---------------------------------------------------------------- pushes, approvals, proofs

create table pushes (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- the lead, who writes the common core
  campaign_id bigint not null references campaigns,
  slug text not null,
  title text not null,
  channel text not null,
  phase text not null check (phase in ('amont', 'pendant', 'apres')),
  audience_id bigint not null references audiences,
  scheduled_at timestamptz,            -- null: leaves when somebody says so
  deadline_at timestamptz,             -- after it, rows not handed are cancelled
  recurrence text,                     -- cron expression, Europe/Paris; the push is then a model of its occurrences
  model_id bigint references pushes,   -- the recurring push this one is an occurrence of
  occurrence timestamptz,
  content jsonb not null,
  content_version int not null default 1,
  current_proof_id bigint,             -- cleared by any edit: nothing leaves until the next approval
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  paused_at timestamptz,
  paused_by text,
  cancelled_at timestamptz,
  cancelled_by text,
  finished_at timestamptz,             -- no row is left to hand over
  unique (campaign_id, slug),
  unique (model_id, occurrence)
);
create index pushes_due on pushes (scheduled_at) where scheduled_at is not null and finished_at is null;

create table push_signatories (
  push_id bigint not null references pushes,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null,
  primary key (push_id, organisation_id)
);

create table proofs (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,
  campaign_id bigint not null,
  push_id bigint not null references pushes,
  content_version int not null,
  created_by text not null,
  created_by_user_id bigint,
  created_at timestamptz not null
);

-- What each organisation is asked to approve, as one hash (design §5).
create table proof_hashes (
  proof_id bigint not null references proofs,
  organisation_id bigint not null,
  campaign_id bigint not null,
  content_hash bytea not null,
  primary key (proof_id, organisation_id)
);

create table proof_variants (
  id bigint generated always as identity primary key,
  proof_id bigint not null references proofs,
  organisation_id bigint not null,
  campaign_id bigint not null,
  level text not null,
  subject text not null,
  html text not null,                  -- with readable placeholders, for previews
  text text not null,
  skeleton jsonb not null,             -- the finished MIME with slots: what is really sent
  links text[] not null,               -- its destinations, in the order of its slots link:N
  bytes int not null,
  unique (proof_id, organisation_id, level)
);

create table approvals (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null,
  subject text not null,               -- 'push:42'
  content_hash bytea not null,
  decision text not null check (decision in ('valide', 'changement')),
  comment text not null default '',
  user_id bigint not null references users,
  user_name text not null,             -- as it was that day
  at timestamptz not null
);
create index approvals_subject on approvals (subject, organisation_id, id desc);

-- ---------------------------------------------------------------- tracking

create table links (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,     -- the lead
  campaign_id bigint not null,
  push_id bigint not null references pushes,
  url text not null,
  label text not null,
  unique (push_id, url)
);

create table cells (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,     -- whose contacts
  campaign_id bigint not null,
  push_id bigint not null references pushes,
  level text, region text, size_class text, public text, idcc text,   -- null: several of them, merged to stay over k
  recipients int not null
);
create index cells_push on cells (push_id);

-- No foreign key from here on: a deleted push must never poison a replay of the journal.
create table tokens (
  token text primary key,
  organisation_id bigint not null,
  campaign_id bigint not null,
  push_id bigint not null,
  cell_id bigint,
  link_id bigint not null,
  url text not null,
  created_at timestamptz not null
);
create unique index tokens_cell on tokens (cell_id, link_id);

create table hits (
  journal text not null,               -- which process wrote it down, and
  seq bigint not null,                 -- at which place: the same line read twice is one hit
  organisation_id bigint not null,
  campaign_id bigint not null,
  push_id bigint not null,
  cell_id bigint,
  link_id bigint not null,
  at timestamptz not null,             -- to the hour (PRV-13)
  class text not null check (class in ('scanner', 'suspect', 'inconnu', 'qualifie', 'confirme')),
  reason text not null,
  rule_version int not null,
  features jsonb not null,             -- {bot, method, prefetch, family, burst}: enough to classify again
  primary key (journal, seq)
);
create index hits_campaign on hits (campaign_id, at);

create table hit_rollups (
  organisation_id bigint not null,
  campaign_id bigint not null,
  push_id bigint not null,
  cell_id bigint not null default 0,
  link_id bigint not null,
  hour timestamptz not null,
  class text not null,
  hits int not null,
  primary key (push_id, cell_id, link_id, hour, class)
);
create index hit_rollups_campaign on hit_rollups (campaign_id, hour);

-- ---------------------------------------------------------------- deliveries

create table freezes (
  push_id bigint primary key references pushes,
  organisation_id bigint not null,
  campaign_id bigint not null,
  proof_id bigint not null references proofs,
  at timestamptz not null,
  frozen_by text not null
);

create table deliveries (
  id bigint generated always as identity primary key,
  push_id bigint not null,
  organisation_id bigint not null,
  campaign_id bigint not null,
  contact_id bigint not null,
  address_hash bytea not null,
  level text not null,
  cell_id bigint,
  state text not null check (state in ('planned', 'held', 'handed', 'accepted', 'deferred', 'failed', 'unknown',
    'bounced', 'complained', 'cancelled', 'set_apart')),
  reason text,                         -- why set apart, failed or cancelled
  next_at timestamptz,
  attempts smallint not null default 0,
  worker text,
  handed_at timestamptz,
  settled_at timestamptz,
  reply text
) with (fillfactor = 80);
create unique index deliveries_once on deliveries (push_id, address_hash) where state <> 'set_apart';
create index deliveries_claimable on deliveries (push_id, id) where state in ('planned', 'deferred', 'held');
create index deliveries_handed on deliveries (worker, handed_at) where state = 'handed';
create index deliveries_contact on deliveries (contact_id);
create index deliveries_campaign on deliveries (campaign_id);

-- ---------------------------------------------------------------- catcher

create table caught_mails (
  id bigint generated always as identity primary key,
  organisation_id bigint,              -- null: mail of the service itself (sign-in codes)
  received_at timestamptz not null,
  mail_from text not null,
  rcpt_to text not null,
  subject text not null,
  message_id text not null,
  raw bytea not null
);
create index caught_mails_inbox on caught_mails (organisation_id, id desc);

-- ---------------------------------------------------------------- the two gates, each written once

-- Whose yes is still missing: for each signatory, the last word on the hash it is asked about today (design §5).
create function missing_approvals(push bigint) returns setof bigint
  language sql stable as $$
    select s.organisation_id
    from push_signatories s
    join pushes p on p.id = s.push_id
    left join proof_hashes h on h.proof_id = p.current_proof_id and h.organisation_id = s.organisation_id
    where s.push_id = push
      and not coalesce((select a.decision = 'valide' from approvals a
        where a.subject = 'push:' || push and a.organisation_id = s.organisation_id and a.content_hash = h.content_hash
        order by a.id desc limit 1), false) $$;

-- May a row of this push be handed over now? Read by the claim statement itself, so that state edited elsewhere sends nothing.
create function may_leave(push bigint) returns boolean
  language sql stable as $$
    select exists (select 1 from pushes p where p.id = push and p.current_proof_id is not null
        and p.paused_at is null and p.cancelled_at is null)
      and exists (select 1 from push_signatories s where s.push_id = push)
      and not exists (select 1 from missing_approvals(push)) $$;

-- Why this address must not be written to, or null. The same gate at the freeze and at the hand-over (PRV-41).
create function refusal_reason(organisation bigint, campaign bigint, hash bytea) returns text
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
        (select 'refused' from campaigns k where k.id = campaign and k.nature = 'prospection_b2c')) = 'refused')) $$;

-- ---------------------------------------------------------------- who sees what

-- SECURITY DEFINER and owned by :cross, or the policy of campaign_partners would call itself for ever (SEC-24).
create function my_campaigns() returns setof bigint
  language sql stable security definer set search_path = pg_catalog, public
  as $$ select campaign_id from public.campaign_partners where organisation_id = public.current_organisation() $$;
grant create on schema public to :cross;
alter function my_campaigns() owner to :cross;
revoke create on schema public from :cross;
revoke all on function my_campaigns() from public;
grant execute on function my_campaigns() to :app;

do $$
declare t text;
begin
  -- An organisation's own rows, and nobody else's.
  foreach t in array array['audit_log', 'outbox', 'contacts', 'consents', 'suppressions', 'imports', 'import_lines',
    'import_mappings', 'memberships', 'deliveries', 'caught_mails', 'sessions']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
  -- What partners of a joint campaign share: they read it, and write only what is theirs.
  foreach t in array array['campaign_partners', 'campaign_targets', 'audiences', 'resources', 'key_messages',
    'key_message_versions', 'pushes', 'push_signatories', 'proofs', 'proof_hashes', 'proof_variants', 'approvals',
    'links', 'cells', 'freezes', 'hit_rollups', 'tokens', 'hits']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy shared on %I for select to :app using (campaign_id in (select my_campaigns()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
end $$;

alter table campaigns enable row level security;
alter table campaigns force row level security;
create policy own on campaigns to :app using (organisation_id = (select current_organisation()))
  with check (organisation_id = (select current_organisation()));
create policy shared on campaigns for select to :app using (id in (select my_campaigns()));
create policy across on campaigns to :cross using (true) with check (true);

-- The lead writes the rows of its own campaign that carry another organisation's id.
create policy lead on campaign_partners to :app
  using (campaign_id in (select id from campaigns where organisation_id = (select current_organisation())))
  with check (campaign_id in (select id from campaigns where organisation_id = (select current_organisation())));
create policy lead on push_signatories to :app
  using (campaign_id in (select id from campaigns where organisation_id = (select current_organisation())))
  with check (campaign_id in (select id from campaigns where organisation_id = (select current_organisation())));

-- Names and sender identities are printed on every message: readable by all, written by the organisation itself.
alter table organisations enable row level security;
alter table organisations force row level security;
create policy named on organisations for select to :app using (true);
create policy own on organisations for update to :app using (id = (select current_organisation()))
  with check (id = (select current_organisation()));
create policy across on organisations to :cross using (true) with check (true);

-- A partner sees hits as totals of cells (hit_rollups), never one by one; tokens and cells follow the same rule.
revoke all on hits, tokens from public;

grant usage on schema public to :app, :cross;
grant select, insert, update, delete on contacts, import_lines, import_mappings, imports, campaign_partners,
  campaign_targets, audiences, resources, push_signatories, memberships to :app;
grant select, insert, update on campaigns, key_messages, pushes to :app;
-- Records: written once. The app role can neither change nor remove them.
grant select, insert on audit_log, consents, suppressions, key_message_versions, approvals to :app;
grant insert on outbox to :app;
grant select on organisations, proofs, proof_hashes, proof_variants, links, cells, freezes, hit_rollups,
  caught_mails to :app;
grant update (name, sender_name, sender_address, reply_to, postal_address, privacy_contact, colour, accent)
  on organisations to :app;
-- Column by column: 'duplicate' and 'solicitation' would tell that a partner holds the address (no oracle).
grant select (id, push_id, organisation_id, campaign_id, contact_id, level, cell_id, state, next_at, attempts,
  handed_at, settled_at, reply) on deliveries to :app;

grant select, insert, update, delete on outbox, users, memberships, sessions, sign_in_codes, sign_in_failures, links, cells,
  tokens, hits, hit_rollups, freezes, deliveries, caught_mails to :cross;
grant select, insert, update on organisations, campaigns, campaign_partners, campaign_targets, audiences, resources,
  key_messages, key_message_versions, pushes, push_signatories, imports to :cross;
grant select, insert on audit_log, suppressions, consents, proofs, proof_hashes, proof_variants to :cross;
grant select on approvals to :cross;
grant select on contacts to :cross;
grant select, delete on import_lines to :cross;
grant update (notice_sent_at, last_contact_at) on contacts to :cross;

-- ---------------------------------------------------------------- files

-- The images of a campaign's messages. The name holds the beginning of the content's hash: what it shows never changes,
-- so an approved message cannot become another one, and any cache may keep it for ever.
create table files (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- the lead, who writes the messages
  campaign_id bigint not null references campaigns,
  name text not null check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*\.(png|jpg|gif|webp)$'),
  type text not null check (type in ('image/png', 'image/jpeg', 'image/gif', 'image/webp')),
  bytes bytea not null,
  sha256 bytea not null,
  created_by text not null,
  created_at timestamptz not null,
  unique (campaign_id, name)
);
alter table files enable row level security;
alter table files force row level security;
create policy own on files to :app using (organisation_id = (select current_organisation()))
  with check (organisation_id = (select current_organisation()));
create policy shared on files for select to :app using (campaign_id in (select my_campaigns()));
create policy across on files to :cross using (true) with check (true);
-- A record, like the messages that show it: never changed, never removed.
grant select, insert on files to :app, :cross;

-- ---------------------------------------------------------------- nobody joins a campaign by themselves

-- `own` lets an organisation write its rows: of a campaign it takes part in, or of none. Otherwise a row under its own
-- name in campaign_partners would open the campaign of others to it.
do $$
declare t text;
begin
  foreach t in array array['campaign_targets', 'audiences', 'resources', 'key_messages', 'key_message_versions', 'pushes',
    'approvals', 'files', 'suppressions']
  loop
    execute format('create policy joined_insert on %I as restrictive for insert to :app
      with check (campaign_id is null or campaign_id in (select my_campaigns()))', t);
    execute format('create policy joined_update on %I as restrictive for update to :app
      using (true) with check (campaign_id is null or campaign_id in (select my_campaigns()))', t);
  end loop;
  -- Who takes part and who signs is for the lead to say: its policy is the only one that writes there.
  foreach t in array array['campaign_partners', 'push_signatories'] loop
    execute format('drop policy own on %I', t);
  end loop;
end $$;
