import { may, type Scope } from '#server/accounts/gate.ts'
import { findLiveAccount } from '#server/connections/find.ts'
import { accountName, capabilitiesOf, type Credentials, type ReasonCode } from '#server/connections/model.ts'
import { reasonOf } from '#server/connections/reason.ts'
import { saveConnection } from '#server/connections/save.ts'
import { sessionWith } from '#server/connections/session.ts'
import type { Deps } from '#server/platform/deps.ts'
import { lookupSrv } from '#server/platform/lookup-srv.ts'
import { discover } from '#server/providers/caldav/discover.ts'
import type { CalendarProvider, RemoteCalendar } from '#server/providers/provider.ts'
import { enterCalendars } from './enter.ts'
import type { ConnectCaldav } from './model.ts'

type Refused = { kind: 'refused'; reason: ReasonCode; host: string }
export type ConnectOutcome =
  | { kind: 'connected'; connectionId: string }
  | Refused
  | { kind: 'already-connected'; account: string }
  | { kind: 'no-personal-email' }

// What the disclosure names and the consent records (S-070 to S-075): a password opens all of it, whatever we use.
const SCOPES = ['calendars.read', 'calendars.write', 'events.read', 'events.write']

// A person is waiting; each single call has its own, shorter clock.
const PATIENCE = 45_000

/** Address and password → calendars listed, which is the proof → one transaction that keeps it all. */
export async function connectCaldav(
  deps: Deps,
  scope: Scope,
  { address, user, password, consent }: ConnectCaldav,
): Promise<ConnectOutcome> {
  const { workspaceId, userId } = scope
  if (!may(scope, 'personal-email')) return { kind: 'no-personal-email' }
  const live = await deps.db.inWorkspace(workspaceId, (tx) => findLiveAccount(tx, workspaceId, userId))
  if (live) return { kind: 'already-connected', account: live.account }

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
      scopes: SCOPES,
      capabilities: capabilitiesOf(
        provider,
        found.calendars.some(({ writable }) => writable),
      ),
    })
    if (saved.kind === 'already-connected') return { kind: 'already-connected', account: saved.live.account }
    await enterCalendars(deps, tx, workspaceId, userId, saved.connectionId, found.calendars)
    return { kind: 'connected', connectionId: saved.connectionId }
  })
}

type Found = { kind: 'found'; address: string; host: string; calendars: RemoteCalendar[] }

async function findCalendars(
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
