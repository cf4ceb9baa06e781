import type { Task } from '#server/platform/jobs.ts'
import { tasks as bookings } from './bookings/jobs.ts'
import { tasks as calendars } from './calendars/jobs.ts'
import { tasks as mail } from './mail/jobs.ts'

/** All tasks, one list. */
export const tasks: Task<never>[] = [...mail, ...calendars, ...bookings]
