import { createHash, X509Certificate } from 'node:crypto'
import { unicode } from './keys.ts'

// MS-NLMP 2.2.2.1.
const END = 0
const DOMAIN = 2
const FLAGS = 6
const TIMESTAMP = 7
const TARGET_NAME = 9
const CHANNEL_BINDINGS = 10
const HAS_MIC = 2

export type Pairs = Map<number, Buffer>

/** The AV pairs of a challenge; what runs over its end ends the list. */
export function readPairs(bytes: Buffer): Pairs {
  const pairs: Pairs = new Map()
  for (let at = 0; at + 4 <= bytes.length;) {
    const id = bytes.readUInt16LE(at)
    const length = bytes.readUInt16LE(at + 2)
    if (id === END || at + 4 + length > bytes.length) break
    pairs.set(id, bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return pairs
}

export function writePairs(pairs: Pairs): Buffer {
  const parts = [...pairs].flatMap(([id, value]) => [head(id, value.length), value])
  return Buffer.concat([...parts, head(END, 0)])
}

function head(id: number, length: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(id)
  bytes.writeUInt16LE(length, 2)
  return bytes
}

/** The NetBIOS name of the server's domain: whose user a bare name is. */
export const domainIn = (pairs: Pairs): string => pairs.get(DOMAIN)?.toString('utf16le') ?? ''

/** The server's clock, where it says it. */
export function timeIn(pairs: Pairs): bigint | null {
  const stamp = pairs.get(TIMESTAMP)
  return stamp?.length === 8 ? stamp.readBigUInt64LE() : null
}

/** What the client adds to the server's pairs: that a MIC follows, whom it means to speak to, and over which channel (3.1.5.1.2). */
export function answered(pairs: Pairs, host: string, certificate: Uint8Array | null): Pairs {
  const flags = Buffer.alloc(4)
  const told = pairs.get(FLAGS)
  flags.writeUInt32LE(((told?.length === 4 ? told.readUInt32LE() : 0) | HAS_MIC) >>> 0)
  const answer = new Map(pairs)
  answer.set(FLAGS, flags)
  answer.set(CHANNEL_BINDINGS, channelBindings(certificate))
  answer.set(TARGET_NAME, unicode(`HTTP/${host}`))
  return answer
}

/** The MD5 of a gss_channel_bindings_struct with `tls-server-end-point` (RFC 5929 §4) in it; zeros where there is no TLS. */
export function channelBindings(certificate: Uint8Array | null): Buffer {
  if (certificate === null) return Buffer.alloc(16)
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), endPoint(certificate)])
  const lengths = Buffer.alloc(20) // no addresses on either side, then the length of what follows
  lengths.writeUInt32LE(data.length, 16)
  return createHash('md5').update(lengths).update(data).digest()
}

/** The certificate's hash, by the hash it is signed with; SHA-256 instead of MD5 and SHA-1, and where the name tells none. */
function endPoint(certificate: Uint8Array): Buffer {
  const signed = new X509Certificate(certificate).signatureAlgorithm ?? ''
  const hash = /sha-?(384|512)/i.exec(signed)?.[1] ?? '256'
  return createHash(`sha${hash}`).update(certificate).digest()
}
