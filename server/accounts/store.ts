import { sql } from 'kysely'
import type { Locale } from '#core/locale/locale.ts'
import type { Instant } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import { emailKey } from '#server/platform/http.ts'
import { all, one, run } from '#server/platform/statement.ts'
import type * as model from './model.ts'

type Seat = model.Seat
type Ids = { workspaceId: string; userId: string }

export const findInDirectory = (tx: Tx, kind: 'sign-in' | 'host', key: string) =>
  one<Ids>(tx)`
    select workspace_id as "workspaceId", subject_id as "userId" from directory where kind = ${kind} and key = ${key}`

export const workspaceExists = async (tx: Tx): Promise<boolean> =>
  (await one(tx)`select from directory where kind = 'sign-in' limit 1`) !== null

/** Enters the first free key of the list, or none; what another transaction is about to enter counts as taken. */
export async function enterInDirectory(
  tx: Tx,
  kind: 'sign-in' | 'host',
  keys: string[],
  { workspaceId, userId }: Ids,
) {
  for (const key of keys) {
    const entered = await one(tx)`
      insert into directory (kind, key, workspace_id, subject_id) values (${kind}, ${key}, ${workspaceId}, ${userId})
      on conflict do nothing returning key`
    if (entered) return key
  }
  return null
}

export const leaveOtherSlugs = (tx: Tx, { workspaceId, userId }: Ids, kept: string) =>
  run(tx)`
    delete from directory
    where workspace_id = ${workspaceId} and subject_id = ${userId} and kind = 'host' and key <> ${kept}`

export type SetupKey = { hash: Buffer | null; expiresAt: Instant | null }
const setupKey = sql`setup_key_hash as hash, setup_expires_at as "expiresAt"`

export const findSetupKey = (tx: Tx) => one<SetupKey>(tx)`select ${setupKey} from instance`

/** The one row of this installation, made when missing and locked until the transaction ends: two first runs at once become one. */
export async function lockInstance(tx: Tx) {
  await run(tx)`insert into instance (epoch) values (gen_random_uuid()) on conflict do nothing`
  return one<SetupKey>(tx)`select ${setupKey} from instance for update`
}

export const saveSetupKey = (tx: Tx, hash: Buffer | null, expiresAt: Instant | null) =>
  run(tx)`
    update instance set setup_key_hash = ${hash}, setup_expires_at = ${expiresAt === null ? null : at(expiresAt)}`

export const insertWorkspace = (
  tx: Tx,
  workspaceId: string,
  row: { name: string; locale: Locale; zone: string },
) =>
  run(tx)`
    insert into workspaces (workspace_id, name, locale, zone) values (${workspaceId}, ${row.name}, ${row.locale}, ${row.zone})`

export const updateWorkspace = (tx: Tx, workspaceId: string, change: model.WorkspaceChange) =>
  run(tx)`
    update workspaces set
      name = coalesce(${change.name ?? null}, name),
      locale = coalesce(${change.locale ?? null}, locale),
      zone = coalesce(${change.zone ?? null}, zone),
      seat_gate = coalesce(${change.seatGate ?? null}, seat_gate),
      several_accounts = coalesce(${change.severalAccounts ?? null}, several_accounts),
      meetings_by_programs = coalesce(${change.meetingsByPrograms ?? null}, meetings_by_programs)
    where workspace_id = ${workspaceId}`

const roleColumns = sql`role_id as id, name, built_in as "builtIn", permissions`

export const findRoles = (tx: Tx, workspaceId: string) =>
  all<model.Role>(tx)`
    select ${roleColumns} from roles where workspace_id = ${workspaceId} order by built_in nulls last, name, role_id`

export const findRole = (tx: Tx, workspaceId: string, roleId: string) =>
  one<model.Role>(tx)`
    select ${roleColumns} from roles where workspace_id = ${workspaceId} and role_id = ${roleId}`

export async function insertRole(
  tx: Tx,
  workspaceId: string,
  role: model.RoleDraft,
  builtIn: model.BuiltIn | null = null,
) {
  const row = await one<{ id: string }>(tx)`
    insert into roles (workspace_id, name, built_in, permissions)
    values (${workspaceId}, ${role.name}, ${builtIn}, ${role.permissions}) returning role_id as id`
  return row!.id
}

export const updateRole = (tx: Tx, workspaceId: string, roleId: string, change: model.RoleChange) =>
  run(tx)`
    update roles set
      name = coalesce(${change.name ?? null}, name),
      permissions = coalesce(${change.permissions ?? null}::text[], permissions)
    where workspace_id = ${workspaceId} and role_id = ${roleId}`

export const roleInUse = async (
  tx: Tx,
  workspaceId: string,
  roleId: string,
  now: Instant,
): Promise<boolean> =>
  (await one(tx)`
    select from users where workspace_id = ${workspaceId} and role_id = ${roleId}
    union all
    select from invitations
    where workspace_id = ${workspaceId} and role_id = ${roleId} and accepted_at is null and expires_at > ${at(now)}
    limit 1`) !== null

/** With the spent invitations that still name it. */
export async function deleteRole(tx: Tx, workspaceId: string, roleId: string) {
  await run(tx)`delete from invitations where workspace_id = ${workspaceId} and role_id = ${roleId}`
  await run(tx)`delete from roles where workspace_id = ${workspaceId} and role_id = ${roleId}`
}

/** Whoever changes who may do what waits here for the others: two admins cannot both remove the last one. */
export const lockPeople = (tx: Tx, workspaceId: string) =>
  run(tx)`select from roles where workspace_id = ${workspaceId} and built_in = 'admin' for no key update`

export type NewUser = Ids &
  Pick<UserRow, 'email' | 'name' | 'slug' | 'roleId' | 'locale' | 'zone'> & { passwordHash: string | null }

export const insertUser = (tx: Tx, user: NewUser) =>
  run(tx)`
    insert into users (workspace_id, user_id, email, email_key, name, slug, password_hash, role_id, locale, zone)
    values (${user.workspaceId}, ${user.userId}, ${user.email}, ${emailKey(user.email)}, ${user.name}, ${user.slug},
      ${user.passwordHash}, ${user.roleId}, ${user.locale}, ${user.zone})`

export const saveSeat = (tx: Tx, { workspaceId, userId }: Ids, seat: Seat | null) =>
  seat === null
    ? run(tx)`delete from seats where workspace_id = ${workspaceId} and user_id = ${userId}`
    : run(tx)`
      insert into seats (workspace_id, user_id, kind, level) values (${workspaceId}, ${userId}, ${seat.kind}, ${seat.level})
      on conflict (workspace_id, user_id)
      do update set kind = excluded.kind, level = excluded.level, assigned_at = now()`

export const updateProfile = (tx: Tx, { workspaceId, userId }: Ids, change: model.ProfileChange) =>
  run(tx)`
    update users set
      name = coalesce(${change.name ?? null}, name),
      slug = coalesce(${change.slug ?? null}, slug),
      locale = coalesce(${change.locale ?? null}, locale),
      zone = coalesce(${change.zone ?? null}, zone),
      theme = coalesce(${change.theme ?? null}, theme)
    where workspace_id = ${workspaceId} and user_id = ${userId}`

export const updatePerson = (
  tx: Tx,
  { workspaceId, userId }: Ids,
  change: model.PersonChange,
  now: Instant,
) =>
  run(tx)`
    update users set
      role_id = coalesce(${change.roleId ?? null}, role_id),
      disabled_at = case ${change.disabled ?? null}::boolean
        when true then coalesce(disabled_at, ${at(now)}) when false then null else disabled_at end
    where workspace_id = ${workspaceId} and user_id = ${userId}`

export const savePasswordHash = (tx: Tx, { workspaceId, userId }: Ids, hash: string) =>
  run(tx)`
    update users set password_hash = ${hash} where workspace_id = ${workspaceId} and user_id = ${userId}`

/** Null for who does not exist, is disabled or has no password: the caller cannot tell them apart, so it cannot tell anyone. */
export async function findPasswordHash(tx: Tx, { workspaceId, userId }: Ids): Promise<string | null> {
  const row = await one<{ hash: string | null }>(tx)`
    select password_hash as hash from users
    where workspace_id = ${workspaceId} and user_id = ${userId} and disabled_at is null`
  return row?.hash ?? null
}

export async function otherAdmins(tx: Tx, { workspaceId, userId }: Ids): Promise<number> {
  const row = await one<{ n: number }>(tx)`
    select count(*) as n from users u join roles r using (workspace_id, role_id)
    where u.workspace_id = ${workspaceId} and r.built_in = 'admin' and u.disabled_at is null and u.user_id <> ${userId}`
  return row!.n
}

type SeatColumns = { seatKind: Seat['kind'] | null; seatLevel: Seat['level'] | null }
type PersonRow = Omit<model.Person, 'role' | 'seat'> & SeatColumns & { roleId: string; roleName: string }

export async function findPeople(tx: Tx, workspaceId: string): Promise<model.Person[]> {
  const rows = await all<PersonRow>(tx)`
    select u.user_id as id, u.name, u.email, u.slug, u.role_id as "roleId", r.name as "roleName",
      s.kind as "seatKind", s.level as "seatLevel", u.disabled_at is not null as disabled
    from users u join roles r using (workspace_id, role_id) left join seats s using (workspace_id, user_id)
    where u.workspace_id = ${workspaceId} order by lower(u.name), u.user_id`
  return rows.map(({ roleId, roleName, seatKind, seatLevel, ...row }) => ({
    ...row,
    role: { id: roleId, name: roleName },
    seat: seatKind && seatLevel ? { kind: seatKind, level: seatLevel } : null,
  }))
}

export type UserRow = {
  id: string
  name: string
  email: string
  slug: string
  zone: string
  locale: Locale
  roleId: string
  disabled: boolean
}

export const findUserRows = (tx: Tx, ids: readonly string[]) =>
  all<UserRow>(tx)`
    select user_id as id, name, email, slug, zone, locale, role_id as "roleId", disabled_at is not null as disabled
    from users where workspace_id = current_workspace() and user_id = any(${ids}::uuid[])`

type NewSession = Ids & { hash: Buffer; now: Instant; expiresAt: Instant; agent: string | null }

export const insertSession = (tx: Tx, { workspaceId, userId, hash, now, expiresAt, agent }: NewSession) =>
  run(tx)`
    insert into sessions (workspace_id, token_hash, user_id, created_at, last_seen_at, expires_at, agent)
    values (${workspaceId}, ${hash}, ${userId}, ${at(now)}, ${at(now)}, ${at(expiresAt)}, ${agent})`

export const touchSession = (tx: Tx, workspaceId: string, hash: Buffer, now: Instant, expiresAt: Instant) =>
  run(tx)`
    update sessions set last_seen_at = ${at(now)}, expires_at = ${at(expiresAt)}
    where workspace_id = ${workspaceId} and token_hash = ${hash}`

export const deleteSession = (tx: Tx, workspaceId: string, hash: Buffer) =>
  run(tx)`delete from sessions where workspace_id = ${workspaceId} and token_hash = ${hash}`

export const deleteSessionsOf = (tx: Tx, { workspaceId, userId }: Ids) =>
  run(tx)`delete from sessions where workspace_id = ${workspaceId} and user_id = ${userId}`

export const deleteExpiredSessions = (tx: Tx, workspaceId: string, now: Instant) =>
  run(tx)`delete from sessions where workspace_id = ${workspaceId} and expires_at < ${at(now)}`

export type MemberRow = Ids &
  SeatColumns &
  Pick<model.Me['user'], 'name' | 'email' | 'slug' | 'locale' | 'zone' | 'theme'> & {
    workspaceName: string
    workspaceLocale: Locale
    workspaceZone: string
    seatGate: boolean
    severalAccounts: boolean
    meetingsByPrograms: boolean
    roleId: string
    roleName: string
    builtIn: model.BuiltIn | null
    permissions: model.Permission[]
  }

const memberColumns = sql`u.user_id as "userId", u.name, u.email, u.slug, u.locale, u.zone, u.theme,
  w.workspace_id as "workspaceId", w.name as "workspaceName", w.locale as "workspaceLocale", w.zone as "workspaceZone",
  w.seat_gate as "seatGate", w.several_accounts as "severalAccounts", w.meetings_by_programs as "meetingsByPrograms", r.role_id as "roleId", r.name as "roleName", r.built_in as "builtIn", r.permissions,
  s.kind as "seatKind", s.level as "seatLevel"`
const memberTables = sql`users u join workspaces w using (workspace_id) join roles r using (workspace_id, role_id)
  left join seats s using (workspace_id, user_id)`

/** Who a session belongs to and all they may do, in one question; a session that ended, or whose user is disabled, is nobody's. */
export const findSession = (tx: Tx, workspaceId: string, hash: Buffer, now: Instant) =>
  one<MemberRow & { lastSeenAt: Instant }>(tx)`
    select x.last_seen_at as "lastSeenAt", ${memberColumns}
    from sessions x join ${memberTables} using (workspace_id, user_id)
    where x.workspace_id = ${workspaceId} and x.token_hash = ${hash} and x.expires_at > ${at(now)}
      and u.disabled_at is null`

/** Those who run this workspace: for letters about what only they can mend. */
export const findAdminRows = (tx: Tx, workspaceId: string) =>
  all<UserRow>(tx)`
    select u.user_id as id, u.name, u.email, u.slug, u.zone, u.locale, u.role_id as "roleId", false as disabled
    from users u join roles r using (workspace_id, role_id)
    where u.workspace_id = ${workspaceId} and r.built_in = 'admin' and u.disabled_at is null order by u.created_at, u.user_id`

/** What the rule about two accounts asks of a person (S-016 to S-019). */
export const findAge = (tx: Tx, workspaceId: string, userId: string) =>
  one<{ createdAt: Instant; zone: string; burnedAt: Instant | null }>(tx)`
    select u.created_at as "createdAt", w.zone, u.legacy_pair_burned_at as "burnedAt"
    from users u join workspaces w using (workspace_id) where u.workspace_id = ${workspaceId} and u.user_id = ${userId}`

/** What somebody new needs to know of the workspace they come into. */
export const findHouseRow = (tx: Tx, workspaceId: string) =>
  one<{ zone: string; memberRoleId: string }>(tx)`
    select w.zone, r.role_id as "memberRoleId" from workspaces w join roles r on r.workspace_id = w.workspace_id and r.built_in = 'member'
    where w.workspace_id = ${workspaceId}`

export const saveCreatedAt = (tx: Tx, { workspaceId, userId }: Ids, createdAt: Instant) =>
  run(tx)`update users set created_at = ${at(createdAt)} where workspace_id = ${workspaceId} and user_id = ${userId}`

export const findMember = (tx: Tx, { workspaceId, userId }: Ids) =>
  one<MemberRow>(tx)`
    select ${memberColumns} from ${memberTables} where u.workspace_id = ${workspaceId} and u.user_id = ${userId}`

export type NewInvitation = {
  workspaceId: string
  invitationId: string
  email: string
  roleId: string
  seat: Seat
  hash: Buffer
  invitedBy: string
  now: Instant
  expiresAt: Instant
}

/** A new invitation for an address takes the place of an open one, whose link then leads nowhere. */
export async function insertInvitation(tx: Tx, row: NewInvitation) {
  const key = emailKey(row.email)
  await run(tx)`
    delete from invitations where workspace_id = ${row.workspaceId} and email_key = ${key} and accepted_at is null`
  await run(tx)`
    insert into invitations (workspace_id, invitation_id, email, email_key, role_id, seat_kind, seat_level, token_hash,
      invited_by, created_at, expires_at)
    values (${row.workspaceId}, ${row.invitationId}, ${row.email}, ${key}, ${row.roleId}, ${row.seat.kind},
      ${row.seat.level}, ${row.hash}, ${row.invitedBy}, ${at(row.now)}, ${at(row.expiresAt)})`
}

export const findInvitations = (tx: Tx, workspaceId: string, now: Instant) =>
  all<model.Invitation>(tx)`
    select invitation_id as id, email, role_id as "roleId", expires_at as "expiresAt" from invitations
    where workspace_id = ${workspaceId} and accepted_at is null and expires_at > ${at(now)}
    order by created_at desc, invitation_id`

export type OpenInvitation = {
  id: string
  email: string
  roleId: string
  seatKind: Seat['kind']
  seatLevel: Seat['level']
  workspaceName: string
}

export const findOpenInvitation = (tx: Tx, workspaceId: string, hash: Buffer, now: Instant, lock = false) =>
  one<OpenInvitation>(tx)`
    select i.invitation_id as id, i.email, i.role_id as "roleId", i.seat_kind as "seatKind", i.seat_level as "seatLevel",
      w.name as "workspaceName"
    from invitations i join workspaces w using (workspace_id)
    where i.workspace_id = ${workspaceId} and i.token_hash = ${hash} and i.accepted_at is null
      and i.expires_at > ${at(now)} ${lock ? sql`for update of i` : sql``}`

export const spendInvitation = (tx: Tx, workspaceId: string, invitationId: string, now: Instant) =>
  run(tx)`
    update invitations set accepted_at = ${at(now)}
    where workspace_id = ${workspaceId} and invitation_id = ${invitationId}`

export const deleteInvitation = async (tx: Tx, workspaceId: string, invitationId: string): Promise<boolean> =>
  (await one(tx)`
    delete from invitations
    where workspace_id = ${workspaceId} and invitation_id = ${invitationId} and accepted_at is null
    returning invitation_id`) !== null
