import { ROLES, type Role } from '#server/connections/model.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { RemoteCalendar } from '#server/providers/provider.ts'
import {
  findCalendarsOf,
  findDestination,
  raiseVersions,
  saveCalendars,
  saveChoice,
  setDestination,
} from './store.ts'
import { syncCalendar } from './sync.ts'
import { watchCalendar } from './watch.ts'

const ID_LENGTH = 2000

/** What we can keep of a provider's list: each calendar once, with an id that fits. */
export const listable = (remote: RemoteCalendar[]): RemoteCalendar[] => [
  ...new Map(
    remote
      .filter(({ remoteId }) => remoteId.length <= ID_LENGTH)
      .map((calendar) => [calendar.remoteId, calendar]),
  ).values(),
]

/**
 * The provider's list becomes our calendars. Ones we know keep their choices; of an account that is new to us, every calendar its
 * owner may write in is checked, since those hold their appointments, and new meetings go to the account's own first one. All that
 * are checked are read.
 */
export async function enterCalendars(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string,
  remote: RemoteCalendar[],
  roles: readonly Role[] = ROLES,
): Promise<void> {
  const listed = listable(remote)
  const entered = await saveCalendars(tx, workspaceId, userId, connectionId, listed, deps.now())
  const known = (await findCalendarsOf(tx, workspaceId, connectionId)).filter(
    ({ calendarId }) => !entered.some((one) => one.fresh && one.calendarId === calendarId),
  )
  const byId = new Map(entered.map((one) => [one.remoteId, one]))
  const inOrder = listed
    .toSorted((one, other) => Number(other.primary ?? false) - Number(one.primary ?? false))
    .map(({ remoteId }) => byId.get(remoteId)!)

  if (known.length === 0) {
    const someWritable = inOrder.some(({ writable }) => writable)
    for (const calendar of inOrder)
      if (calendar.writable || !someWritable)
        await saveChoice(tx, workspaceId, calendar.calendarId, { checked: true })
  }
  if (roles.includes('bookings')) {
    // Another account may have the destination; without one nothing can be booked.
    const standing = await findDestination(tx, workspaceId, userId)
    const destination =
      (standing ?? known.find((calendar) => calendar.destination && calendar.writable))?.calendarId ??
      inOrder.find(({ writable }) => writable)?.calendarId ??
      null
    await setDestination(tx, workspaceId, userId, destination)
  }

  for (const { calendarId, checked, destination } of await findCalendarsOf(tx, workspaceId, connectionId)) {
    if (!checked && !destination) continue
    await deps.jobs.enqueue(tx, syncCalendar, { workspaceId, calendarId })
    await deps.jobs.enqueue(tx, watchCalendar, { workspaceId, calendarId })
  }
  await raiseVersions(tx, workspaceId, [userId])
}
