import type { Task } from '#server/platform/jobs.ts'
import { bookingEffectsTask, sweepEffectsTask } from './effects.ts'
import { recheckTask } from './recheck.ts'

export const tasks = [bookingEffectsTask, sweepEffectsTask, recheckTask] as Task<never>[]
