import type { Task } from '#server/platform/jobs.ts'
import { foreseeTask } from './foresee.ts'

export const tasks: Task<never>[] = [foreseeTask]
