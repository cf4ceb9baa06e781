import type { Scope } from '#server/accounts/gate.ts'
import { findConnectionOf } from '#server/connections/find.ts'
import { capabilitiesOf, hostOf, type ReasonCode } from '#server/connections/model.ts'
import { reasonOf } from '#server/connections/reason.ts'
import { saveAnswer } from '#server/connections/save.ts'
import { openConnection, type Opened } from '#server/connections/session.ts'
import type { Deps } from '#server/platform/deps.ts'
import { AccessRevoked, type RemoteCalendar } from '#server/providers/provider.ts'
import { enterCalendars } from './enter.ts'
import { saveRefusal } from './trouble.ts'

export type ReconnectOutcome =
  | { kind: 'connected' }
  | { kind: 'refused'; reason: ReasonCode; host: string }
  | { kind: 'not-found' }

/** Tries the account again, with a new password or the one we hold. Its calendars, their choices and all bookings are as they were. */
export async function reconnect(
  deps: Deps,
  { workspaceId, userId }: Scope,
  connectionId: string,
  password: string | null,
): Promise<ReconnectOutcome> {
  const connection = await deps.db.inWorkspace(workspaceId, (tx) =>
    findConnectionOf(tx, workspaceId, userId, connectionId),
  )
  if (!connection) return { kind: 'not-found' }

  let opened: Opened | null = null
  let calendars: RemoteCalendar[]
  try {
    opened = await openConnection(deps, workspaceId, connectionId, { evenBroken: true, feature: 'connect' })
    calendars = await opened.provider.listCalendars(
      password === null ? opened.session : { ...opened.session, secret: password },
    )
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === null) throw error
    // A slip in the new password says nothing about the one we hold.
    if (error instanceof AccessRevoked && opened && password === null)
      await saveRefusal(deps, workspaceId, connectionId, opened)
    return { kind: 'refused', reason, host: hostOf(connection.account, connection.provider) }
  }
  if (calendars.length === 0)
    return { kind: 'refused', reason: 'no-calendars', host: hostOf(connection.account, connection.provider) }

  const { provider, session } = opened
  return deps.db.inWorkspace(workspaceId, async (tx): Promise<ReconnectOutcome> => {
    const credentials = { address: session.address, user: session.user, secret: password ?? session.secret }
    if (
      !(await saveAnswer(
        deps,
        tx,
        workspaceId,
        connectionId,
        credentials,
        capabilitiesOf(
          provider,
          calendars.some(({ writable }) => writable),
        ),
      ))
    )
      return { kind: 'not-found' }
    await enterCalendars(deps, tx, workspaceId, userId, connectionId, calendars, connection.roles)
    return { kind: 'connected' }
  })
}
