import { parentPort, workerData } from 'node:worker_threads'
import { Pool } from 'undici'
import type { Load, Loaded } from './load.ts'

parentPort!.postMessage(await drive(workerData as Load))

async function drive({ url, requests, connections, seconds, rate }: Load): Promise<Loaded> {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const times: number[] = []
  const statuses: Record<string, number> = {}
  const once = requests.some((request) => request.body !== undefined)
  let next = 0
  const begun = performance.now()
  const until = begun + seconds * 1000
  async function one(): Promise<void> {
    while (performance.now() < until) {
      const index = next++
      if (once && index >= requests.length) return
      const { method, path, headers, body } = requests[index % requests.length]!
      if (rate) {
        const due = begun + (index / rate) * 1000
        const wait = due - performance.now()
        if (wait > 0) await new Promise((go) => setTimeout(go, wait))
      }
      const start = rate ? Math.max(performance.now(), begun + (index / rate) * 1000) : performance.now()
      const answer = await pool.request({ method, path, ...(headers ? { headers } : {}), ...(body === undefined ? {} : { body }) })
      await answer.body.arrayBuffer()
      times.push(performance.now() - start)
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  const took = (performance.now() - begun) / 1000
  await pool.close()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { perSecond: times.length / took, p50: at(0.5), p99: at(0.99), answers: times.length, statuses }
}
