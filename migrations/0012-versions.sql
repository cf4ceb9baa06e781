-- A host's version stands for everything an answer about them is made of: whoever holds the same version holds the truth. Verbs
-- raise it themselves, early, because it is also the lock of bookers; these triggers are behind them, so that nobody can forget.
create function raise_versions(place uuid, hosts uuid[]) returns void language sql as $$
  insert into host_versions (workspace_id, user_id)
  select place, u.user_id from users u where u.workspace_id = place and u.user_id = any(hosts) order by u.user_id
  on conflict (workspace_id, user_id) do update set version = host_versions.version + 1
$$;

-- Time that is taken or given back. Whoever claimed the host in this transaction has raised the version already.
create function taken_time_changed() returns trigger language plpgsql as $$
declare
  place uuid;
  hosts uuid[];
begin
  select t.workspace_id, array_agg(distinct t.host_id) into place, hosts from touched t
  where not exists (select from host_versions v where v.workspace_id = t.workspace_id and v.user_id = t.host_id and v.xmin = pg_current_xact_id()::xid)
  group by t.workspace_id;
  if hosts is not null then perform raise_versions(place, hosts); end if;
  return null;
end $$;
create trigger occupancy_made after insert on occupancy referencing new table as touched for each statement execute function taken_time_changed();
create trigger occupancy_changed after update on occupancy referencing new table as touched for each statement execute function taken_time_changed();
create trigger occupancy_ended after delete on occupancy referencing old table as touched for each statement execute function taken_time_changed();

-- What is offered, to whom and by whom: changed seldom, by people, so that it may cost a little.
create function hosts_of_type(place uuid, wanted uuid) returns uuid[] language sql stable as $$
  select array_agg(host) from (
    select h.user_id as host from event_type_hosts h where h.workspace_id = place and h.event_type_id = wanted
    union select e.owner_id from event_types e where e.workspace_id = place and e.event_type_id = wanted
    union select p.owner_id from scheduling_pages p where p.workspace_id = place and p.event_type_id = wanted
  ) all_hosts
$$;
create function offer_changed() returns trigger language plpgsql as $$
declare
  changed record;
  hosts uuid[];
begin
  if tg_op = 'DELETE' then changed := old; else changed := new; end if;
  hosts := hosts_of_type(changed.workspace_id, changed.event_type_id);
  if tg_table_name = 'event_type_hosts' then hosts := hosts || changed.user_id; else hosts := hosts || changed.owner_id; end if;
  perform raise_versions(changed.workspace_id, hosts);
  return null;
end $$;
create trigger event_types_raise after update on event_types for each row execute function offer_changed();
create trigger event_types_end after delete on event_types for each row execute function offer_changed();
create trigger event_type_hosts_raise after insert or update or delete on event_type_hosts for each row execute function offer_changed();
create trigger scheduling_pages_raise after insert or update or delete on scheduling_pages for each row execute function offer_changed();

create function person_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then perform raise_versions(old.workspace_id, array[old.user_id]); else perform raise_versions(new.workspace_id, array[new.user_id]); end if;
  return null;
end $$;
create trigger schedules_raise after insert or update or delete on schedules for each row execute function person_changed();
create trigger connections_raise after insert or delete on connections for each row execute function person_changed();
create trigger connections_change_raise after update on connections for each row
  when ((old.state, old.roles, old.calendar_ended_at) is distinct from (new.state, new.roles, new.calendar_ended_at)) execute function person_changed();
create trigger calendars_raise after insert or delete on calendars for each row execute function person_changed();
create trigger calendars_change_raise after update on calendars for each row
  when ((old.checked, old.destination, old.writable, old.quarantined_at is null, old.synced_at is null)
    is distinct from (new.checked, new.destination, new.writable, new.quarantined_at is null, new.synced_at is null)) execute function person_changed();
create trigger calendars_busy_raise after update of packed_busy on calendars for each row when (old.packed_busy is distinct from new.packed_busy) execute function person_changed();

-- Names and zones stand on many pages: a change of them is everybody's.
create function everybody_changed() returns trigger language plpgsql as $$
begin
  perform raise_versions(new.workspace_id, (select array_agg(u.user_id) from users u where u.workspace_id = new.workspace_id));
  return null;
end $$;
create trigger users_raise after update on users for each row
  when ((old.name, old.email, old.slug, old.zone, old.locale, old.disabled_at) is distinct from (new.name, new.email, new.slug, new.zone, new.locale, new.disabled_at)) execute function everybody_changed();
create trigger workspaces_raise after update of name on workspaces for each row when (old.name is distinct from new.name) execute function everybody_changed();

-- A request is shown to its hosts, and to visitors as a time that others have asked for.
create function request_changed() returns trigger language plpgsql as $$
begin
  perform raise_versions(new.workspace_id, (select array_agg(h.user_id) from booking_hosts h where h.workspace_id = new.workspace_id and h.booking_id = new.booking_id));
  return null;
end $$;
create trigger bookings_request_raise after update on bookings for each row when (old.state = 'requested' and (new.state, new.starts_at, new.ends_at) is distinct from (old.state, old.starts_at, old.ends_at)) execute function request_changed();
create function host_asked() returns trigger language plpgsql as $$
begin
  if exists (select from bookings b where b.workspace_id = new.workspace_id and b.booking_id = new.booking_id and b.state = 'requested') then
    perform raise_versions(new.workspace_id, array[new.user_id]);
  end if;
  return null;
end $$;
create trigger booking_hosts_asked after insert on booking_hosts for each row execute function host_asked();

-- As in 0008; and for whoever still holds all of it no more than a yes, and when each calendar was last read, which moves without
-- a change: `known` is then every host of the page with its version.
drop function page_inputs(text, text, jsonb);
create function page_inputs(host_slug text, page_slug text, known jsonb)
returns table (workspace_id uuid, page jsonb, hosts jsonb, busy_hosts uuid[], busy bytea[], unchanged boolean)
language plpgsql volatile set plan_cache_mode = 'force_generic_plan' as $$
#variable_conflict use_column
declare
  place uuid;
  owner uuid;
begin
  select d.workspace_id, d.subject_id into place, owner from directory d where d.kind = 'host' and d.key = host_slug;
  if place is null then return; end if;
  perform set_config('app.workspace_id', place::text, true);
  return query select * from page_inputs_in(place, (
    select p.page_id from scheduling_pages p where p.workspace_id = place and p.owner_id = owner and p.slug = page_slug
  ), known);
end $$;

create function page_inputs_in(place uuid, wanted uuid, known jsonb)
returns table (workspace_id uuid, page jsonb, hosts jsonb, busy_hosts uuid[], busy bytea[], unchanged boolean)
language plpgsql volatile set plan_cache_mode = 'force_generic_plan' as $$
#variable_conflict use_column
begin
  if known <> '{}' and not exists (
    select from jsonb_each_text(known) k where not exists (select from host_versions v where v.workspace_id = place and v.user_id = k.key::uuid and v.version = k.value::bigint)
  ) then
    return query select place, null::jsonb, (
      select jsonb_object_agg(c.calendar_id, (extract(epoch from c.synced_at) * 1000)::bigint) from calendars c
      where c.workspace_id = place and (c.checked or c.destination) and c.user_id in (select k::uuid from jsonb_object_keys(known) k)
    ), null::uuid[], null::bytea[], true;
  else
    return query select *, false from page_inputs_of(place, wanted, '{}');
  end if;
end $$;
