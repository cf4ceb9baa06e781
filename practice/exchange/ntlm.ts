import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Person } from './model.ts'
import { md4, rc4 } from './md4.ts'

// [MS-NLMP] 2.2.2.5
const FLAGS = {
  unicode: 0x1,
  target: 0x4,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  targetDomain: 0x10000,
  extended: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
  sign: 0x10,
  seal: 0x20,
}
const SIGNATURE = Buffer.from('NTLMSSP\0')
const PAIR = { end: 0, computer: 1, domain: 2, dnsComputer: 3, dnsDomain: 4, flags: 6, time: 7, binding: 10 }
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')
const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
  createHmac('md5', key).update(Buffer.concat(parts)).digest()

/** NTOWFv2, 3.3.2. */
export const responseKey = (password: string, user: string, domain: string): Buffer =>
  hmac(md4(utf16(password)), utf16(user.toUpperCase() + domain))
export const proof = (key: Uint8Array, challenge: Uint8Array, temp: Uint8Array): Buffer =>
  hmac(key, challenge, temp)

export const kindOf = (message: Buffer): number | null =>
  message.length >= 12 && message.subarray(0, 8).equals(SIGNATURE) ? message.readUInt32LE(8) : null

const pair = (id: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(id, 0)
  head.writeUInt16LE(value.length, 2)
  return Buffer.concat([head, value])
}
/** 100 nanoseconds since 1601. */
const fileTime = (at: number): Buffer => {
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE(BigInt(at) * 10_000n + 116_444_736_000_000_000n)
  return time
}
export function readPairs(bytes: Buffer): Map<number, Buffer> | null {
  const found = new Map<number, Buffer>()
  for (let at = 0; at + 4 <= bytes.length;) {
    const id = bytes.readUInt16LE(at)
    if (id === PAIR.end) return found
    const length = bytes.readUInt16LE(at + 2)
    if (at + 4 + length > bytes.length) return null
    found.set(id, bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return null
}

export type Challenge = { negotiate: Buffer; message: Buffer; nonce: Buffer }

/** Type 2, with everything a client needs to prove more than its password. */
export function challenge(negotiate: Buffer, domain: string, now: number): Challenge {
  const asked = negotiate.readUInt32LE(12)
  const kept =
    FLAGS.keyExchange |
    FLAGS.key128 |
    FLAGS.key56 |
    FLAGS.sign |
    FLAGS.seal |
    FLAGS.alwaysSign |
    FLAGS.version
  const flags =
    ((asked & kept) |
      FLAGS.unicode |
      FLAGS.target |
      FLAGS.ntlm |
      FLAGS.extended |
      FLAGS.targetInfo |
      FLAGS.targetDomain) >>>
    0
  const nonce = randomBytes(8)
  const name = utf16(domain)
  const info = Buffer.concat([
    pair(PAIR.domain, name),
    pair(PAIR.computer, utf16('EXCHANGE')),
    pair(PAIR.dnsDomain, utf16('practice.example')),
    pair(PAIR.dnsComputer, utf16('exchange.practice.example')),
    pair(PAIR.time, fileTime(now)),
    pair(PAIR.end, Buffer.alloc(0)),
  ])
  const head = Buffer.alloc(56)
  SIGNATURE.copy(head)
  head.writeUInt32LE(2, 8)
  const field = (at: number, length: number, offset: number) => {
    head.writeUInt16LE(length, at)
    head.writeUInt16LE(length, at + 2)
    head.writeUInt32LE(offset, at + 4)
  }
  field(12, name.length, 56)
  head.writeUInt32LE(flags, 20)
  nonce.copy(head, 24)
  field(40, info.length, 56 + name.length)
  Buffer.from([10, 0, 0x63, 0x45, 0, 0, 0, 15]).copy(head, 48)
  return { negotiate, nonce, message: Buffer.concat([head, name, info]) }
}

/** RFC 5929 §4, and the hash of the structure around it: [MS-NLMP] 2.2.2.1, MsvAvChannelBindings. */
export function bindingOf(certificate: Buffer): Buffer {
  const data = Buffer.concat([
    Buffer.from('tls-server-end-point:'),
    createHash('sha256').update(certificate).digest(),
  ])
  const head = Buffer.alloc(20)
  head.writeUInt32LE(data.length, 16)
  return createHash('md5')
    .update(Buffer.concat([head, data]))
    .digest()
}

export type Rules = {
  find(user: string, domain: string): Person | null
  /** The binding of this connection; null without TLS. */
  binding: Buffer | null
  protection: 'off' | 'allowed' | 'required'
  now: number
  clock: number
}
/** What an answer proves: who, or why not. */
export type Verified =
  | { person: Person }
  | {
      refused:
        | 'malformed'
        | 'unknown'
        | 'old-ntlm'
        | 'wrong'
        | 'clock'
        | 'no-mic'
        | 'wrong-mic'
        | 'no-binding'
        | 'wrong-binding'
    }

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)

function fieldsOf(
  message: Buffer,
): { nt: Buffer; domain: string; user: string; key: Buffer; flags: number } | null {
  if (message.length < 64) return null
  const part = (at: number): Buffer | null => {
    const [length, offset] = [message.readUInt16LE(at), message.readUInt32LE(at + 4)]
    return offset + length <= message.length ? message.subarray(offset, offset + length) : null
  }
  const [nt, domain, user, key] = [part(20), part(28), part(36), part(52)]
  if (!nt || !domain || !user || !key) return null
  return {
    nt,
    domain: domain.toString('utf16le'),
    user: user.toString('utf16le'),
    key,
    flags: message.readUInt32LE(60),
  }
}

/** Type 3: NTLMv2 only, with its clock, its MIC and its channel binding (3.2.5.1.2). */
export function verify(answer: Buffer, { negotiate, message, nonce }: Challenge, rules: Rules): Verified {
  const fields = fieldsOf(answer)
  if (!fields) return { refused: 'malformed' }
  const { nt, domain, user, key, flags } = fields
  if (nt.length < 44) return { refused: 'old-ntlm' }
  const person = rules.find(user, domain)
  if (!person) return { refused: 'unknown' }
  const [shown, temp] = [nt.subarray(0, 16), nt.subarray(16)]
  const owf = responseKey(person.password, user, domain)
  if (!same(shown, proof(owf, nonce, temp))) return { refused: 'wrong' }
  const pairs = readPairs(temp.subarray(28))
  if (!pairs || temp[0] !== 1) return { refused: 'malformed' }
  const at = Number((temp.readBigUInt64LE(8) - 116_444_736_000_000_000n) / 10_000n)
  if (Math.abs(at - rules.now) > rules.clock) return { refused: 'clock' }
  // Whoever was given a time must protect the three messages: 3.1.5.1.2.
  if (((pairs.get(PAIR.flags)?.readUInt32LE(0) ?? 0) & 2) === 0) return { refused: 'no-mic' }
  const session = hmac(owf, shown)
  const exported = flags & FLAGS.keyExchange ? rc4(session, key) : session
  const bare = Buffer.from(answer)
  bare.fill(0, 72, 88)
  if (!same(answer.subarray(72, 88), hmac(exported, negotiate, message, bare)))
    return { refused: 'wrong-mic' }
  return bound(pairs.get(PAIR.binding), rules) ?? { person }
}

function bound(shown: Buffer | undefined, { binding, protection }: Rules): Verified | null {
  if (protection === 'off' || binding === null) return null
  if (!shown || shown.every((byte) => byte === 0))
    return protection === 'required' ? { refused: 'no-binding' } : null
  return same(shown, binding) ? null : { refused: 'wrong-binding' }
}
