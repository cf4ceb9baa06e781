import { createHmac } from 'node:crypto'
import { md4 } from './md4.ts'

/** UTF-16LE, which MS-NLMP calls Unicode. */
export const unicode = (text: string): Buffer => Buffer.from(text, 'utf16le')

export const hmacMd5 = (key: Uint8Array, ...parts: Uint8Array[]): Buffer => {
  const hash = createHmac('md5', key)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

// Windows' capitals never change how long a name is: `ß` stays.
const capitals = (text: string): string =>
  Array.from(text, (letter) => {
    const capital = letter.toUpperCase()
    return capital.length === letter.length ? capital : letter
  }).join('')

/** NTOWFv2 (MS-NLMP 3.3.2). */
export const passwordKey = (password: string, user: string, domain: string): Buffer =>
  hmacMd5(md4(unicode(password)), unicode(capitals(user) + domain))

export type Proof = {
  /** NTProofStr followed by what it proves. */
  response: Buffer
  /** SessionBaseKey, and with it every other key, since no key is exchanged. */
  sessionKey: Buffer
}

/** ComputeResponse of NTLMv2 (MS-NLMP 3.3.2). `time` is in Windows' 100 ns since 1601. */
export function prove(
  key: Buffer,
  serverChallenge: Uint8Array,
  clientChallenge: Uint8Array,
  time: bigint,
  targetInfo: Uint8Array,
): Proof {
  const stamp = Buffer.alloc(8)
  stamp.writeBigUInt64LE(time)
  const told = Buffer.concat([
    Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]),
    stamp,
    clientChallenge,
    Buffer.alloc(4),
    targetInfo,
    Buffer.alloc(4),
  ])
  const proof = hmacMd5(key, serverChallenge, told)
  return { response: Buffer.concat([proof, told]), sessionKey: hmacMd5(key, proof) }
}

/** LMv2, for servers that say no time of their own. */
export const lmResponse = (key: Buffer, serverChallenge: Uint8Array, clientChallenge: Uint8Array): Buffer =>
  Buffer.concat([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge])
