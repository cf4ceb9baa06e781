import type { Task } from '#server/platform/jobs.ts'
import { follow } from './bookings/follow.ts'
import { tasks as bookings } from './bookings/jobs.ts'
import { followers } from './calendars/changed.ts'
import { tasks as calendars } from './calendars/jobs.ts'
import { tasks as connections } from './connections/jobs.ts'
import { tasks as mail } from './mail/jobs.ts'
import { match } from './meetings/match.ts'

/** All tasks, one list. */
export const tasks: Task<never>[] = [...mail, ...connections, ...calendars, ...followers(follow, match), ...bookings]
