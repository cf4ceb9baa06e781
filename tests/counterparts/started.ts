import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A loopback port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => done(port))
    })
  })
}

/** A clear failure where a counterpart is not installed: never a silent skip. */
export function needs(file: string, debianPackage: string): void {
  if (!existsSync(file)) throw new Error(`A real counterpart is missing: apt-get install ${debianPackage}`)
}

export type Running = { child: ChildProcess; output: () => string; stop(): Promise<void> }

/** Starts a program of ours to end: its last words are kept for the failure it may cause. */
export function run(program: string, args: string[], options: SpawnOptions = {}): Running {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  const listen = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  return {
    child,
    output: () => words,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 3000)
      await gone
      clearTimeout(late)
    },
  }
}

/** Waits until a server answers anything at all over HTTP. */
export async function answering(url: string, running: Running, seconds = 20): Promise<void> {
  const until = Date.now() + seconds * 1000
  for (;;) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1000), redirect: 'manual' })
      return
    } catch {
      if (running.child.exitCode !== null || Date.now() > until) throw new Error(`${url} did not start: ${running.output()}`)
      await sleep(50)
    }
  }
}
