import { sql } from 'kysely'
import type { Instant } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import type { ProviderName } from '#server/providers/provider.ts'
import type { Capabilities, ConnectionRow, ConnectionState, Consent, ReasonCode } from './model.ts'

const one = <Row>(result: { rows: Row[] }): Row | null => result.rows[0] ?? null

const columns = sql`c.connection_id as "connectionId", c.user_id as "userId", c.provider, c.account, c.state, c.reason, c.state_since as since, c.verified_at as "verifiedAt", c.capabilities`

/** Two connects of one person at once become one after the other, so that the second sees the first (S-014). */
export async function lockConnectionsOf(tx: Tx, userId: string) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 7))`.execute(tx)
}

/** The one connection that is not disconnected. */
export async function findLive(tx: Tx, workspaceId: string, userId: string) {
  return one(
    await sql<ConnectionRow>`
    select ${columns} from connections c where c.workspace_id = ${workspaceId} and c.user_id = ${userId} and c.state <> 'disconnected'`.execute(
      tx,
    ),
  )
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

export async function insertConsent(
  tx: Tx,
  workspaceId: string,
  userId: string,
  provider: ProviderName,
  consent: Consent,
  scopes: string[],
  now: Instant,
): Promise<string> {
  const made = one(
    await sql<{ id: string }>`
    insert into consents (workspace_id, user_id, provider, text_version, locale, scopes, given_at)
    values (${workspaceId}, ${userId}, ${provider}, ${consent.textVersion}, ${consent.locale}, ${scopes}, ${at(now)}) returning consent_id as id`.execute(
      tx,
    ),
  )
  return made!.id
}

export async function readConsent(tx: Tx, workspaceId: string, userId: string, connectionId: string) {
  return one(
    await sql<{ textVersion: string; locale: 'en' | 'it'; scopes: string[]; givenAt: Instant }>`
    select s.text_version as "textVersion", s.locale, s.scopes, s.given_at as "givenAt"
    from connections c join consents s on s.workspace_id = c.workspace_id and s.consent_id = c.consent_id
    where c.workspace_id = ${workspaceId} and c.user_id = ${userId} and c.connection_id = ${connectionId} and c.state <> 'disconnected'`.execute(
      tx,
    ),
  )
}

export type Sealed = { address: string; user: string; secret: string }

export type NewConnection = {
  workspaceId: string
  connectionId: string
  userId: string
  provider: ProviderName
  account: string
  state: ConnectionState
  sealed: Sealed
  consentId: string
  capabilities: Capabilities
  now: Instant
}

export async function upsertConnection(tx: Tx, row: NewConnection) {
  await sql`
    insert into connections (workspace_id, connection_id, user_id, provider, account, state, state_since, capabilities, sealed_address, sealed_user, sealed_secret, consent_id, created_at, verified_at)
    values (${row.workspaceId}, ${row.connectionId}, ${row.userId}, ${row.provider}, ${row.account}, ${row.state}, ${at(row.now)}, ${JSON.stringify(row.capabilities)},
      ${row.sealed.address}, ${row.sealed.user}, ${row.sealed.secret}, ${row.consentId}, ${at(row.now)}, ${at(row.now)})
    on conflict (workspace_id, connection_id) do update set state = excluded.state, state_since = excluded.state_since, reason = null, capabilities = excluded.capabilities,
      sealed_address = excluded.sealed_address, sealed_user = excluded.sealed_user, sealed_secret = excluded.sealed_secret, consent_id = excluded.consent_id, verified_at = excluded.verified_at`.execute(
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

export type Opening = {
  provider: ProviderName
  userId: string
  state: ConnectionState
  address: string | null
  user: string | null
  secret: string | null
}

export async function findSealed(tx: Tx, workspaceId: string, connectionId: string) {
  return one(
    await sql<Opening>`
    select provider, user_id as "userId", state, sealed_address as address, sealed_user as user, sealed_secret as secret
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
    await sql<{ userId: string; account: string; provider: ProviderName }>`
    update connections set state = ${move.to}, reason = ${move.reason}, state_since = ${at(move.now)}
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and state = any(${move.from}) and sealed_secret = ${move.triedSecret}
    returning user_id as "userId", account, provider`.execute(tx),
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
      update connections set state = 'disconnected', reason = null, state_since = ${at(now)}, sealed_address = null, sealed_user = null, sealed_secret = null
      where workspace_id = ${workspaceId} and connection_id = ${connectionId} and user_id = ${userId} and state = any(${from}) returning workspace_id, connection_id
    ), taken as (
      delete from grants g using gone where g.workspace_id = gone.workspace_id and g.connection_id = gone.connection_id
    )
    select connection_id from gone`.execute(tx)
  return ended.rows.length === 1
}
