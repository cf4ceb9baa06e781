import type { Task } from '#server/platform/jobs.ts'
import { sendLetter } from './send.ts'
import { sweepLettersTask } from './sweep.ts'

export const tasks = [sendLetter, sweepLettersTask] as Task<never>[]
