import { MINUTE } from '#core/time/model.ts'
import type { Task } from '#server/platform/jobs.ts'
import { everyWorkspace } from '#server/platform/workspaces.ts'
import { findDue } from './store.ts'
import { syncCalendar } from './sync.ts'

// Every push may be lost, and none of them missed for longer than this (I11).
const WATCHED_MINUTES = 5

/**
 * Every minute: asks for a sync of each calendar that nobody has looked at for a while. Providers that push are polled too, only
 * later: every push may be lost (I11). It is also what tries again after a fault.
 */
export const pollCalendars: Task = {
  name: 'calendars.poll',
  cron: '* * * * *',
  async run(deps) {
    const now = deps.now()
    // The clock of cron and the end of the last look seldom agree to the second.
    const before = now - deps.config.syncMinutes * MINUTE + MINUTE / 4
    const beforeWatched = now - Math.max(deps.config.syncMinutes, WATCHED_MINUTES) * MINUTE + MINUTE / 4
    for (const workspaceId of await everyWorkspace(deps.db)) {
      const due = await deps.db.inWorkspace(workspaceId, (tx) =>
        findDue(tx, workspaceId, before, beforeWatched, now),
      )
      for (const { calendarId } of due)
        await deps.jobs.enqueue(null, syncCalendar, { workspaceId, calendarId })
    }
  },
}
