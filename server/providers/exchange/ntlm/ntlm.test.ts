import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Unreachable } from '../../provider.ts'
import { hmacMd5, lmResponse, passwordKey, prove, unicode } from './keys.ts'
import { md4 } from './md4.ts'
import { authenticate, negotiate, readChallenge, whoIs, windowsTime } from './messages.ts'
import { answered, channelBindings, readPairs, writePairs } from './target.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
  ['message digest', 'd9130a8164549fe818874806e1c7014b'],
  ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
])('RFC 1320 MD4 of %j', (text, digest) => expect(md4(Buffer.from(text)).toString('hex')).toBe(digest))

describe('the vectors of MS-NLMP 4.2', () => {
  const key = passwordKey('Password', 'User', 'Domain')
  const server = hex('0123456789abcdef')
  const client = hex('aaaaaaaaaaaaaaaa')
  const info = writePairs(
    new Map([
      [2, unicode('Domain')],
      [1, unicode('Server')],
    ]),
  )

  test('4.2.4.1.1 NTOWFv2', () => expect(key).toEqual(hex('0c868a403bfd7a93a3001ef22ef02e3f')))

  test('4.2.4.1.3 and 4.2.4.2.2 the proof and its key, at time 0', () => {
    const { response, sessionKey } = prove(key, server, client, 0n, info)
    expect(response.subarray(0, 16)).toEqual(hex('68cd0ab851e51c96aabc927bebef6a1c'))
    expect(sessionKey).toEqual(hex('8de40ccadbc14a82f15cb0ad0de95ca3'))
    expect(response.subarray(16)).toEqual(
      hex(`01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000
           02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000 00000000`),
    )
  })

  test('4.2.4.2.1 LMv2', () =>
    expect(lmResponse(key, server, client)).toEqual(hex('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa')))

  test('4.2.4.3 the challenge is read', () => {
    const challenge = readChallenge(CHALLENGE.toString('base64'))
    expect(challenge.nonce).toEqual(server)
    expect(
      [...readPairs(challenge.targetInfo)].map(([id, value]) => [id, value.toString('utf16le')]),
    ).toEqual([
      [2, 'Domain'],
      [1, 'Server'],
    ])
  })
})

const CHALLENGE = hex(`4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef
  0000000000000000 2400240044000000 06007017 0000000f 530065007200760065007200
  02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000`)

const challengeWith = (pairs: [number, Buffer][]): string => {
  const info = writePairs(new Map(pairs))
  const head = Buffer.from(CHALLENGE.subarray(0, 56))
  head.writeUInt16LE(0, 12)
  head.writeUInt16LE(info.length, 40)
  head.writeUInt16LE(info.length, 42)
  head.writeUInt32LE(56, 44)
  return Buffer.concat([head, info]).toString('base64')
}

/** The fields of a message of the third kind. */
function opened(message: Buffer) {
  const field = (at: number) =>
    message.subarray(message.readUInt32LE(at + 4), message.readUInt32LE(at + 4) + message.readUInt16LE(at))
  const nt = field(20)
  return {
    lm: field(12),
    nt,
    domain: field(28).toString('utf16le'),
    user: field(36).toString('utf16le'),
    mic: message.subarray(72, 88),
    pairs: readPairs(nt.subarray(44)),
  }
}

describe('the third message', () => {
  const certificate = selfSigned('rsa:2048', 'sha256')
  const asked = (
    user: string,
    more: { certificate?: Uint8Array | null; pairs?: [number, Buffer][] } = {},
  ) => {
    const first = negotiate()
    const challenge = readChallenge(
      challengeWith(
        more.pairs ?? [
          [2, unicode('EXCH')],
          [7, hex('0090d336b734c301')],
        ],
      ),
    )
    const who = whoIs(user, 'Password')
    const message = authenticate({
      first,
      challenge,
      who,
      host: 'mail.example.test',
      certificate: more.certificate ?? null,
      now: 0,
      nonce: Buffer.alloc(8, 0xaa),
    })
    return { first, challenge, message, ...opened(message) }
  }

  test.each([
    ['EXCH\\alice', 'EXCH', 'alice'],
    ['alice@example.test', '', 'alice@example.test'],
    ['alice', 'EXCH', 'alice'],
  ])('%s is told as domain %j and user %j', (typed, domain, user) =>
    expect(asked(typed)).toMatchObject({ domain, user }),
  )

  test('its MIC is over all three messages, with zeros in its own place', () => {
    const { first, challenge, message, mic, nt } = asked('EXCH\\alice')
    const sessionKey = hmacMd5(passwordKey('Password', 'alice', 'EXCH'), nt.subarray(0, 16))
    const bare = Buffer.from(message).fill(0, 72, 88)
    expect(mic).toEqual(hmacMd5(sessionKey, first, challenge.message, bare))
  })

  test('says the server’s own time, and then no LM proof; its own clock where the server tells none', () => {
    const told = asked('EXCH\\alice')
    expect(told.nt.subarray(24, 32)).toEqual(hex('0090d336b734c301'))
    expect(told.lm).toEqual(Buffer.alloc(24))
    const untold = asked('EXCH\\alice', { pairs: [[2, unicode('EXCH')]] })
    expect(untold.nt.readBigUInt64LE(24)).toBe(windowsTime(0))
    expect(untold.lm).not.toEqual(Buffer.alloc(24))
  })

  test('carries the channel binding of this TLS connection, the service’s name and the flag of its MIC', () => {
    const { pairs } = asked('EXCH\\alice', { certificate })
    expect(pairs.get(10)).toEqual(channelBindings(certificate))
    expect(pairs.get(9)!.toString('utf16le')).toBe('HTTP/mail.example.test')
    expect(pairs.get(6)!.readUInt32LE() & 2).toBe(2)
    expect(asked('EXCH\\alice').pairs.get(10)).toEqual(Buffer.alloc(16))
  })

  test('keeps the other flags of the server', () => {
    const flags = Buffer.from([1, 0, 0, 0])
    expect(
      answered(new Map([[6, flags]]), 'x', null)
        .get(6)!
        .readUInt32LE(),
    ).toBe(3)
  })
})

test.each([
  ['rsa:2048', 'sha256', 'sha256'],
  ['rsa:2048', 'sha384', 'sha384'],
  ['rsa:2048', 'sha512', 'sha512'],
  ['rsa:2048', 'sha1', 'sha256'],
  ['ec', 'sha384', 'sha384'],
] as const)('RFC 5929 §4.1 a certificate (%s) signed with %s is hashed with %s', (key, signed, hash) => {
  const der = selfSigned(key, signed)
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), createHash(hash).update(der).digest()])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length)
  expect(channelBindings(der)).toEqual(
    createHash('md5')
      .update(Buffer.concat([Buffer.alloc(16), length, data]))
      .digest(),
  )
})

test.each([
  ['nothing', ''],
  ['text', Buffer.from('hello').toString('base64')],
  ['another message', negotiate().toString('base64')],
  ['a field beyond the end', Buffer.from(CHALLENGE.subarray(0, 60)).toString('base64')],
])('a challenge that is %s is refused', (_, base64) => {
  expect(() => readChallenge(base64)).toThrow(Unreachable)
})

test('the capital of ß is ß, as Windows has it', () =>
  expect(passwordKey('x', 'straße', 'D')).toEqual(hmacMd5(md4(unicode('x')), unicode('STRAßED'))))

function selfSigned(key: 'rsa:2048' | 'ec', digest: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'ritrovo-certificate-'))
  try {
    const kind = key === 'ec' ? ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : [key]
    const made = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.der'), '-outform', 'DER']
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        ...kind,
        '-nodes',
        `-${digest}`,
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        ...made,
      ],
      { stdio: 'ignore' },
    )
    return readFileSync(join(folder, 'cert.der'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
