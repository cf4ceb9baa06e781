import {
  argon2,
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type Argon2Parameters,
} from 'node:crypto'
import { promisify } from 'node:util'
import { KeyRefused, readMasterKeys, type MasterKey } from './master-key.ts'

/** Where a sealed value stands. It opens nowhere else: not in another row, column or workspace (S03). */
export type SealContext = { table: string; row: string; workspaceId: string; field?: string }

export type Secrets = {
  seal(plain: string, context: SealContext): string
  /** Throws SealBroken when it was changed, moved, or sealed by a key we do not have. */
  unseal(sealed: string, context: SealContext): string
  /** The same value under the current key; the same text when it already is. */
  rewrap(sealed: string, context: SealContext): string
  isCurrent(sealed: string): boolean
  /** A value to store at the first start: it proves at every later one that the key is the right one. */
  makeCheck(): string
  /** Stops the start when the key is not the one that sealed the stored check. */
  verifyCheck(stored: string): void
}

export class SealBroken extends Error {
  override name = 'SealBroken'
}

const CHECK: SealContext = { table: 'instance', row: 'key_check', workspaceId: '' }
const CHECK_WORDS = 'ritrovo'

/** Envelopes `v1.key.bytes` by AES-256-GCM, under a key of the workspace's own that is derived from the master key. */
export function openSecrets(where: { data: string; masterKeyFile: string | null }): Secrets {
  const keys = readMasterKeys(where)
  const current = keys[0]!
  const byId = new Map(keys.map((key) => [key.id, key]))

  function seal(plain: string, context: SealContext): string {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', workspaceKey(current, context), nonce).setAAD(
      bound(current, context),
    )
    const bytes = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `v1.${current.id}.${bytes.toString('base64url')}`
  }

  function unseal(sealed: string, context: SealContext): string {
    const [version, id, text, ...rest] = sealed.split('.')
    const key = byId.get(id ?? '')
    if (version === 'v1' && id && !key)
      throw new SealBroken(`sealed with the key ${id}, which is not in the key file`)
    const bytes = Buffer.from(text ?? '', 'base64url')
    if (version !== 'v1' || !key || rest.length > 0 || bytes.length < 28)
      throw new SealBroken('not a sealed value')
    const cipher = createDecipheriv('aes-256-gcm', workspaceKey(key, context), bytes.subarray(0, 12), {
      authTagLength: 16,
    })
    cipher.setAAD(bound(key, context)).setAuthTag(bytes.subarray(-16))
    try {
      return Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]).toString('utf8')
    } catch {
      throw new SealBroken('a sealed value was changed, or moved from its place')
    }
  }

  const isCurrent = (sealed: string): boolean => sealed.startsWith(`v1.${current.id}.`)

  return {
    seal,
    unseal,
    isCurrent,
    rewrap: (sealed, context) => (isCurrent(sealed) ? sealed : seal(unseal(sealed, context), context)),
    makeCheck: () => seal(CHECK_WORDS, CHECK),
    verifyCheck(stored) {
      try {
        if (unseal(stored, CHECK) === CHECK_WORDS) return
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error
      }
      throw new KeyRefused(
        'The master key is not the one that sealed this database: put back the master.key that belongs to it (or the right RITROVO_MASTER_KEY_FILE). Nothing was changed.',
      )
    },
  }
}

const workspaceKey = (key: MasterKey, { workspaceId }: SealContext): Buffer =>
  Buffer.from(hkdfSync('sha256', key.bytes, '', `ritrovo workspace ${workspaceId}`, 32))

const bound = (key: MasterKey, { table, row, workspaceId, field = '' }: SealContext): Buffer =>
  Buffer.from(JSON.stringify(['v1', key.id, table, row, workspaceId, field]))

const WORKSPACE_BYTES = 16
const RANDOM_BYTES = 24

/** A capability for one link or session: it carries its workspace, so that its row is found behind row-level security. */
export function newToken(workspaceId: string): { token: string; hash: Buffer } {
  const workspace = Buffer.from(workspaceId.replaceAll('-', ''), 'hex')
  if (workspace.length !== WORKSPACE_BYTES)
    throw new Error('newToken was given something that is not a workspace id')
  const bytes = Buffer.concat([workspace, randomBytes(RANDOM_BYTES)])
  return { token: bytes.toString('base64url'), hash: sha256(bytes) }
}

/** The workspace a token names and the hash its row is stored under; null when it was never one of ours. */
export function readToken(text: string): { workspaceId: string; hash: Buffer } | null {
  const bytes = Buffer.from(text.slice(0, 100), 'base64url')
  // Decoding forgives what encoding never writes: one token, one spelling.
  if (bytes.length !== WORKSPACE_BYTES + RANDOM_BYTES || bytes.toString('base64url') !== text) return null
  const hex = bytes.toString('hex', 0, WORKSPACE_BYTES)
  return { workspaceId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), hash: sha256(bytes) }
}

/** Whether two secrets are the same, in a time that tells nothing about where they differ or how long they are. */
export function sameSecret(one: string | Uint8Array, other: string | Uint8Array): boolean {
  return timingSafeEqual(sha256(one), sha256(other))
}

const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>

// OWASP's first choice for argon2id; the memory is per check, and Node's pool runs at most four at once.
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const TAG_BYTES = 32

/** A PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const hash = await derive('argon2id', { message: password, nonce, tagLength: TAG_BYTES, ...COST })
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(nonce)}$${unpadded(hash)}`
}

/** Whether this is the password behind the stored hash. Without a hash it takes the same time and says no (F19). */
export async function checkPassword(password: string, stored: string | null): Promise<boolean> {
  const known = stored === null ? NOBODY : readHash(stored)
  const hash = await derive('argon2id', { message: password, ...known.parameters })
  return timingSafeEqual(hash, known.hash)
}

// No password has a hash of zeros.
const NOBODY = {
  parameters: { nonce: Buffer.alloc(16), tagLength: TAG_BYTES, ...COST },
  hash: Buffer.alloc(TAG_BYTES),
}

function readHash(stored: string): typeof NOBODY {
  const [, memory, passes, parallelism, salt, tag] =
    /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d),p=(\d)\$([\w+/]{11,64})\$([\w+/]{22,86})$/.exec(stored) ?? []
  if (!salt || !tag) throw new Error('a stored password hash is not one of ours')
  const hash = Buffer.from(tag, 'base64')
  return {
    parameters: {
      nonce: Buffer.from(salt, 'base64'),
      tagLength: hash.length,
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
    },
    hash,
  }
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
