import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Session } from '#server/providers/provider.ts'
import { apisOf, bearerOf } from './bearer.ts'
import { place } from './sealed-tokens.ts'
import { isOAuth, ROLES, statesBefore, type OAuthProvider } from './model.ts'
import { refreshTokens, revokeTokens } from './oauth.ts'
import { getApp } from './provider-apps.ts'
import {
  deleteGrant,
  destroySecret,
  endCalendar,
  findConnection,
  findLive,
  findSealed,
  saveRoles,
} from './store.ts'

/** A connection that has ended, and what is needed to say so at its provider: sealed, and known to one job only. */
export type Farewell = { connectionId: string; provider: OAuthProvider | null; sealed: string | null }

const farewellPlace = (workspaceId: string, connectionId: string) => ({
  table: 'farewells',
  field: 'tokens',
  row: connectionId,
  workspaceId,
})

/**
 * Ends a person's connection and destroys its secret here. What the provider must hear about it travels in the answer, to be told
 * once the row is closed. Null when there is nothing of theirs to end.
 */
export async function endConnection(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string,
): Promise<Farewell | null> {
  const [row, before] = [
    await findSealed(tx, workspaceId, connectionId),
    await findConnection(tx, workspaceId, connectionId),
  ]
  if (!(await destroySecret(tx, workspaceId, connectionId, userId, statesBefore('disconnect'), deps.now())))
    return null
  if (before?.legacy) await takeOverFromPair(tx, workspaceId, userId)
  if (!row || !isOAuth(row.provider) || row.secret === null || row.refresh === null)
    return { connectionId, provider: null, sealed: null }
  const open = (field: 'secret' | 'refresh', sealed: string) =>
    deps.secrets.unseal(sealed, place(field, workspaceId, connectionId))
  const tokens = { access: open('secret', row.secret), refresh: open('refresh', row.refresh) }
  return {
    connectionId,
    provider: row.provider,
    sealed: deps.secrets.seal(JSON.stringify(tokens), farewellPlace(workspaceId, connectionId)),
  }
}

/** Takes one use of an account away while the other stays (S-024, S-111). */
export async function endUse(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string,
  use: 'calendar' | 'mail',
): Promise<void> {
  const before = await findConnection(tx, workspaceId, connectionId)
  await deleteGrant(tx, workspaceId, connectionId, use)
  if (use === 'mail') return
  await endCalendar(tx, workspaceId, connectionId, deps.now())
  // For the right to a pair this is a disconnect like any other (S-018).
  if (before?.legacy) await takeOverFromPair(tx, workspaceId, userId)
}

/** Of a pair one is left: it does from now on what an account does (S-018). */
export async function takeOverFromPair(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  for (const left of await findLive(tx, workspaceId, userId))
    if (left.legacy) await saveRoles(tx, workspaceId, left.connectionId, [...ROLES], null)
}

/**
 * The last words at the provider, as far as it listens: `before` may still use the account, then the grant is ended. Nothing here
 * depends on its success: what we held is destroyed already.
 */
export async function sayFarewell(
  deps: Deps,
  workspaceId: string,
  { connectionId, provider, sealed }: Farewell,
  before: (session: Session) => Promise<void>,
): Promise<'revoked' | 'no-way' | 'failed'> {
  if (provider === null || sealed === null) return 'no-way'
  const app = await getApp(deps, workspaceId, provider)
  if (!app) return 'no-way'
  const tokens = JSON.parse(deps.secrets.unseal(sealed, farewellPlace(workspaceId, connectionId))) as {
    access: string
    refresh: string
  }
  const fresh = await refreshTokens(deps, provider, app, tokens.refresh)
  const access = fresh.kind === 'refreshed' ? fresh.tokens.access : tokens.access
  await before({
    address: apisOf(deps.config, provider)[0],
    user: '',
    secret: '',
    zone: 'UTC',
    fetch: bearerOf(deps, provider, access, {}),
  })
  const last = (fresh.kind === 'refreshed' && fresh.tokens.refresh) || tokens.refresh
  if (fresh.kind === 'tokens-refused') return 'revoked'
  return (await revokeTokens(deps, provider, app, last))
    ? 'revoked'
    : provider === 'microsoft'
      ? 'no-way'
      : 'failed'
}
