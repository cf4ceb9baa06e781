import type { Task } from '#server/platform/jobs.ts'
import { sendLetter } from './send.ts'

export const tasks = [sendLetter] as Task<never>[]
