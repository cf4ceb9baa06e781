create table schedules (
  workspace_id uuid not null,
  schedule_id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  name text not null check (length(name) between 1 and 120),
  zone text not null,
  -- Seven lists of {from,to} in minutes after midnight, Monday first.
  weekly jsonb not null,
  -- [{date, spans}]
  overrides jsonb not null default '[]',
  is_default boolean not null default false,
  version integer not null default 1,
  primary key (workspace_id, schedule_id),
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
create unique index schedules_one_default on schedules (workspace_id, user_id) where is_default;
select guard('schedules');

create table event_types (
  workspace_id uuid not null,
  event_type_id uuid not null default gen_random_uuid(),
  owner_id uuid not null,
  title text not null check (length(title) between 1 and 120),
  description text not null default '' check (length(description) <= 5000),
  -- {kind: 'video'|'phone'|'place'|'ask', value}
  location jsonb not null,
  durations integer[] not null check (cardinality(durations) between 1 and 8),
  increment integer not null check (increment between 5 and 1440),
  buffer_before integer not null default 0 check (buffer_before between 0 and 1440),
  buffer_after integer not null default 0 check (buffer_after between 0 and 1440),
  notice integer not null default 0 check (notice between 0 and 525600),
  -- {kind:'rolling',days} or {kind:'range',from,to}
  horizon jsonb not null,
  per_day integer check (per_day between 1 and 1000),
  per_week integer check (per_week between 1 and 5000),
  capacity integer not null default 1 check (capacity between 1 and 1000),
  assignment text not null default 'solo' check (assignment in ('solo', 'round-robin', 'collective')),
  schedule_id uuid,
  questions jsonb not null default '[]',
  -- {required: boolean, text: {en, it}} or null
  consent jsonb,
  -- at most three of {n, unit}
  reminders jsonb not null default '[]' check (jsonb_array_length(reminders) <= 3),
  guests_max integer not null default 0 check (guests_max between 0 and 50),
  -- What a checked calendar that cannot be read means: 'close', 'requests' or 'last-known' (hours).
  when_unreadable jsonb not null default '{"kind":"requests"}',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (workspace_id, event_type_id),
  foreign key (workspace_id, owner_id) references users (workspace_id, user_id) on delete cascade,
  foreign key (workspace_id, schedule_id) references schedules (workspace_id, schedule_id) on delete set null (schedule_id)
);
select guard('event_types');

create table event_type_hosts (
  workspace_id uuid not null,
  event_type_id uuid not null,
  user_id uuid not null,
  priority integer not null default 0,
  primary key (workspace_id, event_type_id, user_id),
  foreign key (workspace_id, event_type_id) references event_types (workspace_id, event_type_id) on delete cascade,
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
select guard('event_type_hosts');

create table scheduling_pages (
  workspace_id uuid not null,
  page_id uuid not null default gen_random_uuid(),
  owner_id uuid not null,
  event_type_id uuid not null,
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  -- 'auto' follows the visitor's language.
  locale text not null default 'auto' check (locale in ('auto', 'en', 'it')),
  open boolean not null default true,
  listed boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, page_id),
  unique (workspace_id, owner_id, slug),
  foreign key (workspace_id, owner_id) references users (workspace_id, user_id) on delete cascade,
  foreign key (workspace_id, event_type_id) references event_types (workspace_id, event_type_id) on delete cascade
);
select guard('scheduling_pages');
