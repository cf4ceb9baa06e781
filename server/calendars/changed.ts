import type { Deps } from '#server/platform/deps.ts'
import type { Task } from '#server/platform/jobs.ts'
import { everyWorkspace } from '#server/platform/workspaces.ts'
import { QUARANTINE } from './model.ts'
import { findUnfollowed, readMark, saveFollowed } from './store.ts'

export type Changed = { workspaceId: string; calendarId: string }

/** What a floor above makes of a changed calendar. `since` is up to when it has already done so. */
export type Follow = (deps: Deps, changed: Changed, since: number | null) => Promise<void>

/** A page of a sync changed our copy of a calendar. */
export const calendarChanged: Pick<Task<Changed>, 'name' | 'key' | 'width'> = {
  name: 'calendars.changed',
  key: ({ calendarId }) => calendarId, // five hundred changes, one look
  width: 2,
}

/**
 * The tasks behind it, put together at the roof: calendars do not know who reads them. What was noticed is ticked off only when
 * everybody has followed, so that a crash repeats and never skips; whoever follows must therefore not mind being asked twice.
 */
export function followers(...follow: Follow[]): Task<never>[] {
  const task: Task<Changed> = {
    ...calendarChanged,
    expires: 300,
    async run(deps, changed) {
      const { workspaceId, calendarId } = changed
      const mark = await deps.db.inWorkspace(workspaceId, (tx) => readMark(tx, workspaceId, calendarId))
      if (!mark) return
      for (const each of follow) await each(deps, changed, mark.followedAt)
      if (mark.changedAt !== null)
        await deps.db.inWorkspace(workspaceId, (tx) =>
          saveFollowed(tx, workspaceId, calendarId, mark.changedAt!),
        )
    },
  }
  const late: Task = {
    name: 'calendars.changed-late',
    cron: '* * * * *',
    async run(deps) {
      for (const workspaceId of await everyWorkspace(deps.db)) {
        const left = await deps.db.inWorkspace(workspaceId, (tx) => findUnfollowed(tx, workspaceId, deps.now() - QUARANTINE))
        for (const { calendarId } of left)
          await deps.jobs.enqueue(null, calendarChanged, { workspaceId, calendarId })
      }
    },
  }
  return [task, late] as Task<never>[]
}
