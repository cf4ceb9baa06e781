import type { Scope } from '#server/accounts/gate.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { CalendarChange } from './model.ts'
import { findCalendar, forgetEvents, raiseVersions, saveChoice, setDestination } from './store.ts'
import { syncCalendar } from './sync.ts'
import { unwatch, watchCalendar } from './watch.ts'

export type ChooseOutcome =
  | { kind: 'chosen'; connectionId: string }
  | { kind: 'not-found' }
  | { kind: 'read-only'; name: string }

/** Which calendars are checked, where new meetings go, and which kinds of event block. */
export async function chooseCalendar(
  deps: Deps,
  { workspaceId, userId }: Scope,
  calendarId: string,
  change: CalendarChange,
): Promise<ChooseOutcome> {
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const calendar = await findCalendar(tx, workspaceId, calendarId)
    if (!calendar || calendar.userId !== userId || calendar.state === 'disconnected')
      return { kind: 'not-found' }
    if (change.destination && !calendar.writable) return { kind: 'read-only', name: calendar.name }

    if (change.destination) await setDestination(tx, workspaceId, userId, calendarId)
    else if (change.destination === false && calendar.destination)
      await setDestination(tx, workspaceId, userId, null)
    await saveChoice(tx, workspaceId, calendarId, change)

    const checked = change.checked ?? calendar.checked
    const rules =
      (change.blocksTentative ?? calendar.blocksTentative) !== calendar.blocksTentative ||
      (change.blocksUnanswered ?? calendar.blocksUnanswered) !== calendar.blocksUnanswered
    // Our copy holds what blocked by the old rules. It is not in use until it has been read by the new ones: a page that took
    // requests for a moment harms less than one booking over what its owner has just called busy.
    if (checked !== calendar.checked || (checked && rules)) await forgetEvents(tx, workspaceId, [calendarId])
    if (checked && (!calendar.checked || rules))
      await deps.jobs.enqueue(tx, syncCalendar, { workspaceId, calendarId })
    const used = checked || (change.destination ?? calendar.destination)
    if (used) await deps.jobs.enqueue(tx, watchCalendar, { workspaceId, calendarId })
    else await unwatch(deps, tx, workspaceId, calendar.connectionId, calendarId)
    await raiseVersions(tx, workspaceId, [userId])
    return { kind: 'chosen', connectionId: calendar.connectionId }
  })
}
