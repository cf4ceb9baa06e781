create table bookings (
  workspace_id uuid not null references workspaces on delete cascade,
  booking_id uuid not null default gen_random_uuid(),
  event_type_id uuid,
  page_id uuid,
  -- requested → confirmed | declined | expired;  confirmed → cancelled
  state text not null check (state in ('requested', 'confirmed', 'declined', 'cancelled', 'expired')),
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  -- The host's wall clock and the zone rules it was read with, so that a later change of rules can be seen (I14, D11).
  host_zone text not null,
  wall_time text not null,
  zone_rules text not null,
  visitor_zone text not null,
  locale text not null check (locale in ('en', 'it')),
  title text not null,
  location jsonb not null,
  contact_id uuid,
  name text not null check (length(name) between 1 and 200),
  email text not null check (length(email) between 3 and 254),
  guests jsonb not null default '[]',
  answers jsonb not null default '[]',
  consent jsonb,
  buffer_before integer not null,
  buffer_after integer not null,
  uid text not null,
  revision integer not null default 1,
  sequence integer not null default 0,
  -- What the calendar says of the current revision: 'none' (nothing to write), 'writing', 'standing' (read back), 'failed'.
  calendar_state text not null check (calendar_state in ('none', 'writing', 'standing', 'failed')),
  calendar_reason text,
  calendar_id uuid,
  remote_id text,
  remote_etag text,
  standing_at timestamptz,
  token_hash bytea not null,
  -- The same open token sealed, so that every later letter can carry the link.
  sealed_token text not null,
  token_expires_at timestamptz not null,
  -- Times the host proposed instead, as [start, …] in milliseconds.
  proposed jsonb,
  conflict boolean not null default false,
  cancelled_by text check (cancelled_by in ('visitor', 'host', 'calendar')),
  cancel_reason text check (length(cancel_reason) <= 1000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, booking_id),
  unique (workspace_id, token_hash),
  unique (workspace_id, uid),
  foreign key (workspace_id, event_type_id) references event_types (workspace_id, event_type_id) on delete set null (event_type_id),
  foreign key (workspace_id, page_id) references scheduling_pages (workspace_id, page_id) on delete set null (page_id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, contact_id) on delete set null (contact_id)
);
create index bookings_by_start on bookings (workspace_id, starts_at);
create index bookings_by_state on bookings (workspace_id, state, created_at);
create index bookings_by_contact on bookings (workspace_id, contact_id);
select guard('bookings');

-- Who is taken when: the one table behind "nobody is booked twice" (I1). Requests do not stand here; holds and bookings do.
create table occupancy (
  workspace_id uuid not null,
  occupancy_id uuid not null default gen_random_uuid(),
  host_id uuid not null,
  event_type_id uuid not null,
  state text not null check (state in ('held', 'confirmed')),
  during tstzrange not null check (
    not isempty(during) and not lower_inf(during) and not upper_inf(during) and lower_inc(during) and not upper_inc(during)
    and lower(during) >= '1970-01-01' and upper(during) < '2100-01-01'
  ),
  buffer_before integer not null default 0,
  buffer_after integer not null default 0,
  taken integer not null default 1,
  capacity integer not null default 1,
  hold_hash bytea,
  hold_client text,
  hold_until timestamptz,
  primary key (workspace_id, occupancy_id),
  check (taken between 0 and capacity),
  check ((state = 'held') = (hold_hash is not null)),
  check ((state = 'held') = (hold_until is not null)),
  foreign key (workspace_id, host_id) references users (workspace_id, user_id) on delete cascade,
  constraint occupancy_no_overlap exclude using gist (workspace_id with =, host_id with =, during with &&)
);
create index occupancy_hold on occupancy (workspace_id, hold_hash) where hold_hash is not null;
select guard('occupancy');

create table booking_hosts (
  workspace_id uuid not null,
  booking_id uuid not null,
  user_id uuid not null,
  occupancy_id uuid,
  primary key (workspace_id, booking_id, user_id),
  foreign key (workspace_id, booking_id) references bookings (workspace_id, booking_id) on delete cascade,
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade,
  foreign key (workspace_id, occupancy_id) references occupancy (workspace_id, occupancy_id) on delete set null (occupancy_id)
);
create index booking_hosts_user on booking_hosts (workspace_id, user_id);
create index booking_hosts_occupancy on booking_hosts (workspace_id, occupancy_id);
select guard('booking_hosts');

-- The answer to a submit that is sent twice (A13): written in the booking's own transaction.
create table idempotency_keys (
  workspace_id uuid not null,
  key_hash bytea not null,
  body_hash bytea not null,
  booking_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, key_hash),
  foreign key (workspace_id, booking_id) references bookings (workspace_id, booking_id) on delete cascade
);
select guard('idempotency_keys');

-- One thing a booking revision must cause outside (I2, I4). The queue delivers; what happened stands here.
create table effects (
  workspace_id uuid not null,
  effect_id uuid not null default gen_random_uuid(),
  booking_id uuid not null,
  revision integer not null,
  kind text not null,
  destination text not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'sending', 'done', 'failed', 'unknown', 'dropped')),
  due_at timestamptz not null default now(),
  attempts integer not null default 0,
  lease_until timestamptz,
  fence bigint not null default 0,
  trouble text,
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  done_at timestamptz,
  primary key (workspace_id, effect_id),
  unique (workspace_id, booking_id, revision, kind, destination),
  foreign key (workspace_id, booking_id) references bookings (workspace_id, booking_id) on delete cascade
);
create index effects_due on effects (workspace_id, due_at) where state in ('waiting', 'running', 'sending');
select guard('effects');
