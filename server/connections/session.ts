import type { Zone } from '#core/time/model.ts'
import { findUser } from '#server/accounts/find.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Limits } from '#server/platform/egress.ts'
import { AccessRevoked, type CalendarProvider, type Session } from '#server/providers/provider.ts'
import { apisOf, bearer } from './bearer.ts'
import { SignedOut } from './faults.ts'
import { place } from './sealed-tokens.ts'
import { accounted, type Feature } from './ledger.ts'
import { isOAuth, type Credentials } from './model.ts'
import { opened } from './renew.ts'
import { findSealed, type Opening, type Sealed } from './store.ts'

/**
 * `triedSecret` is the sealed secret the session goes by: who reports it refused must have tried the one that still stands. An access
 * token is renewed on the way, so ask for it when it is needed.
 */
export type Opened = { session: Session; provider: CalendarProvider; readonly triedSecret: string }

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
  line: (wish) => deps.egress.line({ ...within, ...wish }),
})

type Options = {
  evenBroken?: boolean
  within?: Limits
  /** What it is opened for, as its owner reads it in the access ledger. */
  feature?: Feature
}

/** The only place where a stored secret is opened. A connection that has ended, or that its owner must repair, is AccessRevoked. */
export async function openConnection(
  deps: Deps,
  workspaceId: string,
  connectionId: string,
  options: Options = {},
): Promise<Opened> {
  const { row, zone } = await deps.db.inWorkspace(workspaceId, async (tx) => {
    const row = await findSealed(tx, workspaceId, connectionId)
    return { row, zone: row && (await findUser(tx, row.userId))?.zone }
  })
  const usable = row?.state === 'connected' || (options.evenBroken === true && row?.state === 'broken')
  const { session, triedSecret } =
    (row && usable && openRow(deps, workspaceId, connectionId, row, zone ?? 'UTC', options)) ||
    notOpen(connectionId, row)
  const provider = deps.providers[row!.provider]
  if (!provider) throw new Error(`no provider is called ${row!.provider}`)
  const entry = { workspaceId, connectionId, userId: row!.userId, feature: options.feature ?? 'calendar' }
  return {
    session,
    provider: accounted(deps, entry, provider),
    get triedSecret() {
      return triedSecret()
    },
  }
}

function notOpen(connectionId: string, row: Opening | null): never {
  const message = `connection ${connectionId} is not open`
  throw row && isOAuth(row.provider) ? new SignedOut(message) : new AccessRevoked(message)
}

function openRow(
  deps: Deps,
  workspaceId: string,
  connectionId: string,
  row: Opening,
  zone: Zone,
  { within }: Options,
): { session: Session; triedSecret: () => string } | null {
  const { provider, secret } = row
  if (isOAuth(provider)) {
    if (secret === null || row.refresh === null) return null
    const account = { workspaceId, connectionId, provider }
    const held = { access: opened(deps, account, secret, row.expiresAt ?? 0) }
    return {
      session: {
        address: apisOf(deps.config, provider)[0],
        user: row.account,
        secret: '',
        zone,
        fetch: bearer(deps, account, held, within),
      },
      triedSecret: () => held.access.sealed,
    }
  }
  if (row.address === null || row.user === null || secret === null) return null
  const open = (field: keyof Sealed, sealed: string) =>
    deps.secrets.unseal(sealed, place(field, workspaceId, connectionId))
  const credentials = {
    address: open('address', row.address),
    user: open('user', row.user),
    secret: open('secret', secret),
  }
  return { session: sessionWith(deps, credentials, zone, within), triedSecret: () => secret }
}
