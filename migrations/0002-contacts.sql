create table companies (
  workspace_id uuid not null references workspaces on delete cascade,
  company_id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  -- The name without case and marks, as contacts/fold.ts writes it: "elena" finds "Èlena".
  name_key text collate "C" not null,
  domain text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, company_id)
);
create unique index companies_domain on companies (workspace_id, domain) where domain is not null;
select guard('companies');

create table contacts (
  workspace_id uuid not null references workspaces on delete cascade,
  contact_id uuid not null default gen_random_uuid(),
  email text not null check (length(email) between 3 and 254),
  email_key text not null,
  name text not null check (length(name) between 1 and 200),
  name_key text collate "C" not null,
  phone text,
  job_title text,
  company_id uuid,
  owner_id uuid,
  locale text,
  zone text,
  -- How this contact came to us: 'booking', 'request', 'person', 'import'.
  source text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, contact_id),
  unique (workspace_id, email_key),
  foreign key (workspace_id, company_id) references companies (workspace_id, company_id) on delete set null (company_id),
  foreign key (workspace_id, owner_id) references users (workspace_id, user_id) on delete set null (owner_id)
);
create index contacts_by_name on contacts (workspace_id, name_key, contact_id);
select guard('contacts');

-- Immutable: a line keeps its own words, so that it outlives what it tells of.
create table timeline_entries (
  workspace_id uuid not null,
  entry_id uuid not null default gen_random_uuid(),
  contact_id uuid not null,
  kind text not null,
  at timestamptz not null,
  recorded_at timestamptz not null default now(),
  booking_id uuid,
  author_id uuid,
  words jsonb not null,
  primary key (workspace_id, entry_id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, contact_id) on delete cascade
);
create index timeline_of_contact on timeline_entries (workspace_id, contact_id, at desc);
select guard('timeline_entries');
