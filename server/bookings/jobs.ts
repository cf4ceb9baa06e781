import type { Task } from '#server/platform/jobs.ts'
import { bookingEffectsTask, manyEffectsTask, sweepEffectsTask } from './effects.ts'
import { recheckTask } from './recheck.ts'

export const tasks = [bookingEffectsTask, manyEffectsTask, sweepEffectsTask, recheckTask] as Task<never>[]
