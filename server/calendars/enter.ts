import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { RemoteCalendar } from '#server/providers/provider.ts'
import { findCalendarsOf, raiseVersions, saveCalendars, saveChoice, setDestination } from './store.ts'
import { syncCalendar } from './sync.ts'

const ID_LENGTH = 2000

/**
 * The provider's list becomes our calendars. Ones we know keep their choices; of an account that is new to us, every calendar its
 * owner may write in is checked, since those hold their appointments, and new meetings go to the first. All checked ones are read.
 */
export async function enterCalendars(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string,
  remote: RemoteCalendar[],
): Promise<void> {
  const listed = [
    ...new Map(
      remote
        .filter(({ remoteId }) => remoteId.length <= ID_LENGTH)
        .map((calendar) => [calendar.remoteId, calendar]),
    ).values(),
  ]
  const entered = await saveCalendars(tx, workspaceId, userId, connectionId, listed, deps.now())
  const known = (await findCalendarsOf(tx, workspaceId, connectionId)).filter(
    ({ calendarId }) => !entered.some((one) => one.fresh && one.calendarId === calendarId),
  )
  const inOrder = listed.map(({ remoteId }) => entered.find((one) => one.remoteId === remoteId)!)

  if (known.length === 0) {
    const someWritable = inOrder.some(({ writable }) => writable)
    for (const calendar of inOrder)
      if (calendar.writable || !someWritable)
        await saveChoice(tx, workspaceId, calendar.calendarId, { checked: true })
  }
  // Another account may have taken the destination since; without one nothing can be booked.
  const destination =
    known.find((calendar) => calendar.destination && calendar.writable)?.calendarId ??
    inOrder.find(({ writable }) => writable)?.calendarId ??
    null
  await setDestination(tx, workspaceId, userId, destination)

  for (const { calendarId, checked } of await findCalendarsOf(tx, workspaceId, connectionId))
    if (checked) await deps.jobs.enqueue(tx, syncCalendar, { workspaceId, calendarId })
  await raiseVersions(tx, workspaceId, [userId])
}
