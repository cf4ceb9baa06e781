import { sql } from 'kysely'
import type { Locale } from '#core/locale/locale.ts'
import type { Instant } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import { emailKey } from '#server/platform/http.ts'
import type { BuiltIn, Invitation, Permission, Person, PersonChange, ProfileChange, Role, RoleDraft, Seat, WorkspaceChange } from './model.ts'

const one = <Row>(result: { rows: Row[] }): Row | null => result.rows[0] ?? null

export async function findInDirectory(tx: Tx, kind: 'sign-in' | 'host', key: string) {
  return one(await sql<{ workspaceId: string; subjectId: string }>`
    select workspace_id as "workspaceId", subject_id as "subjectId" from directory where kind = ${kind} and key = ${key}`.execute(tx))
}

export async function workspaceExists(tx: Tx): Promise<boolean> {
  return one(await sql<{ found: boolean }>`select exists (select from directory where kind = 'sign-in') as found`.execute(tx))!.found
}

/** Enters the first free key of the list, or none; what another transaction is about to enter counts as taken. */
export async function enterInDirectory(tx: Tx, kind: 'sign-in' | 'host', keys: string[], workspaceId: string, userId: string) {
  for (const key of keys) {
    const entered = one(await sql<{ key: string }>`
      insert into directory (kind, key, workspace_id, subject_id) values (${kind}, ${key}, ${workspaceId}, ${userId})
      on conflict do nothing returning key`.execute(tx))
    if (entered) return key
  }
  return null
}

export async function leaveDirectory(tx: Tx, kind: 'host', workspaceId: string, userId: string, except: string) {
  await sql`delete from directory where workspace_id = ${workspaceId} and subject_id = ${userId} and kind = ${kind} and key <> ${except}`.execute(tx)
}

export type SetupKey = { hash: Buffer | null; expiresAt: Instant | null }

/** The one row of this installation, made when missing and locked until the transaction ends: two first runs at once become one. */
export async function lockInstance(tx: Tx) {
  await sql`insert into instance (epoch) values (gen_random_uuid()) on conflict do nothing`.execute(tx)
  return one(await sql<SetupKey>`select setup_key_hash as hash, setup_expires_at as "expiresAt" from instance for update`.execute(tx))
}

export async function saveSetupKey(tx: Tx, hash: Buffer | null, expiresAt: Instant | null) {
  await sql`update instance set setup_key_hash = ${hash}, setup_expires_at = ${expiresAt === null ? null : at(expiresAt)}`.execute(tx)
}

export async function findSetupKey(tx: Tx) {
  return one(await sql<SetupKey>`select setup_key_hash as hash, setup_expires_at as "expiresAt" from instance`.execute(tx))
}

export async function insertWorkspace(tx: Tx, workspaceId: string, row: { name: string; locale: Locale; zone: string }) {
  await sql`insert into workspaces (workspace_id, name, locale, zone) values (${workspaceId}, ${row.name}, ${row.locale}, ${row.zone})`.execute(tx)
}

export async function updateWorkspace(tx: Tx, workspaceId: string, change: WorkspaceChange) {
  await sql`update workspaces set name = coalesce(${change.name ?? null}, name), locale = coalesce(${change.locale ?? null}, locale),
    zone = coalesce(${change.zone ?? null}, zone), seat_gate = coalesce(${change.seatGate ?? null}, seat_gate)
    where workspace_id = ${workspaceId}`.execute(tx)
}

export async function findWorkspace(tx: Tx, workspaceId: string) {
  return one(await sql<{ name: string; locale: Locale }>`select name, locale from workspaces where workspace_id = ${workspaceId}`.execute(tx))
}

export async function insertRole(tx: Tx, workspaceId: string, role: RoleDraft, builtIn: BuiltIn | null = null) {
  const row = one(await sql<{ id: string }>`insert into roles (workspace_id, name, built_in, permissions)
    values (${workspaceId}, ${role.name}, ${builtIn}, ${role.permissions}) returning role_id as id`.execute(tx))
  return row!.id
}

const roleColumns = sql`role_id as id, name, built_in as "builtIn", permissions`

export async function findRoles(tx: Tx, workspaceId: string): Promise<Role[]> {
  const { rows } = await sql<Role>`select ${roleColumns} from roles where workspace_id = ${workspaceId} order by built_in nulls last, name, role_id`.execute(tx)
  return rows
}

export async function findRole(tx: Tx, workspaceId: string, roleId: string) {
  return one(await sql<Role>`select ${roleColumns} from roles where workspace_id = ${workspaceId} and role_id = ${roleId}`.execute(tx))
}

export async function updateRole(tx: Tx, workspaceId: string, roleId: string, change: { name?: string | undefined; permissions?: Permission[] | undefined }) {
  await sql`update roles set name = coalesce(${change.name ?? null}, name), permissions = coalesce(${change.permissions ?? null}::text[], permissions)
    where workspace_id = ${workspaceId} and role_id = ${roleId}`.execute(tx)
}

export async function roleInUse(tx: Tx, workspaceId: string, roleId: string, now: Instant): Promise<boolean> {
  return one(await sql<{ used: boolean }>`select
    exists (select from users where workspace_id = ${workspaceId} and role_id = ${roleId}) or
    exists (select from invitations where workspace_id = ${workspaceId} and role_id = ${roleId} and accepted_at is null and expires_at > ${at(now)}) as used`.execute(tx))!.used
}

/** With the spent invitations that still name it. */
export async function deleteRole(tx: Tx, workspaceId: string, roleId: string) {
  await sql`delete from invitations where workspace_id = ${workspaceId} and role_id = ${roleId}`.execute(tx)
  await sql`delete from roles where workspace_id = ${workspaceId} and role_id = ${roleId}`.execute(tx)
}

/** Whoever changes who may do what waits here for the others: two admins cannot both remove the last one. */
export async function lockPeople(tx: Tx, workspaceId: string) {
  await sql`select from roles where workspace_id = ${workspaceId} and built_in = 'admin' for no key update`.execute(tx)
}

export type NewUser = { workspaceId: string; userId: string; email: string; name: string; slug: string; passwordHash: string; roleId: string; locale: Locale; zone: string }

export async function insertUser(tx: Tx, user: NewUser) {
  await sql`insert into users (workspace_id, user_id, email, email_key, name, slug, password_hash, role_id, locale, zone)
    values (${user.workspaceId}, ${user.userId}, ${user.email}, ${emailKey(user.email)}, ${user.name}, ${user.slug}, ${user.passwordHash}, ${user.roleId}, ${user.locale}, ${user.zone})`.execute(tx)
}

export async function saveSeat(tx: Tx, workspaceId: string, userId: string, seat: Seat | null) {
  if (seat === null) await sql`delete from seats where workspace_id = ${workspaceId} and user_id = ${userId}`.execute(tx)
  else
    await sql`insert into seats (workspace_id, user_id, kind, level) values (${workspaceId}, ${userId}, ${seat.kind}, ${seat.level})
      on conflict (workspace_id, user_id) do update set kind = excluded.kind, level = excluded.level, assigned_at = now()`.execute(tx)
}

export async function updateProfile(tx: Tx, workspaceId: string, userId: string, change: ProfileChange) {
  await sql`update users set name = coalesce(${change.name ?? null}, name), slug = coalesce(${change.slug ?? null}, slug),
    locale = coalesce(${change.locale ?? null}, locale), zone = coalesce(${change.zone ?? null}, zone), theme = coalesce(${change.theme ?? null}, theme)
    where workspace_id = ${workspaceId} and user_id = ${userId}`.execute(tx)
}

export async function savePasswordHash(tx: Tx, workspaceId: string, userId: string, hash: string) {
  await sql`update users set password_hash = ${hash} where workspace_id = ${workspaceId} and user_id = ${userId}`.execute(tx)
}

/** Null for who does not exist, is disabled or has no password: the caller cannot tell them apart, so it cannot tell anyone. */
export async function findPasswordHash(tx: Tx, workspaceId: string, userId: string): Promise<string | null> {
  const row = one(await sql<{ hash: string | null }>`select password_hash as hash from users
    where workspace_id = ${workspaceId} and user_id = ${userId} and disabled_at is null`.execute(tx))
  return row?.hash ?? null
}

export async function updatePerson(tx: Tx, workspaceId: string, userId: string, change: PersonChange, now: Instant) {
  await sql`update users set role_id = coalesce(${change.roleId ?? null}, role_id),
    disabled_at = case when ${change.disabled ?? null}::boolean is null then disabled_at when ${change.disabled ?? null} then coalesce(disabled_at, ${at(now)}) end
    where workspace_id = ${workspaceId} and user_id = ${userId}`.execute(tx)
}

export async function otherAdmins(tx: Tx, workspaceId: string, userId: string): Promise<number> {
  return one(await sql<{ n: number }>`select count(*) as n from users u join roles r using (workspace_id, role_id)
    where u.workspace_id = ${workspaceId} and r.built_in = 'admin' and u.disabled_at is null and u.user_id <> ${userId}`.execute(tx))!.n
}

type PersonRow = Omit<Person, 'role' | 'seat'> & { roleId: string; roleName: string; seatKind: Seat['kind'] | null; seatLevel: Seat['level'] | null }

export async function findPeople(tx: Tx, workspaceId: string): Promise<Person[]> {
  const { rows } = await sql<PersonRow>`
    select u.user_id as id, u.name, u.email, u.slug, u.role_id as "roleId", r.name as "roleName", s.kind as "seatKind", s.level as "seatLevel", u.disabled_at is not null as disabled
    from users u join roles r using (workspace_id, role_id) left join seats s using (workspace_id, user_id)
    where u.workspace_id = ${workspaceId} order by lower(u.name), u.user_id`.execute(tx)
  return rows.map(({ roleId, roleName, seatKind, seatLevel, ...row }) => ({
    ...row,
    role: { id: roleId, name: roleName },
    seat: seatKind && seatLevel ? { kind: seatKind, level: seatLevel } : null,
  }))
}

export type UserRow = { id: string; name: string; email: string; slug: string; zone: string; locale: Locale; roleId: string; disabled: boolean }

export async function findUserRows(tx: Tx, ids: readonly string[]): Promise<UserRow[]> {
  const { rows } = await sql<UserRow>`select user_id as id, name, email, slug, zone, locale, role_id as "roleId", disabled_at is not null as disabled
    from users where workspace_id = current_workspace() and user_id = any(${ids}::uuid[])`.execute(tx)
  return rows
}

export async function insertSession(tx: Tx, session: { workspaceId: string; userId: string; hash: Buffer; now: Instant; expiresAt: Instant; agent: string | null }) {
  await sql`insert into sessions (workspace_id, token_hash, user_id, created_at, last_seen_at, expires_at, agent)
    values (${session.workspaceId}, ${session.hash}, ${session.userId}, ${at(session.now)}, ${at(session.now)}, ${at(session.expiresAt)}, ${session.agent})`.execute(tx)
}

export async function touchSession(tx: Tx, workspaceId: string, hash: Buffer, now: Instant, expiresAt: Instant) {
  await sql`update sessions set last_seen_at = ${at(now)}, expires_at = ${at(expiresAt)} where workspace_id = ${workspaceId} and token_hash = ${hash}`.execute(tx)
}

export async function deleteSession(tx: Tx, workspaceId: string, hash: Buffer) {
  await sql`delete from sessions where workspace_id = ${workspaceId} and token_hash = ${hash}`.execute(tx)
}

export async function deleteSessionsOf(tx: Tx, workspaceId: string, userId: string) {
  await sql`delete from sessions where workspace_id = ${workspaceId} and user_id = ${userId}`.execute(tx)
}

export async function deleteExpiredSessions(tx: Tx, workspaceId: string, now: Instant) {
  await sql`delete from sessions where workspace_id = ${workspaceId} and expires_at < ${at(now)}`.execute(tx)
}

export type MemberRow = {
  userId: string; name: string; email: string; slug: string; locale: Locale; zone: string; theme: 'system' | 'light' | 'dark'
  workspaceId: string; workspaceName: string; workspaceLocale: Locale; workspaceZone: string; seatGate: boolean
  roleId: string; roleName: string; builtIn: BuiltIn | null; permissions: Permission[]
  seatKind: Seat['kind'] | null; seatLevel: Seat['level'] | null
}

const memberColumns = sql`u.user_id as "userId", u.name, u.email, u.slug, u.locale, u.zone, u.theme,
  w.workspace_id as "workspaceId", w.name as "workspaceName", w.locale as "workspaceLocale", w.zone as "workspaceZone", w.seat_gate as "seatGate",
  r.role_id as "roleId", r.name as "roleName", r.built_in as "builtIn", r.permissions, s.kind as "seatKind", s.level as "seatLevel"`
const memberTables = sql`users u join workspaces w using (workspace_id) join roles r using (workspace_id, role_id) left join seats s using (workspace_id, user_id)`

/** Who a session belongs to and all they may do, in one question; a session that ended, or whose user is disabled, belongs to nobody. */
export async function findSession(tx: Tx, workspaceId: string, hash: Buffer, now: Instant) {
  return one(await sql<MemberRow & { lastSeenAt: Instant }>`select x.last_seen_at as "lastSeenAt", ${memberColumns}
    from sessions x join ${memberTables} using (workspace_id, user_id)
    where x.workspace_id = ${workspaceId} and x.token_hash = ${hash} and x.expires_at > ${at(now)} and u.disabled_at is null`.execute(tx))
}

export async function findMember(tx: Tx, workspaceId: string, userId: string) {
  return one(await sql<MemberRow>`select ${memberColumns} from ${memberTables} where u.workspace_id = ${workspaceId} and u.user_id = ${userId}`.execute(tx))
}

export type NewInvitation = { workspaceId: string; invitationId: string; email: string; roleId: string; seat: Seat; hash: Buffer; invitedBy: string; now: Instant; expiresAt: Instant }

/** A new invitation for an address takes the place of an open one, whose link then leads nowhere. */
export async function insertInvitation(tx: Tx, row: NewInvitation) {
  await sql`delete from invitations where workspace_id = ${row.workspaceId} and email_key = ${emailKey(row.email)} and accepted_at is null`.execute(tx)
  await sql`insert into invitations (workspace_id, invitation_id, email, email_key, role_id, seat_kind, seat_level, token_hash, invited_by, created_at, expires_at)
    values (${row.workspaceId}, ${row.invitationId}, ${row.email}, ${emailKey(row.email)}, ${row.roleId}, ${row.seat.kind}, ${row.seat.level}, ${row.hash}, ${row.invitedBy}, ${at(row.now)}, ${at(row.expiresAt)})`.execute(tx)
}

export async function findInvitations(tx: Tx, workspaceId: string, now: Instant): Promise<Invitation[]> {
  const { rows } = await sql<Invitation>`select invitation_id as id, email, role_id as "roleId", expires_at as "expiresAt" from invitations
    where workspace_id = ${workspaceId} and accepted_at is null and expires_at > ${at(now)} order by created_at desc, invitation_id`.execute(tx)
  return rows
}

export type OpenInvitation = { id: string; email: string; roleId: string; seatKind: Seat['kind']; seatLevel: Seat['level']; workspaceName: string }

/** Locked when it is to be accepted, so that two at once find one. */
export async function findOpenInvitation(tx: Tx, workspaceId: string, hash: Buffer, now: Instant, lock = false) {
  return one(await sql<OpenInvitation>`select i.invitation_id as id, i.email, i.role_id as "roleId", i.seat_kind as "seatKind", i.seat_level as "seatLevel", w.name as "workspaceName"
    from invitations i join workspaces w using (workspace_id)
    where i.workspace_id = ${workspaceId} and i.token_hash = ${hash} and i.accepted_at is null and i.expires_at > ${at(now)} ${lock ? sql`for update of i` : sql``}`.execute(tx))
}

export async function spendInvitation(tx: Tx, workspaceId: string, invitationId: string, now: Instant) {
  await sql`update invitations set accepted_at = ${at(now)} where workspace_id = ${workspaceId} and invitation_id = ${invitationId}`.execute(tx)
}

export async function deleteInvitation(tx: Tx, workspaceId: string, invitationId: string): Promise<boolean> {
  const gone = await sql`delete from invitations where workspace_id = ${workspaceId} and invitation_id = ${invitationId} and accepted_at is null returning invitation_id`.execute(tx)
  return gone.rows.length === 1
}
