import type { Scope } from '#server/accounts/gate.ts'
import { endConnection } from '#server/connections/disconnect.ts'
import type { Deps } from '#server/platform/deps.ts'
import { countWhatRemains, findCalendarsOf, forgetEvents, raiseVersions } from './store.ts'

export type DisconnectOutcome =
  | { kind: 'disconnected'; offlinePages: number; keptMeetings: number }
  | { kind: 'not-found' }

/**
 * Destroys the secret and our copy of the calendars (J08). What people have booked stays, here and in the calendar; the choice of
 * calendars stays too, for the day the same account comes back.
 */
export async function disconnect(
  deps: Deps,
  { workspaceId, userId }: Scope,
  connectionId: string,
): Promise<DisconnectOutcome> {
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    if (!(await endConnection(deps, tx, workspaceId, userId, connectionId))) return { kind: 'not-found' }
    const calendars = await findCalendarsOf(tx, workspaceId, connectionId)
    await forgetEvents(
      tx,
      workspaceId,
      calendars.map(({ calendarId }) => calendarId),
    )
    await raiseVersions(tx, workspaceId, [userId])
    const { pages, meetings } = await countWhatRemains(tx, workspaceId, userId, connectionId, deps.now())
    return { kind: 'disconnected', offlinePages: pages, keptMeetings: meetings }
  })
}
