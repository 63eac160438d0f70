-- Delivery: the ways out and their pace, who works, what a row has lived through, what comes back, who was solicited.

-- ---------------------------------------------------------------- ways out

-- An organisation's own server; without a row its mail leaves by the instance's (SMTP_URL). One per organisation.
create table transports (
  organisation_id bigint primary key references organisations,
  host text not null,
  port int not null,
  security text not null check (security in ('tls', 'starttls', 'none')),   -- 'none': this machine only
  auth text not null check (auth in ('aucune', 'mot_de_passe', 'jeton')),
  username text not null default '',
  secret bytea,                        -- password or token, sealed with a key that is not in the database
  connections int not null default 4 check (connections between 1 and 50),
  per_minute int check (per_minute > 0),
  per_day int check (per_day > 0),
  used boolean not null default false, -- only after a test that succeeded with these very settings
  tested_at timestamptz,
  test_ok boolean,
  test_reply text,                     -- the server's own words
  updated_at timestamptz not null,
  updated_by text not null
);

-- A domain an organisation writes from (MAIL-10, MAIL-11).
create table sender_domains (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  domain text not null,
  signing text not null check (signing in ('ici', 'relais')),  -- DKIM here, or by the server that relays
  selector text not null default '',
  private_key bytea,                   -- PEM, sealed
  public_key text,                     -- what the DNS record must say (base64 of the SPKI)
  bounce_address text,                 -- where what comes back is read; its local part carries the token (MAIL-30)
  health jsonb,                        -- the last check: {checks: [{name, level, found, remedy}]}
  checked_at timestamptz,
  verified_at timestamptz,             -- since when DKIM, aligned, was found right; null: nothing leaves from it
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (organisation_id, domain)
);

-- ---------------------------------------------------------------- pace

-- Whose servers take the mail of a public domain. A domain that is not here is its own, and has no pace of its own.
create table providers (domain text primary key, provider text not null);
insert into providers values
  ('orange.fr', 'orange'), ('wanadoo.fr', 'orange'), ('voila.fr', 'orange'), ('orange.com', 'orange'),
  ('laposte.net', 'laposte'),
  ('sfr.fr', 'sfr'), ('neuf.fr', 'sfr'), ('cegetel.net', 'sfr'), ('club-internet.fr', 'sfr'), ('9online.fr', 'sfr'),
  ('numericable.fr', 'sfr'), ('noos.fr', 'sfr'), ('red-by-sfr.fr', 'sfr'),
  ('free.fr', 'free'), ('aliceadsl.fr', 'free'), ('libertysurf.fr', 'free'), ('online.fr', 'free'),
  ('bbox.fr', 'bouygues'),
  ('gmail.com', 'google'), ('googlemail.com', 'google'),
  ('outlook.com', 'microsoft'), ('outlook.fr', 'microsoft'), ('hotmail.com', 'microsoft'), ('hotmail.fr', 'microsoft'),
  ('live.com', 'microsoft'), ('live.fr', 'microsoft'), ('msn.com', 'microsoft'),
  ('yahoo.com', 'yahoo'), ('yahoo.fr', 'yahoo'), ('ymail.com', 'yahoo'), ('aol.com', 'yahoo');

-- One row per (way out, provider) that has a limit or has given trouble; provider '' is the whole way out. Locked by a
-- claim for as long as its statement: the limits hold over all workers.
create table lanes (
  transport bigint not null,           -- organisation of the transport; 0: the instance's
  provider text not null default '',
  free_at timestamptz,                 -- when the next message may leave at this pace
  day date,                            -- Europe/Paris
  day_count int not null default 0,
  strikes int not null default 0,      -- refusals to slow down in a row
  paused_until timestamptz,
  why text,
  reply text,                          -- the server's words that caused it
  changed_at timestamptz,
  primary key (transport, provider)
);

-- Who is at work on which push: a drain says so every few seconds. Its rows in flight are in doubt only once it is silent.
create table workers (name text primary key, push_id bigint not null, seen_at timestamptz not null);

-- What is under way on ways that have limits, over all workers. The others are not counted.
create table flights (
  delivery_id bigint primary key,
  worker text not null,
  transport bigint not null,
  provider text not null
);

alter table pushes add paused_why text;             -- when the service itself paused it

-- ---------------------------------------------------------------- ledger

alter table deliveries
  add provider text,                   -- null: no pace of its own
  add company_hash bytea,              -- keyed hash of the SIRET, to count how often a company is solicited
  add held_at timestamptz;             -- was over the cap at the freeze; not shown to organisations (no oracle)

-- No index of this table says anything of the state, not even in its condition: a claim and its answer then change the row
-- where it stands (HOT), instead of writing seven indexes twice for each message. `apart` never changes.
alter table deliveries add apart boolean not null generated always as (state = 'set_apart') stored;
drop index deliveries_once, deliveries_claimable, deliveries_handed;
create unique index deliveries_once on deliveries (push_id, address_hash) where not apart;
create index deliveries_push on deliveries (push_id, id);
alter table deliveries set (fillfactor = 75);

-- What a row has lived through, beyond "sent and accepted at once": tries, words of the server, doubts, returns.
create table delivery_events (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,
  campaign_id bigint not null,
  push_id bigint not null,
  delivery_id bigint not null,
  at timestamptz not null,
  what text not null,                  -- a state, or 'renvoi' (sent again by a person), 'retour' (what came back)
  reason text,
  reply text not null default '',
  actor text not null
);
create index delivery_events_delivery on delivery_events (delivery_id, id);
create index delivery_events_push on delivery_events (push_id, what);

-- ---------------------------------------------------------------- what comes back

create table bounces (
  id bigint generated always as identity primary key,
  key bytea not null unique,           -- of (who, status, day) or of the message: the same return counts once (MAIL-31)
  organisation_id bigint,              -- null: nobody's that we know, in quarantine
  campaign_id bigint,
  push_id bigint,
  delivery_id bigint,
  address_hash bytea,
  source text not null check (source in ('imap', 'fichier', 'brevo')),
  class text not null check (class in ('hard', 'soft', 'policy', 'auto-reply', 'complaint', 'delayed', 'not-a-bounce')),
  reason text not null,
  confidence real not null,
  status text,                         -- RFC 3463
  reply_code int,
  words text not null default '',      -- the server's, cut; no address
  received_at timestamptz not null,
  applied text                         -- what it changed: 'bounced', 'complained', 'suppressed', null: nothing
);
create index bounces_delivery on bounces (delivery_id);
create index bounces_address on bounces (address_hash, class);

-- ---------------------------------------------------------------- solicitation

alter table contacts
  add company_hash bytea,              -- keyed hash of the SIRET
  drop content_hash;                   -- an import compares with what stands there

-- The sending campaign's caps, over every message of the instance and every declared solicitation.
alter table campaigns
  add address_cap int not null default 2 check (address_cap > 0),
  add address_days int not null default 7 check (address_days > 0),
  add company_cap int not null default 6 check (company_cap > 0),
  add company_days int not null default 90 check (company_days > 0);

-- An enquiry, a workshop, a round of calls: what a partner asked of an audience otherwise than through us.
create table declared_solicitations (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint references campaigns,
  kind text not null check (kind in ('enquete', 'atelier', 'appels', 'entretien', 'autre')),
  label text not null,
  at timestamptz not null,
  audience_id bigint references audiences,
  people int not null,                 -- how many it counted for
  created_by text not null,
  created_at timestamptz not null,
  withdrawn_at timestamptz
);
create table solicited (
  declared_id bigint not null references declared_solicitations,
  organisation_id bigint not null,
  at timestamptz not null,
  address_hash bytea not null,
  company_hash bytea,
  primary key (declared_id, address_hash)
);
create index solicited_at on solicited (at);

-- ---------------------------------------------------------------- who sees what

do $$
declare t text;
begin
  foreach t in array array['transports', 'sender_domains', 'delivery_events', 'bounces', 'declared_solicitations', 'solicited']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
end $$;
create policy joined_insert on declared_solicitations as restrictive for insert to :app
  with check (campaign_id is null or campaign_id in (select my_campaigns()));
create policy joined_update on declared_solicitations as restrictive for update to :app
  using (true) with check (campaign_id is null or campaign_id in (select my_campaigns()));

grant select, insert, update, delete on transports, sender_domains to :app;
grant select, insert, update on declared_solicitations to :app;
grant select, insert on solicited to :app;
grant select on delivery_events to :app;
grant select on providers to :app, :cross;

grant select, insert, update, delete on lanes, workers, flights, bounces to :cross;
grant select, insert on delivery_events to :cross;
grant select, update on transports, sender_domains to :cross;
grant select on declared_solicitations, solicited to :cross;

-- ---------------------------------------------------------------- preflight

-- What a page answered the last time a link to it was tried. Known by its hash alone: pages are public, and who links to
-- them is not for the others to read here.
create table link_checks (
  url_hash bytea primary key,          -- SHA-256 of the address
  verdict text not null check (verdict in ('ok', 'absent', 'error', 'dns', 'tls', 'refused', 'restricted', 'slow', 'internal', 'loop')),
  detail text not null default '',     -- the status, or the network's word
  checked_at timestamptz not null
);
grant select, insert, update on link_checks to :app;
