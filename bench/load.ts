import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ROOT } from '#server/platform/root.ts'

export type Load = { url: string; requests: { method: 'GET' | 'POST'; path: string; headers?: Record<string, string>; body?: string }[]; connections: number; seconds: number; rate?: number }
export type Loaded = { perSecond: number; p50: number; p99: number; answers: number; statuses: Record<string, number> }

/** Loads a server from a thread of its own: as fast as it answers, or at a fixed rate. Each request of the list is sent in turn, again from the start where there is no body. */
export function load(plan: Load): Promise<Loaded> {
  return new Promise((done, fail) => {
    const worker = new Worker(join(ROOT, 'bench', 'load-thread.ts'), { workerData: plan })
    worker.once('message', done)
    worker.once('error', fail)
  })
}
