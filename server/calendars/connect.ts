import { may, type Scope } from '#server/accounts/gate.ts'
import { accountName, capabilitiesOf, type ReasonCode } from '#server/connections/model.ts'
import { reasonOf } from '#server/connections/reason.ts'
import { saveConnection } from '#server/connections/save.ts'
import { sessionWith } from '#server/connections/session.ts'
import { findLiveAccount } from '#server/connections/find.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { discover } from '#server/providers/caldav/discover.ts'
import type { RemoteCalendar } from '#server/providers/provider.ts'
import type { ConnectCaldav } from './model.ts'
import { enterCalendars } from './enter.ts'

export type ConnectOutcome =
  | { kind: 'connected'; connectionId: string }
  | { kind: 'refused'; reason: ReasonCode; host: string }
  | { kind: 'already-connected'; account: string }
  | { kind: 'no-personal-email' }

// What the disclosure says and the consent records (S-070 to S-075): a password opens all of it, whatever we use.
const SCOPES = ['calendars.read', 'calendars.write', 'events.read', 'events.write']

/** Address and password → calendars listed, which is the proof → one transaction that keeps it all. */
export async function connectCaldav(deps: Deps, scope: Scope, { address, user, password, consent }: ConnectCaldav): Promise<ConnectOutcome> {
  const { workspaceId, userId } = scope
  if (!may(scope, 'personal-email')) return { kind: 'no-personal-email' }
  const live = await deps.db.inWorkspace(workspaceId, (tx) => findLiveAccount(tx, workspaceId, userId))
  if (live) return { kind: 'already-connected', account: live.account }

  const found = await discoverCalendars(deps, { address, user, secret: password }, scope.user.zone)
  if (found.kind === 'refused') return found
  const provider = deps.providers.caldav!
  return deps.db.inWorkspace(workspaceId, async (tx): Promise<ConnectOutcome> => {
    const saved = await saveConnection(deps, tx, {
      workspaceId,
      userId,
      provider: 'caldav',
      account: accountName(user, found.host),
      credentials: { address: found.address, user, secret: password },
      consent,
      scopes: SCOPES,
      capabilities: capabilitiesOf(provider, found.calendars.some(({ writable }) => writable)),
    })
    if (saved.kind === 'already-connected') return { kind: 'already-connected', account: saved.live.account }
    await enterCalendars(deps, tx, workspaceId, userId, saved.connectionId, found.calendars)
    return { kind: 'connected', connectionId: saved.connectionId }
  })
}
