-- The accounts people bring from elsewhere: who they are there, what each may be used for, how they were let in, and what was done with it.

-- Set the day an account was made in an earlier system; with it comes the right to two connections (S-016), burned for ever at the
-- first disconnect (S-018, S-019).
alter table users add column legacy_pair_burned_at timestamptz;

alter table workspaces
  -- Further connections beside the first, each with its roles.
  add column several_accounts boolean not null default false,
  -- Whether events made by programs become meetings in a timeline too.
  add column meetings_by_programs boolean not null default false;

alter table connections
  -- Which of a person's places this connection takes: 0 is the one account of S-014, 1 the second of a legacy pair; several accounts
  -- take further ones.
  add column slot smallint not null default 0 check (slot between 0 and 9),
  add column roles text[] not null default '{busy,bookings,crm,mail}'
    check (roles <@ array['busy', 'bookings', 'crm', 'mail']::text[]),
  add column legacy text check (legacy in ('calendar', 'meetings')),
  -- Identity is (issuer, subject), never an address (I18); null for accounts opened by a password.
  add column issuer text,
  add column subject text,
  add column granted_scopes text[] not null default '{}',
  -- The refresh token; sealed_secret holds the access token beside it.
  add column sealed_refresh text,
  add column access_expires_at timestamptz,
  -- One refresher at a time (I12, I13): a lease with a fence, never a lock over a network call.
  add column refresh_fence bigint not null default 0,
  add column refresh_lease_until timestamptz,
  -- Set before the call, cleared with its answer: whoever finds it knows that a rotated token may have been lost (C14).
  add column refresh_started_at timestamptz,
  -- When the person last said yes at the provider.
  add column consented_at timestamptz,
  -- When we expect the provider to let the grant die, if we know; told before it hurts.
  add column dies_at timestamptz,
  add column warned_at timestamptz,
  -- Whether the calendar part has been taken away while the mailbox stays.
  add column calendar_ended_at timestamptz,
  -- The provider's list of calendars has a cursor of its own where it knows one.
  add column list_cursor text,
  add column listed_at timestamptz;
drop index connections_one_account;
create unique index connections_one_account on connections (workspace_id, user_id, slot) where state <> 'disconnected';
-- One account serves one person (CAL-ALREADY-USED).
create unique index connections_identity on connections (workspace_id, provider, issuer, subject)
  where state <> 'disconnected' and subject is not null;
alter table consents add column scopes_refused text[] not null default '{}', add column mail boolean not null default false;

-- One trip to a provider and back: single use, bound to the browser session that began it (F01, F02, F03).
create table oauth_states (
  workspace_id uuid not null,
  state_hash bytea not null,
  user_id uuid not null,
  session_hash bytea not null,
  provider text not null check (provider in ('google', 'microsoft')),
  purpose text not null check (purpose in ('connect', 'reconnect', 'scopes', 'shared-inbox')),
  connection_id uuid,
  sealed_verifier text not null,
  sealed_nonce text not null,
  login_hint text,
  scopes text[] not null,
  -- Everything the person chose before they left: roles, mailbox or not, replace or add, version and language of the disclosure.
  choice jsonb not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, state_hash),
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
select guard('oauth_states');

-- What a person came back with when it is not what they meant to: kept for a few minutes while they decide (CAL-WRONG-ACCOUNT, CAL-SECOND).
create table oauth_landings (
  workspace_id uuid not null,
  landing_hash bytea not null,
  user_id uuid not null,
  provider text not null check (provider in ('google', 'microsoft')),
  code text not null,
  detail jsonb not null default '{}',
  sealed_tokens text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace_id, landing_hash),
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
select guard('oauth_landings');

-- The OAuth client an admin made at the provider for this workspace; without a row the server's settings stand.
create table provider_apps (
  workspace_id uuid not null references workspaces on delete cascade,
  provider text not null check (provider in ('google', 'microsoft')),
  client_id text not null check (length(client_id) between 1 and 400),
  sealed_client_secret text not null,
  tenant text,
  -- Google apps in "Testing" lose every grant after seven days.
  testing boolean not null default false,
  tested_at timestamptz,
  test_outcome text,
  updated_by uuid,
  updated_at timestamptz not null default now(),
  primary key (workspace_id, provider)
);
select guard('provider_apps');

-- Mailboxes of a team: they can never lend a calendar (S-021, S-022, S-026).
create table shared_inboxes (
  workspace_id uuid not null references workspaces on delete cascade,
  shared_inbox_id uuid not null default gen_random_uuid(),
  address text not null check (length(address) between 3 and 254),
  address_key text not null,
  provider text not null check (provider in ('google', 'microsoft', 'exchange', 'other')),
  name text not null default '' check (length(name) <= 120),
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (workspace_id, shared_inbox_id),
  unique (workspace_id, address_key)
);
select guard('shared_inboxes');

create table shared_inbox_members (
  workspace_id uuid not null,
  shared_inbox_id uuid not null,
  user_id uuid not null,
  primary key (workspace_id, shared_inbox_id, user_id),
  foreign key (workspace_id, shared_inbox_id) references shared_inboxes (workspace_id, shared_inbox_id) on delete cascade,
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
select guard('shared_inbox_members');

-- Every read and write made at a provider, by which feature, when. Reads of one kind within an hour share a line with a count; each
-- write has its own, written before the call.
create table access_ledger (
  workspace_id uuid not null,
  entry_id uuid not null default gen_random_uuid(),
  connection_id uuid not null,
  user_id uuid not null,
  feature text not null,
  act text not null check (act in ('read', 'create', 'change', 'delete', 'send', 'watch', 'sign-in')),
  calendar text,
  subject text,
  times integer not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (workspace_id, entry_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, connection_id) on delete cascade
);
create index access_ledger_newest on access_ledger (workspace_id, user_id, last_at desc);
select guard('access_ledger');

-- A provider's promise to knock. The knock carries the workspace in its address and a secret of which we keep the hash.
create table watches (
  workspace_id uuid not null,
  watch_id uuid not null default gen_random_uuid(),
  calendar_id uuid not null,
  connection_id uuid not null,
  -- What the provider calls it, and what it needs to end it.
  remote_id text not null default '',
  resource text not null default '',
  secret_hash bytea not null,
  state text not null default 'asked' check (state in ('asked', 'live', 'ending', 'ended')),
  expires_at timestamptz,
  last_knock_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (workspace_id, watch_id),
  foreign key (workspace_id, calendar_id) references calendars (workspace_id, calendar_id) on delete cascade
);
create index watches_of_calendar on watches (workspace_id, calendar_id);
select guard('watches');

alter table calendars
  -- A knock came after this reader had begun, or while nobody read.
  add column knocked_at timestamptz,
  -- Up to when changes have been handed to those above: bookings that follow, meetings in timelines.
  add column followed_at timestamptz,
  -- The account's own first calendar.
  add column is_primary boolean not null default false,
  -- Whether this calendar can make a video link, by the provider's own word: 'meet', 'teams' or null.
  add column conference text check (conference in ('meet', 'teams'));

alter table calendar_events
  -- Our private mark, which survives a change of ids (B19).
  add column mark text,
  add column declined text[] not null default '{}',
  add column made_at timestamptz,
  add column by_program boolean not null default false;
create index calendar_events_mark on calendar_events (workspace_id, mark) where mark is not null;
create index calendar_events_seen on calendar_events (workspace_id, calendar_id, seen_at);

-- What its owner's changes in their own calendar mean for a booking: 'reschedule' / 'cancel', 'ask' or 'ignore'.
alter table event_types add column on_calendar_change jsonb not null
  default '{"moved":"reschedule","deleted":"cancel","declined":"ask"}';

alter table bookings
  -- The UID under which the calendar itself knows the event, where it is not ours.
  add column calendar_uid text,
  -- Who invites for the whole life of this booking, decided once (I4, C27).
  add column invited_by text not null default 'us' check (invited_by in ('us', 'provider')),
  add column join_url text,
  add column join_state text not null default 'none' check (join_state in ('none', 'pending', 'ready', 'failed')),
  add column made_from text not null default 'page' check (made_from in ('page', 'record'));

-- A change seen in the calendar that waits for its host's word.
create table calendar_changes (
  workspace_id uuid not null,
  change_id uuid not null default gen_random_uuid(),
  booking_id uuid not null,
  calendar_id uuid not null,
  kind text not null check (kind in ('moved', 'deleted', 'declined')),
  starts_at timestamptz,
  ends_at timestamptz,
  who text,
  state text not null default 'open' check (state in ('open', 'followed', 'kept', 'ignored', 'over')),
  noticed_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (workspace_id, change_id),
  foreign key (workspace_id, booking_id) references bookings (workspace_id, booking_id) on delete cascade
);
create unique index calendar_changes_one_open on calendar_changes (workspace_id, booking_id, kind) where state = 'open';
select guard('calendar_changes');

-- Calendar events with people we know, as they stood when last seen; the lines in timelines are made from the differences.
create table meetings (
  workspace_id uuid not null,
  meeting_id uuid not null default gen_random_uuid(),
  calendar_id uuid not null,
  event_key bytea not null,
  contact_id uuid not null,
  user_id uuid not null,
  title text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  state text not null check (state in ('standing', 'gone')),
  seen_at timestamptz not null,
  primary key (workspace_id, meeting_id),
  unique (workspace_id, calendar_id, event_key, contact_id),
  foreign key (workspace_id, calendar_id) references calendars (workspace_id, calendar_id) on delete cascade,
  foreign key (workspace_id, contact_id) references contacts (workspace_id, contact_id) on delete cascade
);
create index meetings_of_contact on meetings (workspace_id, contact_id, starts_at);
select guard('meetings');

alter table letters
  -- Whose own mailbox carries it; null for the server's.
  add column mailbox_user_id uuid,
  add column contact_email text,
  add column carried_by text;
