import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chownSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { isAlive, isUnburied, markOf } from './alive.ts'
import { command, dress, NOBODY, NoEmbeddedDatabase, type Dress } from './postgres-binaries.ts'

export { NoEmbeddedDatabase }

export type EmbeddedPostgres = {
  /** How `pg` reaches it: a folder with a unix socket. */
  socket: string
  /** False when it was already running for another process and is only borrowed. */
  ours: boolean
  stop(): Promise<void>
}

type Options = {
  settings?: Record<string, string>
  /** For a server: when the database ends, whoever it belonged to, it is started again. The sentence is for the log. */
  keep?: (sentence: string) => void
}

/** Starts the PostgreSQL that npm brought, in `home`, or borrows the one already running there. */
export async function startEmbeddedPostgres(home: string, options: Options = {}): Promise<EmbeddedPostgres> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const place: Place = { home, cluster: join(home, 'postgres'), socket: socketFolder(home), settings: options.settings ?? {} }
  const first = await borrowOrStart(place)
  return { socket: place.socket, ours: first.child !== null, stop: options.keep ? keepRunning(place, first, options.keep) : () => stopPostgres(first) }
}

type Place = { home: string; cluster: string; socket: string; settings: Record<string, string> }
/** `child` is null when another process started it; `gone` resolves when it has ended. */
type Running = { child: ChildProcess | null; gone: Promise<void> }

const PATIENCE = 20_000

async function borrowOrStart(place: Place): Promise<Running> {
  const { home, cluster, socket } = place
  const deadline = Date.now() + PATIENCE
  const tryAgainUntil = Date.now() + PATIENCE / 4
  let dressed: Dress | null = null
  for (;;) {
    // One that is shutting down after its owner was killed is waited for; one that answers is borrowed.
    for (let live = livePostmaster(cluster); live !== null; live = livePostmaster(cluster)) {
      const late = Date.now() > deadline
      if ((late || !isOrphan(home)) && (await answers(socket))) return { child: null, gone: goneElsewhere(cluster) }
      if (late) throw new NoEmbeddedDatabase(`The database in ${home} is held by process ${live}, which does not answer: stop it, then start Ritrovo again.`)
      await sleep(20)
    }
    // Killed together with its owner it waits for process 1 to bury it, and PostgreSQL takes it for alive until then.
    while (isUnburied(postmasterPid(cluster)) && Date.now() < deadline) await sleep(20)
    dressed ??= dress(home)
    if (dressed.uid !== null) chownSync(socket, dressed.uid, dressed.uid)
    sweep(home)
    if (!existsSync(cluster)) initialise(dressed, place)
    const running = run(dressed, place)
    while (!(await answers(socket))) {
      if (ended(running.child)) break
      if (Date.now() > deadline) running.child.kill('SIGQUIT')
      await sleep(10)
    }
    if (!ended(running.child)) {
      writeFileSync(ownerFile(home), `${markOf(process.pid)} ${dressed.dying ? 'dies' : 'stays'}\n`, { mode: 0o600 })
      return running
    }
    // Another start may have been quicker; or the last backends of one that was killed still hold its shared memory.
    if (Date.now() > tryAgainUntil && livePostmaster(cluster) === null) throw new NoEmbeddedDatabase(`The built-in database did not start; its last words are in ${join(home, 'postgres.log')}.`)
    await sleep(100)
  }
}

// A child without a number never began.
const ended = (child: ChildProcess): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null

function run(dressed: Dress, { home, cluster, socket, settings }: Place): Running & { child: ChildProcess } {
  const all = {
    listen_addresses: '',
    unix_socket_directories: socket,
    unix_socket_permissions: '0700',
    shared_buffers: '64MB',
    max_connections: '60',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...settings,
  }
  const log = openSync(join(home, 'postgres.log'), 'a', 0o600)
  const [program, args, identity] = command(dressed, 'postgres', ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])])
  // In a process group of its own: Ctrl-C in a terminal is for us, and we end the database when the last request is answered.
  const child = spawn(program, args, { cwd: home, stdio: ['ignore', log, log], detached: process.platform !== 'win32', ...identity })
  closeSync(log)
  const gone = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()))
  return { child, gone }
}

/** Half-made clusters whose maker was killed. Its initdb may have outlived it and written after an earlier look, so every start looks. */
function sweep(home: string): void {
  for (const name of readdirSync(home)) {
    const maker = /^postgres\.(\d+)\.[0-9a-f]{8}$/.exec(name)?.[1]
    if (maker && markOf(Number(maker)) === null) rmSync(join(home, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A cluster is made beside its place and renamed into it: a kill at any step leaves either nothing or a whole one. */
function initialise(dressed: Dress, { home, cluster }: Place): void {
  const fresh = `${cluster}.${process.pid}.${randomBytes(4).toString('hex')}`
  mkdirSync(fresh, { mode: 0o700 })
  if (dressed.uid !== null) chownSync(fresh, dressed.uid, dressed.uid)
  const [program, args, identity] = command(dressed, 'initdb', ['-D', fresh, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions'])
  const made = spawnSync(program, args, { cwd: home, encoding: 'utf8', ...identity })
  try {
    if (made.status !== 0) {
      const why = (made.stderr || made.error?.message || '').trim().split('\n').at(-1)
      throw new NoEmbeddedDatabase(`The built-in database could not be prepared in ${home} (${why}); set DATABASE_URL to use a PostgreSQL server instead.`)
    }
    renameSync(fresh, cluster)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    // Of two first starts, the quicker one made it.
    if (error instanceof NoEmbeddedDatabase || !existsSync(join(cluster, 'PG_VERSION'))) throw error
  }
  const folder = openSync(home, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function postmasterPid(cluster: string): number {
  try {
    return Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return 0
  }
}

/** Process id in a postmaster.pid whose process is alive, or null. */
function livePostmaster(cluster: string): number | null {
  const pid = postmasterPid(cluster)
  if (pid <= 0 || markOf(pid) === null) return null
  try {
    // A recycled process id is not a postmaster.
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres') ? pid : null
  } catch {
    return null
  }
}

const ownerFile = (home: string): string => join(home, 'postgres.owner')

/** Whether the running database ends any moment because the process that started it was killed: it may still let us in. */
function isOrphan(home: string): boolean {
  try {
    const [, owner, end] = /^(.+) (dies|stays)\n$/.exec(readFileSync(ownerFile(home), 'utf8')) ?? []
    return end === 'dies' && !isAlive(owner!)
  } catch {
    return false
  }
}

async function answers(socket: string): Promise<boolean> {
  const client = new pg.Client({ host: socket, user: 'postgres', database: 'postgres', connectionTimeoutMillis: 1000 })
  // It may end while we say hello.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

// A unix socket's path may have 107 bytes; a deep data folder gets a short one under the temporary folder, if nobody else lies in wait there.
function socketFolder(home: string): string {
  const near = join(home, 'socket')
  if (Buffer.byteLength(near) < 85) {
    mkdirSync(near, { recursive: true, mode: 0o700 })
    return near
  }
  const far = join(tmpdir(), `ritrovo-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`)
  mkdirSync(far, { recursive: true, mode: 0o700 })
  const { uid, mode } = statSync(far)
  const us = process.getuid?.()
  const ours = uid === us || (us === 0 && uid === NOBODY)
  if (!ours || (mode & 0o077) !== 0)
    throw new NoEmbeddedDatabase(`${home} is too deep for a unix socket, and ${far} belongs to somebody else: set RITROVO_DATA to a shorter path, or DATABASE_URL.`)
  return far
}

async function goneElsewhere(cluster: string): Promise<void> {
  while (livePostmaster(cluster) !== null) await sleep(250, undefined, { ref: false })
}

/** Starts the database again whenever it ends before its time. Returns what ends it for good. */
function keepRunning(place: Place, first: Running, say: (sentence: string) => void): () => Promise<void> {
  const stopping = new AbortController()
  let running: Running | null = first
  const watch = (async () => {
    while (!stopping.signal.aborted) {
      await (running?.gone ?? sleep(2_000, undefined, { signal: stopping.signal }).catch(() => undefined))
      if (stopping.signal.aborted) return
      say('the built-in database ended and is started again')
      running = await borrowOrStart(place).catch((error: unknown) => {
        say((error as Error).message)
        return null
      })
      if (stopping.signal.aborted && running) await stopPostgres(running)
    }
  })()
  return async () => {
    stopping.abort()
    if (running) await stopPostgres(running)
    // A borrowed one may live on; nobody waits for its end.
    if (running?.child) await watch
  }
}

async function stopPostgres({ child, gone }: Running): Promise<void> {
  if (!child || ended(child)) return
  child.kill('SIGINT')
  const late = setTimeout(() => child.kill('SIGQUIT'), 10_000)
  await gone
  clearTimeout(late)
}
