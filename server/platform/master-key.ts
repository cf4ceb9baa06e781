import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { BadConfig } from './config.ts'

/** The master key is missing, too weak, or not the one that belongs to this database. */
export class KeyRefused extends BadConfig {
  override name = 'KeyRefused'
}

export type MasterKey = { id: string; bytes: Buffer }

const GENERATE = 'Make one with: openssl rand -base64 32'

/**
 * The keys of this server, the current one first: those that came before it still open what they sealed.
 * Without a file named by the operator one is made in the data folder at the first start.
 */
export function readMasterKeys(where: { data: string; masterKeyFile: string | null }): MasterKey[] {
  const file = where.masterKeyFile ?? ownFile(where.data)
  const keys = textOf(file)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => readKey(line, file))
  if (keys.length === 0) throw new KeyRefused(`${file} holds no key. ${GENERATE}`)
  return keys
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new KeyRefused(`The key file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

function readKey(text: string, file: string): MasterKey {
  const bytes = /^[\da-f]{64}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : /^[\w+/-]{43}=?$/.test(text)
      ? Buffer.from(text, 'base64')
      : null
  // Thirty-two random bytes repeat themselves this much less than once in 10^20 servers; words, patterns and zeros do.
  if (bytes === null || new Set(bytes).size < 16)
    throw new KeyRefused(
      `${file} must hold 32 random bytes in base64; what it holds is too short or too easy to guess. ${GENERATE}`,
    )
  return { id: createHash('sha256').update('ritrovo key id').update(bytes).digest('hex').slice(0, 8), bytes }
}

function ownFile(data: string): string {
  const file = join(data, 'master.key')
  if (!existsSync(file)) makeKey(data, file)
  chmodSync(file, 0o600)
  return file
}

// Written whole beside its place, then linked into it: a kill leaves no half key, and of two first starts one key wins for both.
function makeKey(data: string, file: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const fresh = `${file}.${randomBytes(4).toString('hex')}`
  const handle = openSync(fresh, 'wx', 0o600)
  try {
    writeSync(
      handle,
      `# Opens every stored password. Keep a copy apart from the database's backups.\n${randomBytes(32).toString('base64')}\n`,
    )
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  try {
    linkSync(fresh, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(fresh)
  }
}
