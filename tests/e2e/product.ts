import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Browser } from 'playwright-core'
import { freePort, needs } from '../counterparts/started.ts'

const ROOT = join(import.meta.dirname, '..', '..')

export type Product = { url: string; setupLink: string; child: ChildProcess; output(): string; stop(): Promise<void> }

/** The product as a person starts it: the built server in a folder of its own, its words read from the console. */
export async function startProduct(env: Record<string, string> = {}, args: string[] = []): Promise<Product> {
  const main = join(ROOT, 'dist', 'server', 'main.js')
  if (!existsSync(main)) throw new Error('the product is not built: npm test builds it first, or run npm run build')
  const data = mkdtempSync(join(tmpdir(), 'ritrovo-e2e-'))
  const port = Number(env['PORT'] ?? (await freePort()))
  const child = spawn(process.execPath, [main, 'start', ...args], { cwd: data, env: { ...process.env, NODE_ENV: 'production', RITROVO_DATA: data, PORT: String(port), RITROVO_LOG_LEVEL: 'warn', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  const listen = (chunk: Buffer) => void (words += chunk.toString())
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  const until = Date.now() + 60_000
  while (!words.includes('/outbox') && !words.includes('Ritrovo is at') && !words.includes('/setup?k=')) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`the product did not start: ${words}`)
    await sleep(50)
  }
  return {
    url: `http://localhost:${port}`,
    setupLink: /http:\/\/\S+\/setup\?k=\w+/.exec(words)?.[0] ?? '',
    child,
    output: () => words,
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await gone
      clearTimeout(late)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Debian's Chromium, without the calls it makes by itself. */
export async function openBrowser(): Promise<Browser> {
  needs('/usr/bin/chromium', 'chromium')
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}
