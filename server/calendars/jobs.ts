import type { Task } from '#server/platform/jobs.ts'
import { farewellTask } from './leave.ts'
import { pollCalendars } from './poll.ts'
import { relistCalendars, relistTask } from './relist.ts'
import { syncCalendar } from './sync.ts'
import { unwatchTask, watchCalendar, watchOverTask } from './watch.ts'

export const tasks: Task<never>[] = [
  syncCalendar,
  pollCalendars,
  watchCalendar,
  unwatchTask,
  watchOverTask,
  farewellTask,
  relistCalendars,
  relistTask,
]
