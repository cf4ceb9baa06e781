import { sql } from 'kysely'
import type { Instant } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import type { ProviderName } from '#server/providers/provider.ts'
import type { Locale } from '#core/locale/locale.ts'
import type {
  Capabilities,
  ConnectionRow,
  ConnectionState,
  Consent,
  OAuthProvider,
  ReasonCode,
  Role,
} from './model.ts'
import type { Act, Read, Write } from './ledger.ts'
import type { ProbeOutcome } from './oauth.ts'

const one = <Row>(result: { rows: Row[] }): Row | null => result.rows[0] ?? null

const columns = sql`c.connection_id as "connectionId", c.user_id as "userId", c.provider, c.account, c.state, c.reason, c.state_since as since, c.verified_at as "verifiedAt", c.capabilities,
  c.slot, c.roles, c.legacy, c.calendar_ended_at is not null as "calendarEnded"`

/** Two connects of one person at once become one after the other, so that the second sees the first (S-014). */
export async function lockConnectionsOf(tx: Tx, userId: string) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 7))`.execute(tx)
}

/** All that are not disconnected, the first account first. */
export async function findLive(tx: Tx, workspaceId: string, userId: string): Promise<ConnectionRow[]> {
  const { rows } = await sql<ConnectionRow>`
    select ${columns} from connections c
    where c.workspace_id = ${workspaceId} and c.user_id = ${userId} and c.state <> 'disconnected' order by c.slot`.execute(
    tx,
  )
  return rows
}

export async function findConnection(tx: Tx, workspaceId: string, connectionId: string) {
  return one(
    await sql<ConnectionRow>`
    select ${columns} from connections c where c.workspace_id = ${workspaceId} and c.connection_id = ${connectionId}`.execute(
      tx,
    ),
  )
}

/** The same account as it was before it was disconnected: connecting it again brings its choices back. */
export async function findEarlier(
  tx: Tx,
  workspaceId: string,
  userId: string,
  provider: ProviderName,
  account: string,
) {
  return one(
    await sql<{ connectionId: string }>`
    select connection_id as "connectionId" from connections
    where workspace_id = ${workspaceId} and user_id = ${userId} and provider = ${provider} and account = ${account} and state = 'disconnected'
    order by state_since desc limit 1`.execute(tx),
  )
}

/** The same account by its identity, which stays when its address changes. */
export async function findEarlierIdentity(
  tx: Tx,
  workspaceId: string,
  userId: string,
  provider: OAuthProvider,
  { issuer, subject }: { issuer: string; subject: string },
) {
  return one(
    await sql<{ connectionId: string }>`
    select connection_id as "connectionId" from connections
    where workspace_id = ${workspaceId} and user_id = ${userId} and provider = ${provider} and issuer = ${issuer} and subject = ${subject} and state = 'disconnected'
    order by state_since desc limit 1`.execute(tx),
  )
}

/** Two people who bring the same account at once come one after the other, so that the second sees the first. */
export async function lockIdentity(tx: Tx, issuer: string, subject: string) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${issuer} ${subject}`}, 8))`.execute(tx)
}

/** Who in this workspace has this account connected. */
export async function findByIdentity(
  tx: Tx,
  workspaceId: string,
  provider: OAuthProvider,
  { issuer, subject }: { issuer: string; subject: string },
) {
  return one(
    await sql<{ connectionId: string; userId: string; userName: string; account: string }>`
    select c.connection_id as "connectionId", c.user_id as "userId", u.name as "userName", c.account
    from connections c join users u on u.workspace_id = c.workspace_id and u.user_id = c.user_id
    where c.workspace_id = ${workspaceId} and c.provider = ${provider} and c.issuer = ${issuer} and c.subject = ${subject} and c.state <> 'disconnected'`.execute(
      tx,
    ),
  )
}

export async function findIdentity(tx: Tx, workspaceId: string, connectionId: string) {
  return one(
    await sql<{ issuer: string | null; subject: string | null }>`
    select issuer, subject from connections where workspace_id = ${workspaceId} and connection_id = ${connectionId}`.execute(
      tx,
    ),
  )
}

export type NewConsent = {
  workspaceId: string
  userId: string
  provider: ProviderName
  consent: Consent
  lines: string[]
  scopes: string[]
  refused: string[]
  mail: boolean
  now: Instant
}

export async function insertConsent(tx: Tx, row: NewConsent): Promise<string> {
  const made = one(
    await sql<{ id: string }>`
    insert into consents (workspace_id, user_id, provider, text_version, locale, lines, scopes, scopes_refused, mail, given_at)
    values (${row.workspaceId}, ${row.userId}, ${row.provider}, ${row.consent.textVersion}, ${row.consent.locale}, ${row.lines}, ${row.scopes}, ${row.refused}, ${row.mail}, ${at(row.now)})
    returning consent_id as id`.execute(tx),
  )
  return made!.id
}

export type Receipt = {
  who: string
  provider: ProviderName
  account: string
  textVersion: string
  locale: Locale
  lines: string[]
  scopes: string[]
  refused: string[]
  mail: boolean
  givenAt: Instant
}

export async function readConsent(tx: Tx, workspaceId: string, userId: string, connectionId: string) {
  return one(
    await sql<Receipt>`
    select u.name as who, s.provider, c.account, s.text_version as "textVersion", s.locale, s.lines, s.scopes, s.scopes_refused as refused, s.mail, s.given_at as "givenAt"
    from connections c join consents s on s.workspace_id = c.workspace_id and s.consent_id = c.consent_id join users u on u.workspace_id = c.workspace_id and u.user_id = s.user_id
    where c.workspace_id = ${workspaceId} and c.user_id = ${userId} and c.connection_id = ${connectionId} and c.state <> 'disconnected'`.execute(
      tx,
    ),
  )
}

export type Sealed = { address: string; user: string; secret: string }

/** What a person's yes at a provider came to, sealed. */
export type SealedTokens = {
  issuer: string
  subject: string
  access: string
  refresh: string
  expiresAt: Instant
  diesAt: Instant | null
  scopes: string[]
}

export type NewConnection = {
  workspaceId: string
  connectionId: string
  userId: string
  provider: ProviderName
  account: string
  state: ConnectionState
  reason: ReasonCode | null
  sealed: Sealed | null
  tokens: SealedTokens | null
  consentId: string | null
  capabilities: Capabilities
  slot: number
  roles: Role[]
  legacy: 'calendar' | 'meetings' | null
  now: Instant
}

const orNull = (instant: Instant | null | undefined) =>
  instant === null || instant === undefined ? null : at(instant)

export async function upsertConnection(tx: Tx, row: NewConnection) {
  const { tokens } = row
  const proven = row.state === 'connected' ? at(row.now) : null
  await sql`
    insert into connections (workspace_id, connection_id, user_id, provider, account, state, reason, state_since, capabilities, sealed_address, sealed_user, sealed_secret, consent_id, created_at, verified_at,
      slot, roles, legacy, issuer, subject, granted_scopes, sealed_refresh, access_expires_at, consented_at, dies_at, listed_at)
    values (${row.workspaceId}, ${row.connectionId}, ${row.userId}, ${row.provider}, ${row.account}, ${row.state}, ${row.reason}, ${at(row.now)}, ${JSON.stringify(row.capabilities)},
      ${row.sealed?.address ?? null}, ${row.sealed?.user ?? null}, ${row.sealed?.secret ?? tokens?.access ?? null}, ${row.consentId}, ${at(row.now)}, ${proven},
      ${row.slot}, ${row.roles}, ${row.legacy}, ${tokens?.issuer ?? null}, ${tokens?.subject ?? null}, ${tokens?.scopes ?? []}, ${tokens?.refresh ?? null}, ${orNull(tokens?.expiresAt)},
      ${tokens ? at(row.now) : null}, ${orNull(tokens?.diesAt)}, ${proven})
    on conflict (workspace_id, connection_id) do update set account = excluded.account, state = excluded.state, state_since = excluded.state_since, reason = excluded.reason, capabilities = excluded.capabilities,
      sealed_address = excluded.sealed_address, sealed_user = excluded.sealed_user, sealed_secret = excluded.sealed_secret, consent_id = excluded.consent_id, verified_at = excluded.verified_at,
      slot = excluded.slot, roles = excluded.roles, legacy = excluded.legacy, issuer = excluded.issuer, subject = excluded.subject, granted_scopes = excluded.granted_scopes,
      sealed_refresh = excluded.sealed_refresh, access_expires_at = excluded.access_expires_at, refresh_lease_until = null, refresh_started_at = null, consented_at = excluded.consented_at,
      dies_at = excluded.dies_at, warned_at = null, calendar_ended_at = null, listed_at = excluded.listed_at`.execute(
    tx,
  )
}

/** A new yes for a connection that stands, or had fallen: it takes the place of the old one, whoever was about to renew that. */
export async function saveNewTokens(
  tx: Tx,
  row: {
    workspaceId: string
    connectionId: string
    account: string
    from: ConnectionState[]
    to: ConnectionState
    tokens: SealedTokens
    consentId: string
    capabilities: Capabilities
    calendar: boolean
    now: Instant
  },
): Promise<boolean> {
  const { tokens } = row
  const saved = await sql`
    update connections set state_since = case when state = ${row.to} then state_since else ${at(row.now)} end, state = ${row.to}, reason = null, account = ${row.account}, sealed_secret = ${tokens.access},
      sealed_refresh = ${tokens.refresh}, access_expires_at = ${at(tokens.expiresAt)}, issuer = ${tokens.issuer}, subject = ${tokens.subject}, granted_scopes = ${tokens.scopes}, consent_id = ${row.consentId},
      capabilities = ${JSON.stringify(row.capabilities)}, verified_at = ${at(row.now)}, consented_at = ${at(row.now)}, dies_at = ${orNull(tokens.diesAt)}, warned_at = null, listed_at = ${at(row.now)},
      refresh_fence = refresh_fence + 1, refresh_lease_until = null, refresh_started_at = null, calendar_ended_at = case when ${row.calendar} then null else calendar_ended_at end
    where workspace_id = ${row.workspaceId} and connection_id = ${row.connectionId} and state = any(${row.from}) returning connection_id`.execute(
    tx,
  )
  return saved.rows.length === 1
}

/** What an account is used for from now on. */
export async function saveRoles(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  roles: Role[],
  legacy: 'calendar' | 'meetings' | null,
) {
  await sql`update connections set roles = ${roles}, legacy = ${legacy} where workspace_id = ${workspaceId} and connection_id = ${connectionId}`.execute(
    tx,
  )
}

export async function insertGrant(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  kind: 'calendar' | 'mail',
  now: Instant,
) {
  await sql`insert into grants (workspace_id, connection_id, kind, given_at) values (${workspaceId}, ${connectionId}, ${kind}, ${at(now)}) on conflict do nothing`.execute(
    tx,
  )
}

/** Takes one use of a connection away; false when it was not there. */
export async function deleteGrant(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  kind: 'calendar' | 'mail',
): Promise<boolean> {
  const gone = await sql`
    delete from grants where workspace_id = ${workspaceId} and connection_id = ${connectionId} and kind = ${kind} returning kind`.execute(
    tx,
  )
  return gone.rows.length === 1
}

export async function findGrants(tx: Tx, workspaceId: string, connectionId: string) {
  const { rows } = await sql<{ kind: 'calendar' | 'mail' }>`
    select kind from grants where workspace_id = ${workspaceId} and connection_id = ${connectionId}`.execute(
    tx,
  )
  return rows.map(({ kind }) => kind)
}

export async function endCalendar(tx: Tx, workspaceId: string, connectionId: string, now: Instant) {
  await sql`
    update connections set calendar_ended_at = ${at(now)} where workspace_id = ${workspaceId} and connection_id = ${connectionId}`.execute(
    tx,
  )
}

export type Opening = {
  provider: ProviderName
  userId: string
  state: ConnectionState
  address: string | null
  user: string | null
  secret: string | null
  refresh: string | null
  expiresAt: Instant | null
  account: string
}

export async function findSealed(tx: Tx, workspaceId: string, connectionId: string) {
  return one(
    await sql<Opening>`
    select provider, user_id as "userId", state, sealed_address as address, sealed_user as user, sealed_secret as secret,
      sealed_refresh as refresh, access_expires_at as "expiresAt", account
    from connections where workspace_id = ${workspaceId} and connection_id = ${connectionId}`.execute(tx),
  )
}

/** Moves a connection from one of `from`, if it still stands there with the secret that was tried. */
export async function moveState(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  move: {
    from: ConnectionState[]
    to: ConnectionState
    reason: ReasonCode | null
    triedSecret: string
    now: Instant
  },
) {
  return one(
    await sql<{
      userId: string
      account: string
      provider: ProviderName
      reason: ReasonCode
      diesAt: Instant | null
    }>`
    update connections set state = ${move.to}, reason = case when provider in ('google', 'microsoft') and ${move.reason}::text = 'wrong-password' then 'signed-out' else ${move.reason} end, state_since = ${at(move.now)}
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and state = any(${move.from}) and sealed_secret = ${move.triedSecret}
    returning user_id as "userId", account, provider, reason, dies_at as "diesAt"`.execute(tx),
  )
}

/** The account answered to this secret just now. */
export async function saveProof(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  proof: {
    from: ConnectionState[]
    to: ConnectionState
    secret: string
    capabilities: Capabilities
    now: Instant
  },
): Promise<boolean> {
  const saved = await sql`
    update connections set state_since = case when state = ${proof.to} then state_since else ${at(proof.now)} end, state = ${proof.to}, reason = null,
      sealed_secret = ${proof.secret}, capabilities = ${JSON.stringify(proof.capabilities)}, verified_at = ${at(proof.now)}
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and state = any(${proof.from}) returning connection_id`.execute(
    tx,
  )
  return saved.rows.length === 1
}

/** Ends a connection: what could open it is destroyed in the same statement. */
export async function destroySecret(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  userId: string,
  from: ConnectionState[],
  now: Instant,
): Promise<boolean> {
  const ended = await sql`
    with gone as (
      update connections set state = 'disconnected', reason = null, state_since = ${at(now)}, sealed_address = null, sealed_user = null, sealed_secret = null, sealed_refresh = null,
        access_expires_at = null, refresh_fence = refresh_fence + 1, refresh_lease_until = null, refresh_started_at = null
      where workspace_id = ${workspaceId} and connection_id = ${connectionId} and user_id = ${userId} and state = any(${from}) returning workspace_id, connection_id
    ), taken as (
      delete from grants g using gone where g.workspace_id = gone.workspace_id and g.connection_id = gone.connection_id
    )
    select connection_id from gone`.execute(tx)
  return ended.rows.length === 1
}

// — renewing an access token —

export type Renewal =
  /** Ours to renew: with this fence, by this sealed refresh token. */
  | { kind: 'ours'; fence: number; refresh: string }
  /** Somebody was faster. */
  | { kind: 'renewed'; secret: string; expiresAt: Instant }
  | { kind: 'elsewhere' }
  | { kind: 'closed' }

/** Takes the lease, if the token that was tried is still the one that stands and nobody else renews it (I12, I13). */
export async function takeRenewal(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  tried: string,
  now: Instant,
  until: Instant,
): Promise<Renewal> {
  type Row = {
    state: ConnectionState
    secret: string | null
    refresh: string | null
    expiresAt: Instant | null
    leaseUntil: Instant | null
  }
  // Two statements: one alone would answer by how things stood before it waited for the lock.
  const [row] = await tx.prepared<Row>(
    'lock_renewal',
    `select state, sealed_secret as secret, sealed_refresh as refresh, access_expires_at as "expiresAt", refresh_lease_until as "leaseUntil"
     from connections where workspace_id = $1 and connection_id = $2 for update`,
    [workspaceId, connectionId],
  )
  if (
    !row ||
    (row.state !== 'connected' && row.state !== 'broken') ||
    row.secret === null ||
    row.refresh === null
  )
    return { kind: 'closed' }
  if (row.secret !== tried) return { kind: 'renewed', secret: row.secret, expiresAt: row.expiresAt ?? 0 }
  if (row.leaseUntil !== null && row.leaseUntil > now) return { kind: 'elsewhere' }
  const [taken] = await tx.prepared<{ fence: number }>(
    'take_renewal',
    `update connections set refresh_fence = refresh_fence + 1, refresh_lease_until = $4, refresh_started_at = coalesce(refresh_started_at, $3)
     where workspace_id = $1 and connection_id = $2 returning refresh_fence as fence`,
    [workspaceId, connectionId, at(now), at(until)],
  )
  return { kind: 'ours', fence: taken!.fence, refresh: row.refresh }
}

/**
 * Saved before it is used. Compared with the refresh token it was bought with, not with the fence: whoever was overtaken on the way
 * may still hold the only living token, and whoever finds another one there has lost nothing. A renewal also proves the account.
 */
export async function saveRenewal(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  row: {
    used: string
    fence: number
    access: string
    refresh: string | null
    expiresAt: Instant
    now: Instant
  },
): Promise<boolean> {
  const saved = await sql`
    update connections set sealed_secret = ${row.access}, sealed_refresh = coalesce(${row.refresh}, sealed_refresh), access_expires_at = ${at(row.expiresAt)}, refresh_started_at = null,
      refresh_lease_until = case when refresh_fence = ${row.fence} then null else refresh_lease_until end,
      state_since = case when state = 'connected' then state_since else ${at(row.now)} end, state = 'connected', reason = null
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and sealed_refresh = ${row.used} and state in ('connected', 'broken') returning connection_id`.execute(
    tx,
  )
  return saved.rows.length === 1
}

/** `answered`: the provider said no in so many words, so nothing was lost on the way. */
export async function dropRenewal(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  fence: number,
  answered: boolean,
): Promise<{ refresh: string | null } | null> {
  return one(
    await sql<{ refresh: string | null }>`
    update connections set refresh_lease_until = case when refresh_fence = ${fence} then null else refresh_lease_until end,
      refresh_started_at = case when ${answered} and refresh_fence = ${fence} then null else refresh_started_at end
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} returning sealed_refresh as refresh`.execute(
      tx,
    ),
  )
}

// — the OAuth clients of a workspace —

export type AppRow = {
  clientId: string
  sealedSecret: string
  tenant: string | null
  testing: boolean
  testedAt: Instant | null
  testOutcome: ProbeOutcome | null
}

export async function findAppRow(tx: Tx, workspaceId: string, provider: OAuthProvider) {
  return one(
    await sql<AppRow>`
    select client_id as "clientId", sealed_client_secret as "sealedSecret", tenant, testing, tested_at as "testedAt", test_outcome as "testOutcome"
    from provider_apps where workspace_id = ${workspaceId} and provider = ${provider}`.execute(tx),
  )
}

export type NewApp = {
  workspaceId: string
  provider: OAuthProvider
  clientId: string
  sealedSecret: string
  tenant: string | null
  testing: boolean
  userId: string
  now: Instant
}

export async function saveApp(tx: Tx, row: NewApp) {
  await sql`
    insert into provider_apps (workspace_id, provider, client_id, sealed_client_secret, tenant, testing, updated_by, updated_at)
    values (${row.workspaceId}, ${row.provider}, ${row.clientId}, ${row.sealedSecret}, ${row.tenant}, ${row.testing}, ${row.userId}, ${at(row.now)})
    on conflict (workspace_id, provider) do update set client_id = excluded.client_id, sealed_client_secret = excluded.sealed_client_secret, tenant = excluded.tenant, testing = excluded.testing,
      updated_by = excluded.updated_by, updated_at = excluded.updated_at, tested_at = null, test_outcome = null`.execute(
    tx,
  )
}

export async function deleteApp(tx: Tx, workspaceId: string, provider: OAuthProvider): Promise<boolean> {
  const gone = await sql`
    delete from provider_apps where workspace_id = ${workspaceId} and provider = ${provider} returning provider`.execute(
    tx,
  )
  return gone.rows.length === 1
}

export async function saveAppTest(
  tx: Tx,
  workspaceId: string,
  provider: OAuthProvider,
  clientId: string,
  outcome: ProbeOutcome,
  now: Instant,
) {
  await sql`
    update provider_apps set tested_at = ${at(now)}, test_outcome = ${outcome}
    where workspace_id = ${workspaceId} and provider = ${provider} and client_id = ${clientId}`.execute(tx)
}

// — trips to a provider and back —

export type NewTrip = {
  workspaceId: string
  hash: Buffer
  userId: string
  sessionHash: Buffer
  provider: OAuthProvider
  purpose: 'connect' | 'reconnect' | 'scopes'
  connectionId: string | null
  sealedVerifier: string
  sealedNonce: string
  loginHint: string | null
  scopes: string[]
  choice: object
  now: Instant
  expiresAt: Instant
}

export async function insertTrip(tx: Tx, row: NewTrip) {
  await sql`
    insert into oauth_states (workspace_id, state_hash, user_id, session_hash, provider, purpose, connection_id, sealed_verifier, sealed_nonce, login_hint, scopes, choice, created_at, expires_at)
    values (${row.workspaceId}, ${row.hash}, ${row.userId}, ${row.sessionHash}, ${row.provider}, ${row.purpose}, ${row.connectionId}, ${row.sealedVerifier}, ${row.sealedNonce}, ${row.loginHint},
      ${row.scopes}, ${JSON.stringify(row.choice)}, ${at(row.now)}, ${at(row.expiresAt)})`.execute(tx)
}

export type TripRow = {
  provider: OAuthProvider
  purpose: 'connect' | 'reconnect' | 'scopes'
  connectionId: string | null
  sealedVerifier: string
  sealedNonce: string
  loginHint: string | null
  scopes: string[]
  choice: unknown
  expiresAt: Instant
}

/** Spends a trip, once, in the browser session that began it (F01, F03); null for any other. */
export async function spendTrip(
  tx: Tx,
  workspaceId: string,
  key: { hash: Buffer; userId: string; sessionHash: Buffer; provider: OAuthProvider },
  now: Instant,
) {
  return one(
    await sql<TripRow>`
    update oauth_states set used_at = ${at(now)}
    where workspace_id = ${workspaceId} and state_hash = ${key.hash} and user_id = ${key.userId} and session_hash = ${key.sessionHash} and provider = ${key.provider} and used_at is null
    returning provider, purpose, connection_id as "connectionId", sealed_verifier as "sealedVerifier", sealed_nonce as "sealedNonce", login_hint as "loginHint", scopes, choice, expires_at as "expiresAt"`.execute(
      tx,
    ),
  )
}

export type LandingRow = {
  hash: Buffer
  provider: OAuthProvider
  code: string
  detail: unknown
  sealedTokens: string | null
}

export async function insertLanding(
  tx: Tx,
  workspaceId: string,
  userId: string,
  row: LandingRow & { now: Instant; expiresAt: Instant },
) {
  await sql`
    insert into oauth_landings (workspace_id, landing_hash, user_id, provider, code, detail, sealed_tokens, created_at, expires_at)
    values (${workspaceId}, ${row.hash}, ${userId}, ${row.provider}, ${row.code}, ${JSON.stringify(row.detail)}, ${row.sealedTokens}, ${at(row.now)}, ${at(row.expiresAt)})`.execute(
    tx,
  )
}

export async function findLandingRow(
  tx: Tx,
  workspaceId: string,
  userId: string,
  hash: Buffer,
  now: Instant,
) {
  return one(
    await sql<LandingRow>`
    select landing_hash as hash, provider, code, detail, sealed_tokens as "sealedTokens" from oauth_landings
    where workspace_id = ${workspaceId} and user_id = ${userId} and landing_hash = ${hash} and expires_at > ${at(now)}`.execute(
      tx,
    ),
  )
}

/** Takes a landing out, so that two clicks use what it holds once. */
export async function takeLanding(tx: Tx, workspaceId: string, userId: string, hash: Buffer, now: Instant) {
  return one(
    await sql<LandingRow>`
    delete from oauth_landings where workspace_id = ${workspaceId} and user_id = ${userId} and landing_hash = ${hash} and expires_at > ${at(now)} and sealed_tokens is not null
    returning landing_hash as hash, provider, code, detail, sealed_tokens as "sealedTokens"`.execute(tx),
  )
}

/** What nobody came back for. */
export async function deleteOldTrips(tx: Tx, workspaceId: string, before: Instant) {
  await sql`delete from oauth_states where workspace_id = ${workspaceId} and expires_at <= ${at(before)}`.execute(
    tx,
  )
  await sql`delete from oauth_landings where workspace_id = ${workspaceId} and expires_at <= ${at(before)}`.execute(
    tx,
  )
}

// — what was done at the provider —

export async function insertWrite(tx: Tx, row: Write) {
  await tx.prepared(
    'ledger_write',
    `insert into access_ledger (workspace_id, entry_id, connection_id, user_id, feature, act, calendar, subject, first_at, last_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
    [
      row.workspaceId,
      row.entryId,
      row.connectionId,
      row.userId,
      row.feature,
      row.act,
      row.calendar,
      row.subject,
      at(row.at),
    ],
  )
}

/** One statement for all that waited: a line of the same hour grows, the rest are new. A connection gone meanwhile has no lines. */
export async function addReads(tx: Tx, workspaceId: string, reads: Read[]) {
  await sql`
    with seen as (
      select r.*, to_timestamp(r.first_ms / 1000) as first_at, to_timestamp(r.last_ms / 1000) as last_at
      from unnest(${reads.map((read) => read.connectionId)}::uuid[], ${reads.map((read) => read.userId)}::uuid[], ${reads.map((read) => read.feature)}::text[], ${reads.map((read) => read.act)}::text[],
        ${reads.map((read) => read.calendar)}::text[], ${reads.map((read) => read.times)}::int[], ${reads.map((read) => read.firstAt)}::float8[], ${reads.map((read) => read.lastAt)}::float8[])
        as r(connection_id, user_id, feature, act, calendar, times, first_ms, last_ms)
      where exists (select from connections c where c.workspace_id = ${workspaceId} and c.connection_id = r.connection_id)
    ), grown as (
      update access_ledger l set times = l.times + seen.times, last_at = greatest(l.last_at, seen.last_at) from seen
      where l.workspace_id = ${workspaceId} and l.connection_id = seen.connection_id and l.feature = seen.feature and l.act = seen.act and l.calendar is not distinct from nullif(seen.calendar, '')
        and date_trunc('hour', l.first_at) = date_trunc('hour', seen.first_at) and l.last_at >= seen.first_at - interval '1 hour'
      returning seen.connection_id, seen.feature, seen.act, seen.calendar
    )
    insert into access_ledger (workspace_id, connection_id, user_id, feature, act, calendar, times, first_at, last_at)
    select ${workspaceId}, connection_id, user_id, feature, act, nullif(calendar, ''), times, first_at, last_at from seen
    where not exists (select from grown g where (g.connection_id, g.feature, g.act, g.calendar) = (seen.connection_id, seen.feature, seen.act, seen.calendar))`.execute(
    tx,
  )
}

export type LedgerEntry = {
  id: string
  account: string
  provider: ProviderName
  feature: string
  act: Act
  calendar: string | null
  subject: string | null
  times: number
  firstAt: Instant
  lastAt: Instant
}

/** A person's own lines, the newest first; a calendar by the name its owner knows. */
export async function readLedger(
  tx: Tx,
  workspaceId: string,
  userId: string,
  options: { connectionId: string | null; before: { at: Instant; id: string } | null; limit: number },
) {
  const { connectionId, before, limit } = options
  const { rows } = await sql<LedgerEntry>`
    select l.entry_id as id, n.account, n.provider, l.feature, l.act, coalesce(c.name, l.calendar) as calendar, l.subject, l.times, l.first_at as "firstAt", l.last_at as "lastAt"
    from access_ledger l
    join connections n on n.workspace_id = l.workspace_id and n.connection_id = l.connection_id
    left join calendars c on c.workspace_id = l.workspace_id and c.connection_id = l.connection_id and c.remote_id = l.calendar
    where l.workspace_id = ${workspaceId} and l.user_id = ${userId} and (${connectionId}::uuid is null or l.connection_id = ${connectionId})
      and (${before === null} or (l.last_at, l.entry_id) < (${orNull(before?.at)}::timestamptz, ${before?.id ?? null}::uuid))
    order by l.last_at desc, l.entry_id desc limit ${limit}`.execute(tx)
  return rows
}

export async function severalAccounts(tx: Tx, workspaceId: string): Promise<boolean> {
  const row = one(
    await sql<{
      several: boolean
    }>`select several_accounts as several from workspaces where workspace_id = ${workspaceId}`.execute(tx),
  )
  return row?.several ?? false
}

export async function findGranted(tx: Tx, workspaceId: string, connectionId: string): Promise<string[]> {
  const row = one(
    await sql<{ scopes: string[] }>`
    select granted_scopes as scopes from connections where workspace_id = ${workspaceId} and connection_id = ${connectionId}`.execute(
      tx,
    ),
  )
  return row?.scopes ?? []
}

// — a team's inboxes —

type InboxProvider = 'google' | 'microsoft' | 'exchange' | 'other'

export async function listInboxes(tx: Tx, workspaceId: string) {
  const { rows } = await sql<{
    id: string
    address: string
    provider: InboxProvider
    name: string
    members: { id: string; name: string }[]
  }>`
    select i.shared_inbox_id as id, i.address, i.provider, i.name, coalesce((
      select jsonb_agg(jsonb_build_object('id', u.user_id, 'name', u.name) order by u.name, u.user_id) from shared_inbox_members m
      join users u on u.workspace_id = m.workspace_id and u.user_id = m.user_id where m.workspace_id = i.workspace_id and m.shared_inbox_id = i.shared_inbox_id), '[]') as members
    from shared_inboxes i where i.workspace_id = ${workspaceId} order by i.address_key`.execute(tx)
  return rows
}

export async function inboxAt(tx: Tx, workspaceId: string, key: string) {
  return one(
    await sql<{ id: string }>`
    select shared_inbox_id as id from shared_inboxes where workspace_id = ${workspaceId} and address_key = ${key}`.execute(
      tx,
    ),
  )
}

export async function insertInbox(
  tx: Tx,
  workspaceId: string,
  row: { address: string; key: string; provider: InboxProvider; name: string; userId: string },
): Promise<string | null> {
  const made = one(
    await sql<{ id: string }>`
    insert into shared_inboxes (workspace_id, address, address_key, provider, name, created_by) values (${workspaceId}, ${row.address}, ${row.key}, ${row.provider}, ${row.name}, ${row.userId})
    on conflict do nothing returning shared_inbox_id as id`.execute(tx),
  )
  return made?.id ?? null
}

/** Who is not of this workspace is nobody's member. */
export async function saveMembers(tx: Tx, workspaceId: string, inboxId: string, userIds: string[]) {
  await sql`delete from shared_inbox_members where workspace_id = ${workspaceId} and shared_inbox_id = ${inboxId}`.execute(
    tx,
  )
  await sql`
    insert into shared_inbox_members (workspace_id, shared_inbox_id, user_id)
    select ${workspaceId}, ${inboxId}, u.user_id from users u where u.workspace_id = ${workspaceId} and u.user_id = any(${userIds}::uuid[])`.execute(
    tx,
  )
}

export async function updateInbox(
  tx: Tx,
  workspaceId: string,
  inboxId: string,
  provider: InboxProvider | null,
  name: string | null,
): Promise<boolean> {
  const { rows } = await sql`
    update shared_inboxes set provider = coalesce(${provider}, provider), name = coalesce(${name}, name)
    where workspace_id = ${workspaceId} and shared_inbox_id = ${inboxId} returning shared_inbox_id`.execute(
    tx,
  )
  return rows.length === 1
}

export async function deleteInbox(tx: Tx, workspaceId: string, inboxId: string): Promise<boolean> {
  const { rows } = await sql`
    delete from shared_inboxes where workspace_id = ${workspaceId} and shared_inbox_id = ${inboxId} returning shared_inbox_id`.execute(
    tx,
  )
  return rows.length === 1
}

export type Hit = { connectionId: string; userId: string; userName: string; account: string }

/** Every living account of the workspace, with whose it is. */
export async function liveAddresses(tx: Tx, workspaceId: string): Promise<Hit[]> {
  const { rows } = await sql<Hit>`
    select c.connection_id as "connectionId", c.user_id as "userId", u.name as "userName", c.account
    from connections c join users u on u.workspace_id = c.workspace_id and u.user_id = c.user_id
    where c.workspace_id = ${workspaceId} and c.state <> 'disconnected' order by u.name, c.connection_id`.execute(
    tx,
  )
  return rows
}

// — ends that are foreseen —

export type DyingRow = {
  connectionId: string
  userId: string
  provider: OAuthProvider
  account: string
  diesAt: Instant
  warnedAt: Instant | null
}

export async function findDying(
  tx: Tx,
  workspaceId: string,
  now: Instant,
  until: Instant,
): Promise<DyingRow[]> {
  const { rows } = await sql<DyingRow>`
    select connection_id as "connectionId", user_id as "userId", provider, account, dies_at as "diesAt", warned_at as "warnedAt" from connections
    where workspace_id = ${workspaceId} and state = 'connected' and provider in ('google', 'microsoft') and dies_at > ${at(now)} and dies_at <= ${at(until)}`.execute(
    tx,
  )
  return rows
}

/** False when somebody else has just said it. */
export async function saveWarned(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  before: Instant | null,
  now: Instant,
): Promise<boolean> {
  const { rows } = await sql`
    update connections set warned_at = ${at(now)}
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and warned_at is not distinct from ${orNull(before)}::timestamptz returning connection_id`.execute(
    tx,
  )
  return rows.length === 1
}

// — mailboxes —

export type MailboxRow = { connectionId: string; provider: ProviderName; account: string; name: string }

/** The linked mailbox from which a person's letters go out. */
export async function findMailbox(tx: Tx, workspaceId: string, userId: string) {
  return one(
    await sql<MailboxRow>`
    select c.connection_id as "connectionId", c.provider, c.account, u.name from connections c
    join grants g on g.workspace_id = c.workspace_id and g.connection_id = c.connection_id and g.kind = 'mail'
    join users u on u.workspace_id = c.workspace_id and u.user_id = c.user_id
    where c.workspace_id = ${workspaceId} and c.user_id = ${userId} and c.state = 'connected' and 'mail' = any(c.roles) order by c.slot limit 1`.execute(
      tx,
    ),
  )
}
