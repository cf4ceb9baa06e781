create table consents (
  workspace_id uuid not null,
  consent_id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  provider text not null,
  text_version text not null,
  locale text not null,
  scopes text[] not null,
  given_at timestamptz not null default now(),
  primary key (workspace_id, consent_id),
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
select guard('consents');

create table connections (
  workspace_id uuid not null,
  connection_id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  provider text not null check (provider in ('google', 'microsoft', 'exchange', 'caldav')),
  account text not null,
  state text not null check (state in ('connecting', 'connected', 'broken', 'disconnected')),
  -- A code from connections/model.ts that chooses the sentence the owner reads; null while all is well.
  reason text,
  state_since timestamptz not null default now(),
  capabilities jsonb not null default '{}',
  -- Envelope of server/platform/secrets.ts; null once disconnected: the secret is destroyed, not kept.
  sealed_address text,
  sealed_user text,
  sealed_secret text,
  consent_id uuid,
  created_at timestamptz not null default now(),
  verified_at timestamptz,
  primary key (workspace_id, connection_id),
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade,
  foreign key (workspace_id, consent_id) references consents (workspace_id, consent_id)
);
-- One account at a time (S-014); what is disconnected does not count.
create unique index connections_one_account on connections (workspace_id, user_id) where state <> 'disconnected';
select guard('connections');

create table grants (
  workspace_id uuid not null,
  connection_id uuid not null,
  kind text not null check (kind in ('calendar', 'mail')),
  given_at timestamptz not null default now(),
  primary key (workspace_id, connection_id, kind),
  foreign key (workspace_id, connection_id) references connections (workspace_id, connection_id) on delete cascade
);
select guard('grants');
