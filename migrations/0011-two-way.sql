-- What its owner does in a calendar comes back: what changed, what of it was ours, and whom we know.
alter table calendars
  -- Moves on with every page that changed a row; up to followed_at, those above have done their part.
  add column changed_at timestamptz;

alter table calendar_events
  -- What it does to its owner's time (EventKind), 'mixed' where its occurrences differ.
  add column kind text not null default 'busy',
  add column occurrences integer not null default 1,
  add column accepted text[] not null default '{}';

-- Of several events of ours that go at once, none is believed gone before a second, later look (B08).
alter table written_events add column missing_since timestamptz;

-- A meeting made from a contact's record has no page behind it.
alter table occupancy alter column event_type_id drop not null;

alter table bookings
  -- The visitor's own answer in the calendar, as last seen.
  add column visitor_answer text check (visitor_answer in ('accepted', 'declined'));

create index calendar_changes_newest on calendar_changes (workspace_id, booking_id, kind, noticed_at desc);

-- The instances of a series share it: a series is told once, not once a week.
alter table meetings add column uid text not null default '';
create index meetings_of_series on meetings (workspace_id, uid);

-- The mailbox behind an address: without the tag after a plus, and as Gmail reads its own addresses.
create function mail_root(address text) returns text language sql immutable parallel safe as $$
  select case when split_part(lower(address), '@', 2) in ('gmail.com', 'googlemail.com')
    then replace(split_part(split_part(lower(address), '@', 1), '+', 1), '.', '') || '@gmail.com'
    else split_part(split_part(lower(address), '@', 1), '+', 1) || '@' || split_part(lower(address), '@', 2) end
$$;
alter table contacts add column email_root text generated always as (mail_root(email_key)) stored;
create index contacts_by_root on contacts (workspace_id, email_root);
