import type { Task } from '#server/platform/jobs.ts'
import { pollCalendars } from './poll.ts'
import { syncCalendar } from './sync.ts'

export const tasks: Task<never>[] = [syncCalendar, pollCalendars]
