-- Every table carries its workspace first in its key and a row-level policy (I16). `guard` is the only way a table gets both,
-- so that a table without them is seen at once by the schema test.
create extension if not exists btree_gist;

create function current_workspace() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('app.workspace_id', true), '')::uuid $$;

create function guard(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  -- Also for the owner: on a server where we may not create a role of our own, the owner is who asks.
  execute format('alter table %s force row level security', target);
  execute format('create policy in_workspace on %s using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())', target);
end $$;

-- The three tables without a workspace: what must be known before a workspace is. None holds a person's words.
create table instance (
  only_row boolean primary key default true check (only_row),
  instance_id uuid not null default gen_random_uuid(),
  epoch text not null,
  setup_key_hash bytea,
  setup_expires_at timestamptz,
  key_check text,
  created_at timestamptz not null default now()
);

-- Addresses and hashes that lead to a workspace: a sign-in address is kept as a hash, a public slug as it is.
create table directory (
  kind text not null check (kind in ('sign-in', 'host')),
  key text not null check (length(key) between 1 and 200),
  workspace_id uuid not null,
  subject_id uuid not null,
  primary key (kind, key)
);
create index directory_subject on directory (workspace_id, subject_id);
alter table directory enable row level security;
alter table directory force row level security;
create policy anyone_looks_up on directory for select using (true);
create policy own_rows_insert on directory for insert with check (workspace_id = current_workspace());
create policy own_rows_update on directory for update using (workspace_id = current_workspace()) with check (workspace_id = current_workspace());
create policy own_rows_delete on directory for delete using (workspace_id = current_workspace());

create table rate_limits (
  bucket text not null check (length(bucket) <= 200),
  window_start timestamptz not null,
  hits integer not null,
  primary key (bucket, window_start)
);

create table workspaces (
  workspace_id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  locale text not null check (locale in ('en', 'it')),
  zone text not null,
  seat_gate boolean not null default true,
  created_at timestamptz not null default now()
);
select guard('workspaces');

create table roles (
  workspace_id uuid not null references workspaces on delete cascade,
  role_id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 80),
  -- 'admin' and 'member' are made with the workspace and cannot be removed.
  built_in text check (built_in in ('admin', 'member')),
  permissions text[] not null,
  primary key (workspace_id, role_id),
  unique (workspace_id, built_in)
);
select guard('roles');

create table users (
  workspace_id uuid not null references workspaces on delete cascade,
  user_id uuid not null default gen_random_uuid(),
  email text not null check (length(email) between 3 and 254),
  email_key text not null,
  name text not null check (length(name) between 1 and 120),
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  password_hash text,
  role_id uuid not null,
  locale text not null check (locale in ('en', 'it')),
  zone text not null,
  theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  primary key (workspace_id, user_id),
  unique (workspace_id, email_key),
  unique (workspace_id, slug),
  foreign key (workspace_id, role_id) references roles (workspace_id, role_id)
);
select guard('users');

create table seats (
  workspace_id uuid not null,
  user_id uuid not null,
  kind text not null check (kind in ('core', 'sales', 'service')),
  level text not null check (level in ('starter', 'professional', 'enterprise')),
  assigned_at timestamptz not null default now(),
  primary key (workspace_id, user_id),
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
select guard('seats');

create table sessions (
  workspace_id uuid not null,
  token_hash bytea not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  agent text,
  primary key (workspace_id, token_hash),
  foreign key (workspace_id, user_id) references users (workspace_id, user_id) on delete cascade
);
create index sessions_user on sessions (workspace_id, user_id);
select guard('sessions');

create table invitations (
  workspace_id uuid not null references workspaces on delete cascade,
  invitation_id uuid not null default gen_random_uuid(),
  email text not null,
  email_key text not null,
  role_id uuid not null,
  seat_kind text not null default 'core' check (seat_kind in ('core', 'sales', 'service')),
  seat_level text not null default 'starter' check (seat_level in ('starter', 'professional', 'enterprise')),
  token_hash bytea not null,
  invited_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  primary key (workspace_id, invitation_id),
  unique (workspace_id, token_hash),
  foreign key (workspace_id, role_id) references roles (workspace_id, role_id),
  foreign key (workspace_id, invited_by) references users (workspace_id, user_id) on delete cascade
);
select guard('invitations');
