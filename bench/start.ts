import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '#server/platform/root.ts'
import type { Line } from './line.ts'

/** Cold start with an empty folder, warm start, and what an idle process weighs (performance.md §4). */
export async function benchStart(): Promise<Line[]> {
  const data = mkdtempSync(join(tmpdir(), 'ritrovo-bench-start-'))
  try {
    const cold = await startOnce(data)
    const warm = await startOnce(data, true)
    return [
      { name: 'cold start, empty folder → first page', ours: cold.seconds, limit: 5, unit: 's', ok: cold.seconds <= 5 },
      { name: 'warm start → first page', ours: warm.seconds, limit: 2, unit: 's', ok: warm.seconds <= 2 },
      { name: 'idle memory of the process', ours: warm.megabytes, limit: 200, unit: 'MB', ok: warm.megabytes <= 200 },
    ]
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

async function startOnce(data: string, idle = false): Promise<{ seconds: number; megabytes: number }> {
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const begun = performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'server', 'main.js'), 'start'], { env: { ...process.env, RITROVO_DATA: data, PORT: String(port), RITROVO_LOG_LEVEL: 'silent', NODE_ENV: 'production' }, stdio: 'ignore' })
  const gone = new Promise((done) => child.once('exit', done))
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/login`, { signal: AbortSignal.timeout(2000) }).catch(() => null)
      if (answer?.ok) break
      if (child.exitCode !== null || performance.now() - begun > 30_000) throw new Error('the server did not start')
      await sleep(10)
    }
    const seconds = (performance.now() - begun) / 1000
    if (idle) await sleep(3000)
    const megabytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
    return { seconds, megabytes }
  } finally {
    child.kill('SIGTERM')
    await gone
  }
}
