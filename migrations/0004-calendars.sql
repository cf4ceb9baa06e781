create table calendars (
  workspace_id uuid not null,
  calendar_id uuid not null default gen_random_uuid(),
  connection_id uuid not null,
  user_id uuid not null,
  remote_id text not null check (length(remote_id) <= 2000),
  name text not null,
  color text,
  zone text,
  writable boolean not null,
  checked boolean not null default false,
  destination boolean not null default false,
  -- Which kinds of event block, beyond busy and unknown, which always do (B32).
  blocks_tentative boolean not null default true,
  blocks_unanswered boolean not null default true,
  cursor text,
  -- Raised by every full read; rows of an older generation go when the refill has passed them.
  generation integer not null default 0,
  refilling boolean not null default false,
  -- When an expired cursor last sent us back to the start: a server that forgets every cursor is not read in full each time (B02).
  rewound_at timestamptz,
  -- Last time the whole calendar was known to be read to its end: the only source of "verified N minutes ago".
  synced_at timestamptz,
  attempted_at timestamptz,
  -- The provider asked for patience, or did not answer: no look before this.
  wait_until timestamptz,
  -- A code that chooses the sentence the owner reads; null while the last sync went well.
  trouble text,
  failures integer not null default 0,
  -- A full read that would remove too much waits here for a second, later one to agree (B08).
  quarantined_at timestamptz,
  -- Sorted, merged busy spans as interleaved float64 milliseconds (core/time/busy.ts), inside busy_window.
  packed_busy bytea not null default '',
  window_start timestamptz,
  window_end timestamptz,
  fence bigint not null default 0,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  primary key (workspace_id, calendar_id),
  unique (workspace_id, connection_id, remote_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, connection_id) on delete cascade,
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
create index calendars_of_user on calendars (workspace_id, user_id);
create unique index calendars_one_destination on calendars (workspace_id, user_id) where destination;
select guard('calendars');

create table calendar_events (
  workspace_id uuid not null,
  calendar_id uuid not null,
  -- SHA-256 of the remote id: a 20 KB id would not fit an index (V14).
  event_key bytea not null,
  remote_id text not null,
  etag text not null,
  uid text not null,
  generation integer not null,
  -- Spans that block, packed as in calendars.packed_busy.
  busy bytea not null,
  first_start timestamptz,
  last_end timestamptz,
  title text,
  private boolean not null,
  attendees text[] not null default '{}',
  trouble text,
  seen_at timestamptz not null default now(),
  primary key (workspace_id, calendar_id, event_key),
  foreign key (workspace_id, calendar_id) references calendars (workspace_id, calendar_id) on delete cascade
);
create index calendar_events_uid on calendar_events (workspace_id, calendar_id, md5(uid));
select guard('calendar_events');

-- What we wrote into a calendar and still mean to stand there. While the calendar shows it unchanged, our own occupancy
-- speaks for that time; moved by its owner, the calendar does.
create table written_events (
  workspace_id uuid not null,
  calendar_id uuid not null,
  uid text not null check (length(uid) <= 255),
  remote_id text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  written_at timestamptz not null default now(),
  primary key (workspace_id, calendar_id, uid),
  foreign key (workspace_id, calendar_id) references calendars (workspace_id, calendar_id) on delete cascade
);
select guard('written_events');

-- Raised in the transaction that changes a host's busy time: the lock for bookers and the key of every cached answer.
create table host_versions (
  workspace_id uuid not null,
  user_id uuid not null,
  version bigint not null default 1,
  primary key (workspace_id, user_id),
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
select guard('host_versions');
