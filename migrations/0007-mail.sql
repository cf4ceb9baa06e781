create table letters (
  workspace_id uuid not null references workspaces on delete cascade,
  letter_id uuid not null default gen_random_uuid(),
  kind text not null,
  effect_id uuid,
  recipient text not null,
  -- Whose letter it is among us: people see their own in the outbox.
  reply_to text,
  subject text not null,
  message_id text not null,
  -- 'practice' letters stay in /outbox because no mail server is set.
  state text not null check (state in ('queued', 'sending', 'sent', 'failed', 'unknown', 'practice')),
  -- The whole message (RFC 5322), kept until the retention rule takes it.
  source bytea not null,
  trouble text,
  attempts integer not null default 0,
  fence bigint not null default 0,
  lease_until timestamptz,
  next_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  primary key (workspace_id, letter_id),
  unique (workspace_id, message_id)
);
create index letters_newest on letters (workspace_id, created_at desc);
create index letters_waiting on letters (workspace_id, next_at) where state in ('queued', 'sending');
select guard('letters');
