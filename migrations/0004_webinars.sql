-- Webinars held by several organisations: announced, registered to, moved, reminded of, attended, asked about.

-- ---------------------------------------------------------------- mail that must not be written twice

alter table outbox
  -- A mail that a second copy of would mislead: past its final dot without an answer, it is listed and not sent again.
  add once boolean not null default false,
  add dotted_at timestamptz,           -- the final dot was about to leave
  add unknown_at timestamptz,          -- nobody knows whether it arrived
  add about text;                      -- 'webinar:12': what makes it void when it moves
create index outbox_about on outbox (about) where sent_at is null and failed_at is null and about is not null;

-- ---------------------------------------------------------------- the webinar

create table webinars (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- who runs it, one of the partners
  campaign_id bigint not null references campaigns,
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  address text not null unique check (address ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),   -- /webinaires/<address>
  title text not null,
  summary text not null default '',
  description text not null default '',  -- Markdown, as a text block
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  levels text[] not null default '{}',   -- empty: all
  publics text[] not null default '{}',  -- empty: all
  resources text[] not null default '{}',  -- slugs of the inventory
  organisers text[] not null,          -- slugs of partners, in the order shown; whoever registers belongs to one of them
  speakers jsonb not null default '[]',  -- [{name, role, organisation}]
  capacity int check (capacity > 0),   -- null: as many as come
  platform text not null default 'autre' check (platform in ('teams', 'zoom', 'bigbluebutton', 'livestorm', 'autre')),
  join_url text,                       -- given to registered people only
  join_note text not null default '',  -- code, telephone: to the same people
  replay_url text,
  reminders text[] not null default '{J-7,J-1,H-1}',
  keep_days int not null default 180 check (keep_days between 30 and 760),   -- after the end; then who came is forgotten
  uid text not null unique,            -- for ever the same in calendars (CAL-03)
  sequence int not null default 0,     -- +1 on any change of start, end, place, or cancellation (CAL-03)
  changed_at timestamptz not null,     -- of that last change
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  purged_at timestamptz,
  unique (campaign_id, slug),
  check (ends_at > starts_at),
  check (cardinality(organisers) > 0)
);

-- What became of it, each with who and when: its state derives from these rows.
create table webinar_acts (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,     -- who says so
  campaign_id bigint not null,
  webinar_id bigint not null references webinars,
  what text not null check (what in ('ouvert', 'ferme', 'deplace', 'annule', 'tenu', 'suite')),
  at timestamptz not null,
  by text not null,
  reason text not null default '',     -- told to those who registered
  detail jsonb not null default '{}'   -- deplace: {from: {startsAt, endsAt}}
);
create index webinar_acts_webinar on webinar_acts (webinar_id, id);

-- ---------------------------------------------------------------- who comes

create table registrations (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- whose registrant; the others see counts
  campaign_id bigint not null references campaigns,
  webinar_id bigint not null references webinars,
  -- Null after the purge: what is left says nothing of who it was.
  address text,
  address_hash bytea,
  first_name text,
  last_name text,
  company text,
  question text,                       -- to the speakers
  public text not null default 'inconnu',
  level text check (level in ('institutionnel', 'operationnel', 'terrain')),
  region text,
  departement text,
  size_class text,
  place text not null check (place in ('inscrit', 'attente')),
  registered_at timestamptz not null,
  placed_at timestamptz,               -- when a place was given; null: still waiting
  cancelled_at timestamptz,
  cancelled_by text check (cancelled_by in ('lien', 'agenda', 'organisation')),
  uid text not null unique,            -- of its own invitation (CAL-03); not to be guessed: a reply names it
  sequence int not null,               -- of the last invitation written to it
  reply text check (reply in ('accepte', 'peut_etre', 'decline')),   -- what its calendar answered
  reply_at timestamptz
);
create unique index registrations_once on registrations (webinar_id, address_hash) where cancelled_at is null;
create index registrations_webinar on registrations (webinar_id, id);
create index registrations_address on registrations (organisation_id, address_hash);

-- Through what people came, as totals: nothing ties a person to it (PRV-21).
create table registration_origins (
  webinar_id bigint not null references webinars,
  organisation_id bigint not null,     -- that the registration went to
  campaign_id bigint not null,
  channel text not null check (channel in ('invitation', 'relais', 'affiche', 'carte', 'social', 'site', 'page')),
  level text not null default '',      -- of the message; '': not known
  relay_id bigint not null default 0,
  relay_kind text not null default '',
  n int not null,
  primary key (webinar_id, organisation_id, channel, level, relay_id)
);

-- Which letter was written to whom: the same one never twice.
create table webinar_letters (
  registration_id bigint not null references registrations,
  organisation_id bigint not null,
  campaign_id bigint not null,
  webinar_id bigint not null,
  kind text not null check (kind in ('confirmation', 'attente', 'place', 'modification', 'annulation', 'desinscription',
    'rappel', 'suite')),
  key text not null,                   -- 'seq:3', 'J-7:<start>': what makes two of a kind different
  at timestamptz not null,
  primary key (registration_id, kind, key)
);
create index webinar_letters_webinar on webinar_letters (webinar_id, kind);

-- ---------------------------------------------------------------- who came

create table attendance_imports (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,   -- who had the file
  campaign_id bigint not null references campaigns,
  webinar_id bigint not null references webinars,
  file_name text not null,
  file_hash bytea not null,
  platform text not null,
  report jsonb not null,               -- {rows, people, minutes, lines: [{line, severity, code, message}]}
  imported_by text not null,
  imported_at timestamptz not null,
  withdrawn_at timestamptz
);
create unique index attendance_imports_once on attendance_imports (webinar_id, file_hash) where withdrawn_at is null;

-- Each stay that a file tells of, as it tells it: for whoever had the file, until the purge.
create table attendance_lines (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,
  campaign_id bigint not null,
  webinar_id bigint not null,
  import_id bigint not null references attendance_imports,
  line int not null,
  person text not null,                -- the same for every stay of one person, in all files: address, else name, folded
  name text not null,
  address text,
  address_hash bytea,
  joined_at timestamptz,
  left_at timestamptz,
  minutes int not null check (minutes >= 0),
  own boolean not null                 -- one of this organisation's registrants, for sure or maybe
);
create index attendance_lines_webinar on attendance_lines (webinar_id, import_id);

-- A registrant found among those who came, for the organisation whose registrant it is.
create table attendances (
  registration_id bigint not null references registrations,
  person text not null,
  organisation_id bigint not null,     -- of the registration
  campaign_id bigint not null,
  webinar_id bigint not null,
  seen_as text,                        -- the name in the file; null after the purge
  minutes int not null check (minutes >= 0),
  how text not null check (how in ('adresse', 'nom', 'proche')),
  state text not null check (state in ('sur', 'douteux', 'oui', 'non')),   -- oui, non: somebody said so
  decided_by text,
  decided_at timestamptz,
  primary key (registration_id, person)
);
create index attendances_webinar on attendances (webinar_id, state);

-- ---------------------------------------------------------------- what they say of it

create table surveys (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  campaign_id bigint not null references campaigns,
  webinar_id bigint references webinars,
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  title text not null,
  introduction text not null default '',
  questions text[] not null check (cardinality(questions) > 0),   -- codes: satisfaction, facilite, connaissance, usage
  comment boolean not null default true,   -- a free line beside them
  closes_at timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  unique (campaign_id, slug)
);
create unique index surveys_webinar on surveys (webinar_id) where webinar_id is not null;

-- Whom it was asked of, as groups of k or more: an answer belongs to a group, never to a person.
create table survey_groups (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,     -- whose people; of several put together, the survey's own
  campaign_id bigint not null,
  survey_id bigint not null references surveys,
  mixed boolean not null,              -- several organisations together, each of too few
  level text,                          -- null: several
  audience text not null check (audience in ('presents', 'absents', 'tous')),
  asked int not null,
  created_at timestamptz not null,
  unique nulls not distinct (survey_id, organisation_id, mixed, level, audience)
);

create table survey_answers (
  id bigint generated always as identity primary key,
  organisation_id bigint not null,     -- of the group
  campaign_id bigint not null,
  survey_id bigint not null references surveys,
  group_id bigint not null references survey_groups,
  answers jsonb not null,              -- {satisfaction: 4, usage: 'regulier'}
  comment text not null default '',
  on_day date not null                 -- no hour: an answer is not a trace of somebody
);
create index survey_answers_survey on survey_answers (survey_id);

-- ---------------------------------------------------------------- a person who asks to be forgotten

-- What an organisation keeps of this address about webinars, made anonymous. Counts stay.
create function forget_registrations(organisation bigint, hash bytea, at timestamptz) returns void
  language sql as $$
    -- Known by its name alone, somebody stands in a file's lines without an address.
    delete from attendance_lines l using attendances a, registrations r
      where l.organisation_id = organisation and l.webinar_id = a.webinar_id and l.person = a.person
        and r.id = a.registration_id and r.organisation_id = organisation and r.address_hash = hash
        and a.state in ('sur', 'oui');
    update attendances a set seen_as = null from registrations r
      where r.id = a.registration_id and r.organisation_id = organisation and r.address_hash = hash;
    update registrations set address = null, address_hash = null, first_name = null, last_name = null, company = null,
      question = null, departement = null,
      -- Whoever is forgotten before the day gives the place back.
      cancelled_at = coalesce(cancelled_at, case when exists (select from webinars w
        where w.id = registrations.webinar_id and w.starts_at > at) then at end)
      where organisation_id = organisation and address_hash = hash;
    delete from attendance_lines where organisation_id = organisation and address_hash = hash $$;

-- ---------------------------------------------------------------- who sees what

do $$
declare t text;
begin
  foreach t in array array['registrations', 'registration_origins', 'webinar_letters', 'attendance_imports', 'attendance_lines',
    'attendances', 'survey_groups', 'survey_answers']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
  foreach t in array array['webinars', 'webinar_acts', 'surveys']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I to :app using (organisation_id = (select current_organisation()))
      with check (organisation_id = (select current_organisation()))', t);
    execute format('create policy shared on %I for select to :app using (campaign_id in (select my_campaigns()))', t);
    execute format('create policy across on %I to :cross using (true) with check (true)', t);
  end loop;
  foreach t in array array['attendance_imports', 'webinars', 'webinar_acts', 'surveys']
  loop
    execute format('create policy joined_insert on %I as restrictive for insert to :app
      with check (campaign_id is null or campaign_id in (select my_open_campaigns()))', t);
    execute format('create policy joined_update on %I as restrictive for update to :app
      using (true) with check (campaign_id is null or campaign_id in (select my_open_campaigns()))', t);
  end loop;
  foreach t in array array['webinars', 'surveys']
  loop
    execute format('create policy before_leaving on %I as restrictive for select to :app
      using (campaign_id is null or campaign_id not in (select my_left_campaigns()) or created_at <= left_at(campaign_id)
        or organisation_id = (select current_organisation()))', t);
  end loop;
end $$;

create policy hung_insert on webinar_acts as restrictive for insert to :app
  with check (exists (select from webinars w where w.id = webinar_id and w.campaign_id = webinar_acts.campaign_id
    and w.organisation_id = webinar_acts.organisation_id));
create policy hung_insert on attendance_imports as restrictive for insert to :app
  with check (exists (select from webinars w where w.id = webinar_id and w.campaign_id = attendance_imports.campaign_id
    and w.organisation_id = attendance_imports.organisation_id));
create policy hung_insert on surveys as restrictive for insert to :app
  with check (webinar_id is null or exists (select from webinars w where w.id = webinar_id
    and w.campaign_id = surveys.campaign_id and w.organisation_id = surveys.organisation_id));

grant select, insert, update on webinars, surveys, attendance_imports to :app, :cross;
grant select, insert on webinar_acts to :app, :cross;
grant select, update on registrations, attendances to :app;
grant select on registration_origins, webinar_letters, survey_groups, survey_answers to :app;
grant select, delete on attendance_lines to :app;
grant select, insert, update on registrations, registration_origins, survey_groups to :cross;
grant select, insert on webinar_letters, survey_answers to :cross;
grant select, insert, update, delete on attendance_lines, attendances to :cross;
