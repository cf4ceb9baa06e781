import type { Zone } from '#core/time/model.ts'
import { findUser } from '#server/accounts/find.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Limits } from '#server/platform/egress.ts'
import { AccessRevoked, type CalendarProvider, type Session } from '#server/providers/provider.ts'
import type { Credentials } from './model.ts'
import { findSealed, type Sealed } from './store.ts'

/** `triedSecret` is the sealed secret the session was opened with: who reports it refused must have tried the one that still stands. */
export type Opened = { session: Session; provider: CalendarProvider; triedSecret: string }

// The field is part of what binds an envelope to its place: a password must not open as an address (S03).
const place = (field: keyof Sealed, workspaceId: string, connectionId: string) => ({
  table: 'connections',
  field,
  row: connectionId,
  workspaceId,
})

export const seal = (
  deps: Deps,
  workspaceId: string,
  connectionId: string,
  { address, user, secret }: Credentials,
): Sealed => ({
  address: deps.secrets.seal(address, place('address', workspaceId, connectionId)),
  user: deps.secrets.seal(user, place('user', workspaceId, connectionId)),
  secret: deps.secrets.seal(secret, place('secret', workspaceId, connectionId)),
})

/** A session with open credentials: what a person has just typed, or what was unsealed below. */
export const sessionWith = (
  deps: Deps,
  { address, user, secret }: Credentials,
  zone: Zone,
  within?: Limits,
): Session => ({
  address,
  user,
  secret,
  zone,
  fetch: within ? deps.egress.within(within) : deps.egress.fetch,
})

/** The only place where a stored secret is opened. A connection that has ended, or that its owner must repair, is AccessRevoked. */
export async function openConnection(
  deps: Deps,
  workspaceId: string,
  connectionId: string,
  options: { evenBroken?: boolean; within?: Limits } = {},
): Promise<Opened> {
  const { row, zone } = await deps.db.inWorkspace(workspaceId, async (tx) => {
    const row = await findSealed(tx, workspaceId, connectionId)
    return { row, zone: row && (await findUser(tx, row.userId))?.zone }
  })
  const usable = row?.state === 'connected' || (options.evenBroken === true && row?.state === 'broken')
  if (!row || !usable || row.address === null || row.user === null || row.secret === null)
    throw new AccessRevoked(`connection ${connectionId} is not open`)
  const provider = deps.providers[row.provider]
  if (!provider) throw new Error(`no provider is called ${row.provider}`)
  const open = (field: keyof Sealed, sealed: string) =>
    deps.secrets.unseal(sealed, place(field, workspaceId, connectionId))
  const credentials = {
    address: open('address', row.address),
    user: open('user', row.user),
    secret: open('secret', row.secret),
  }
  return {
    session: sessionWith(deps, credentials, zone ?? 'UTC', options.within),
    provider,
    triedSecret: row.secret,
  }
}
