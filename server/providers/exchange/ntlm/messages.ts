import { randomBytes } from 'node:crypto'
import { Unreachable } from '../../provider.ts'
import { hmacMd5, lmResponse, passwordKey, prove, unicode } from './keys.ts'
import { answered, domainIn, readPairs, timeIn, writePairs } from './target.ts'

const SIGNATURE = Buffer.from('NTLMSSP\0')
// UNICODE, REQUEST_TARGET, NTLM, ALWAYS_SIGN, EXTENDED_SESSIONSECURITY, TARGET_INFO, VERSION, 128, 56 (2.2.2.5). HTTP neither signs nor
// seals, so no key is exchanged.
const FLAGS = 0xa288_8205
const VERSION = Buffer.from([10, 0, 0, 0, 0, 0, 0, 15])
const NONE = Buffer.alloc(0)
// Where the text fields of an AUTHENTICATE message begin: behind its head, the version and the MIC.
const PAYLOAD = 88
const MIC = 72
const LONGEST = 16_384

/** The first message: what we can do, and nothing about who we are. */
export function negotiate(): Buffer {
  const message = Buffer.alloc(40)
  SIGNATURE.copy(message)
  message.writeUInt32LE(1, 8)
  message.writeUInt32LE(FLAGS, 12)
  VERSION.copy(message, 32)
  return message
}

export type Challenge = { message: Buffer; flags: number; nonce: Buffer; targetInfo: Buffer }

/** The server's message; Unreachable when it is none. */
export function readChallenge(base64: string): Challenge {
  const message = Buffer.from(base64, 'base64')
  const field = (at: number): Buffer => {
    const length = message.readUInt16LE(at)
    const offset = message.readUInt32LE(at + 4)
    if (offset + length > message.length) throw broken()
    return message.subarray(offset, offset + length)
  }
  if (message.length < 48 || message.length > LONGEST || !message.subarray(0, 8).equals(SIGNATURE))
    throw broken()
  if (message.readUInt32LE(8) !== 2) throw broken()
  return {
    message,
    flags: message.readUInt32LE(20),
    nonce: message.subarray(24, 32),
    targetInfo: field(40),
  }
}
const broken = (): Unreachable => new Unreachable('an NTLM challenge that is none', 'bad-answer')

export type Who = { user: string; domain: string | null; password: string }

/** `DOMAIN\user`, `user@domain` (which names its domain itself), or a bare name, which is the server's domain's. */
export function whoIs(user: string, password: string): Who {
  const slash = user.indexOf('\\')
  if (slash >= 0) return { user: user.slice(slash + 1), domain: user.slice(0, slash), password }
  return { user, domain: user.includes('@') ? '' : null, password }
}

export type Circumstances = {
  first: Buffer
  challenge: Challenge
  who: Who
  host: string
  /** The certificate of this very connection. */
  certificate: Uint8Array | null
  now: number
  nonce?: Buffer
}

/** The third message: the proof, with a MIC over all three (3.1.5.1.2). */
export function authenticate({
  first,
  challenge,
  who,
  host,
  certificate,
  now,
  nonce,
}: Circumstances): Buffer {
  const mine = nonce ?? randomBytes(8)
  const pairs = readPairs(challenge.targetInfo)
  const domain = who.domain ?? domainIn(pairs)
  const key = passwordKey(who.password, who.user, domain)
  const theirTime = timeIn(pairs)
  const info = writePairs(answered(pairs, host, certificate))
  const { response, sessionKey } = prove(key, challenge.nonce, mine, theirTime ?? windowsTime(now), info)
  const lm = theirTime === null ? lmResponse(key, challenge.nonce, mine) : Buffer.alloc(24)
  const message = laidOut(
    [lm, response, unicode(domain), unicode(who.user), NONE, NONE],
    challenge.flags & FLAGS,
  )
  hmacMd5(sessionKey, first, challenge.message, message).copy(message, MIC)
  return message
}

function laidOut(fields: Buffer[], flags: number): Buffer {
  const head = Buffer.alloc(PAYLOAD)
  SIGNATURE.copy(head)
  head.writeUInt32LE(3, 8)
  let offset = PAYLOAD
  fields.forEach((field, index) => {
    head.writeUInt16LE(field.length, 12 + index * 8)
    head.writeUInt16LE(field.length, 14 + index * 8)
    head.writeUInt32LE(offset, 16 + index * 8)
    offset += field.length
  })
  head.writeUInt32LE(flags >>> 0, 60)
  VERSION.copy(head, 64)
  return Buffer.concat([head, ...fields])
}

/** Milliseconds since 1970 in 100 ns since 1601. */
export const windowsTime = (now: number): bigint => (BigInt(Math.floor(now)) + 11_644_473_600_000n) * 10_000n
