import { may, type Scope } from '#server/accounts/gate.ts'
import { findLiveAccounts } from '#server/connections/find.ts'
import { findRights } from '#server/connections/legacy.ts'
import { accountName, capabilitiesOf, type Credentials, type ReasonCode } from '#server/connections/model.ts'
import { placeFor, type Wish } from '#server/connections/places.ts'
import { reasonOf } from '#server/connections/reason.ts'
import { saveConnection } from '#server/connections/save.ts'
import { disclose } from '#server/connections/scopes.ts'
import { sessionWith } from '#server/connections/session.ts'
import { isSharedInbox } from '#server/connections/shared-inboxes.ts'
import type { Deps } from '#server/platform/deps.ts'
import { lookupSrv } from '#server/platform/lookup-srv.ts'
import { discover } from '#server/providers/caldav/discover.ts'
import type { CalendarProvider, RemoteCalendar } from '#server/providers/provider.ts'
import { enterCalendars } from './enter.ts'
import { leave } from './leave.ts'
import type { ConnectCaldav } from './model.ts'

type Refused = { kind: 'refused'; reason: ReasonCode; host: string }
export type ConnectOutcome =
  | { kind: 'connected'; connectionId: string }
  | Refused
  | { kind: 'already-connected'; account: string; connectionId: string; mayAdd: boolean }
  | { kind: 'shared-inbox' }
  | { kind: 'no-personal-email' }

// What the disclosure names and the consent records (S-070 to S-075): a password opens all of it, whatever we use.
const SCOPES = ['calendars.read', 'calendars.write', 'events.read', 'events.write']

// A person is waiting; each single call has its own, shorter clock.
const PATIENCE = 45_000

/** Address and password → calendars listed, which is the proof → one transaction that keeps it all. */
export async function connectCaldav(
  deps: Deps,
  scope: Scope,
  { address, user, password, consent, as, roles, replaces }: ConnectCaldav,
): Promise<ConnectOutcome> {
  const { workspaceId, userId } = scope
  if (!may(scope, 'personal-email')) return { kind: 'no-personal-email' }
  const wish: Wish = { as: as ?? null, roles: roles ?? null, replaces: replaces ?? null }
  // Asked before anybody's server is, and again under the lock.
  const before = await deps.db.inWorkspace(workspaceId, async (tx) => ({
    placed: placeFor(
      await findLiveAccounts(tx, workspaceId, userId),
      await findRights(tx, workspaceId, userId),
      wish,
    ),
    shared: await isSharedInbox(tx, workspaceId, user),
  }))
  if (before.shared) return { kind: 'shared-inbox' }
  if (before.placed.kind === 'second') return { ...before.placed, kind: 'already-connected' }

  const provider = deps.providers.caldav!
  const found = await findCalendars(deps, provider, { address, user, secret: password }, scope.user.zone)
  if (found.kind === 'refused') return found
  return deps.db.inWorkspace(workspaceId, async (tx): Promise<ConnectOutcome> => {
    const saved = await saveConnection(deps, tx, {
      workspaceId,
      userId,
      provider: 'caldav',
      account: accountName(user, found.host),
      credentials: { address: found.address, user, secret: password },
      consent,
      lines: disclosed(consent),
      scopes: SCOPES,
      wish,
      capabilities: capabilitiesOf(
        provider,
        found.calendars.some(({ writable }) => writable),
      ),
    })
    if (saved.kind === 'second') return { ...saved, kind: 'already-connected' }
    // An account opened by a password has no identity that somebody else could hold.
    if (saved.kind !== 'saved') throw new Error(`a password account cannot be ${saved.kind}`)
    await leave(deps, tx, workspaceId, userId, saved.ended)
    await enterCalendars(deps, tx, workspaceId, userId, saved.connectionId, found.calendars, saved.roles)
    return { kind: 'connected', connectionId: saved.connectionId }
  })
}

/** What stood in the disclosure, if it is still the one that was read. */
function disclosed({ textVersion, locale }: ConnectCaldav['consent']): string[] {
  const { version, lines } = disclose('caldav', locale, { mail: false, testing: false })
  return version === textVersion ? lines.map(({ text }) => text) : []
}

type Found = { kind: 'found'; address: string; host: string; calendars: RemoteCalendar[] }

/** Where the calendars of an account live, and which there are: the proof that its password works. */
export async function findCalendars(
  deps: Deps,
  provider: CalendarProvider,
  typed: Credentials,
  zone: string,
): Promise<Found | Refused> {
  const host = typedHost(typed.address)
  const refused = (reason: ReasonCode, where = host): Refused => ({ kind: 'refused', reason, host: where })
  const within = { signal: AbortSignal.timeout(PATIENCE) }
  try {
    const discovery = await discover(sessionWith(deps, typed, zone, within), typed.address, lookupSrv)
    if (discovery.kind === 'other-host') return refused('other-host', discovery.host)
    if (discovery.kind === 'not-found') return refused('not-found')
    const calendars = await provider.listCalendars(
      sessionWith(deps, { ...typed, address: discovery.address }, zone, within),
    )
    if (calendars.length === 0) return refused('no-calendars')
    return { kind: 'found', address: discovery.address, host: new URL(discovery.address).hostname, calendars }
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === null) throw error
    // The way out refuses any address without TLS that its operator has not named; what the person should change is the one letter.
    return refused(reason === 'refused-address' && /^http:\/\//i.test(typed.address) ? 'plain-http' : reason)
  }
}

/** The server in what a person typed: an address, a name or their e-mail. */
function typedHost(address: string): string {
  if (!address.includes('://') && address.includes('@')) return address.slice(address.lastIndexOf('@') + 1)
  return URL.parse(address.includes('://') ? address : `https://${address}`)?.host || address
}
