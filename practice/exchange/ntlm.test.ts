import { execFile } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { startExchangelib } from '#tests/counterparts/exchangelib.ts'
import { needs } from '#tests/counterparts/started.ts'
import { makeCertificate, type Certificate } from './certificate.ts'
import { enveloped } from './judge.ts'
import { md4, rc4 } from './md4.ts'
import { bindingOf, challenge, proof, readPairs, responseKey, verify, type Rules } from './ntlm.ts'
import { startPracticeExchange, type PracticeExchange, type PracticeExchangeOptions } from './server.ts'

const GIULIA = 'giulia@studio.example'
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex')
let practice: PracticeExchange | null = null
let certificate: Certificate | null = null

afterEach(async () => {
  await practice?.stop()
  certificate?.remove()
  practice = certificate = null
})

async function start(options: PracticeExchangeOptions = {}): Promise<PracticeExchange> {
  practice = await startPracticeExchange(options)
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  return practice
}
async function startTls(): Promise<PracticeExchange> {
  certificate = makeCertificate()
  return start({ tls: certificate })
}

test('RFC 1320 A.5: MD4 of the standard’s own words', () => {
  const sums = {
    '': '31d6cfe0d16ae931b73c59d7e0c089c0',
    a: 'bde52cb31de33e46245e05fbdbd6fb24',
    abc: 'a448017aaf21d8525fc10ae87aa6729d',
    'message digest': 'd9130a8164549fe818874806e1c7014b',
    abcdefghijklmnopqrstuvwxyz: 'd79e1c308aa5bbcdeea8ed63df412da9',
    ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789: '043f8582f241db351ce627e153e7f0e4',
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890':
      'e33b4ddc9c38f2199c3e7b164fcc0536',
  }
  for (const [words, sum] of Object.entries(sums)) expect(md4(Buffer.from(words)).toString('hex')).toBe(sum)
})

// [MS-NLMP] 4.2.1: User, Password, Domain, a server challenge 0123456789abcdef, a client challenge of aa, time zero.
const SERVER = hex('0123456789abcdef')
const PAIRS = hex('02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000')
const TEMP = Buffer.concat([
  hex('01010000 00000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000'),
  PAIRS,
  Buffer.alloc(4),
])

test('[MS-NLMP] 4.2.4: the standard’s own NTLMv2 response, session key and encrypted key', () => {
  const key = responseKey('Password', 'User', 'Domain')
  expect(key.toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f')
  const shown = proof(key, SERVER, TEMP)
  expect(shown.toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c')
  const session = createHmac('md5', key).update(shown).digest()
  expect(session.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3')
  expect(rc4(session, Buffer.alloc(16, 0x55)).toString('hex')).toBe('c5dad2544fc9799094ce1ce90bc9d03e')
  expect([...readPairs(PAIRS)!.keys()]).toEqual([2, 1])
})

/** A Type 3 of our own making, right unless told otherwise: what no honest client can be made to send. */
function answered({
  mic = true,
  time = Date.now(),
  spoil = false,
  binding = null as Buffer | null,
  flags = true,
} = {}) {
  const negotiate = Buffer.concat([Buffer.from('NTLMSSP\0'), hex('01000000 b78208e2'), Buffer.alloc(24)])
  const asked = challenge(negotiate, 'PRACTICE', time)
  const pair = (id: number, value: Buffer) => Buffer.concat([Buffer.from([id, 0, value.length, 0]), value])
  const clock = Buffer.alloc(8)
  clock.writeBigUInt64LE(BigInt(time) * 10_000n + 116_444_736_000_000_000n)
  const pairs = Buffer.concat([
    flags ? pair(6, hex('02000000')) : Buffer.alloc(0),
    binding ? pair(10, binding) : Buffer.alloc(0),
    pair(0, Buffer.alloc(0)),
  ])
  const temp = Buffer.concat([
    hex('0101000000000000'),
    clock,
    Buffer.alloc(8, 0xaa),
    Buffer.alloc(4),
    pairs,
    Buffer.alloc(4),
  ])
  const key = responseKey('secret', 'giulia', 'PRACTICE')
  const shown = proof(key, asked.nonce, temp)
  const session = createHmac('md5', key).update(shown).digest()
  const [domain, user] = ['PRACTICE', 'giulia'].map((text) => Buffer.from(text, 'utf16le')) as [
    Buffer,
    Buffer,
  ]
  const head = Buffer.alloc(88)
  head.write('NTLMSSP\0', 'latin1')
  head.writeUInt32LE(3, 8)
  let at = 88
  for (const [place, part] of [
    [20, Buffer.concat([shown, temp])],
    [28, domain],
    [36, user],
    [52, Buffer.alloc(0)],
  ] as const) {
    head.writeUInt16LE(part.length, place)
    head.writeUInt16LE(part.length, place + 2)
    head.writeUInt32LE(at, place + 4)
    at += part.length
  }
  const whole = Buffer.concat([head, shown, temp, domain, user])
  if (mic)
    createHmac('md5', session)
      .update(Buffer.concat([asked.negotiate, asked.message, whole]))
      .digest()
      .copy(whole, 72)
  if (spoil) whole[72]! ^= 1
  return { whole, asked }
}
const person = {
  id: '1',
  email: GIULIA,
  name: 'Giulia',
  domain: 'PRACTICE',
  user: 'giulia',
  password: 'secret',
  zone: 'UTC',
  mailbox: 'here' as const,
}
const rules = (more: Partial<Rules> = {}): Rules => ({
  find: () => person,
  binding: null,
  protection: 'off',
  now: Date.now(),
  clock: 60_000,
  ...more,
})
const verdict = (wish: Parameters<typeof answered>[0], more: Partial<Rules> = {}) => {
  const { whole, asked } = answered(wish)
  const found = verify(whole, asked, rules(more))
  return 'person' in found ? 'good' : found.refused
}

test('an answer is refused for its password, its clock, its missing or wrong MIC, its missing or wrong binding', () => {
  const binding = bindingOf(Buffer.from('a certificate'))
  const required = { binding, protection: 'required' as const }
  expect(verdict({})).toBe('good')
  expect(verdict({}, { find: () => ({ ...person, password: 'other' }) })).toBe('wrong')
  expect(verdict({}, { find: () => null })).toBe('unknown')
  expect(verdict({}, { now: Date.now() + 3_600_000 })).toBe('clock')
  expect(verdict({ flags: false })).toBe('no-mic')
  expect(verdict({ mic: false })).toBe('wrong-mic')
  expect(verdict({ spoil: true })).toBe('wrong-mic')
  expect(verdict({}, required)).toBe('no-binding')
  expect(verdict({ binding: bindingOf(Buffer.from('another')) }, required)).toBe('wrong-binding')
  expect(verdict({ binding: bindingOf(Buffer.from('another')) }, { binding, protection: 'allowed' })).toBe(
    'wrong-binding',
  )
  expect(verdict({ binding }, required)).toBe('good')
})

test('the binding is the MD5 of the structure around the hash of the certificate', () => {
  const data = Buffer.concat([
    Buffer.from('tls-server-end-point:'),
    createHash('sha256').update('x').digest(),
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length)
  expect(bindingOf(Buffer.from('x'))).toEqual(
    createHash('md5')
      .update(Buffer.concat([Buffer.alloc(16), length, data]))
      .digest(),
  )
})

const FIND = enveloped(
  '<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>',
)
async function requestsNtlm(
  user: string,
  password: string,
  authority = '',
  binding: 'bound' | 'unbound' = 'bound',
): Promise<string> {
  needs('/usr/lib/python3/dist-packages/requests_ntlm/__init__.py', 'python3-requests-ntlm')
  const at = (file: string) => join(import.meta.dirname, '..', '..', 'tests', 'counterparts', file)
  const running = promisify(execFile)(
    '/usr/bin/python3',
    [at('ntlm-person.py'), practice!.ewsUrl, user, password, authority, binding],
    {
      timeout: 30_000,
      env: { ...process.env, OPENSSL_CONF: at('openssl-legacy.cnf') },
    },
  )
  running.child.stdin!.end(FIND)
  return (await running).stdout.split(' ')[0]!
}

test('requests-ntlm signs in by domain and name or by address, and not with a wrong password', async () => {
  await start()
  expect(await requestsNtlm('PRACTICE\\giulia', 'secret')).toBe('200')
  expect(await requestsNtlm('practice\\GIULIA', 'secret')).toBe('200')
  expect(await requestsNtlm('PRACTICE\\giulia', 'wrong')).toBe('401')
  expect(await requestsNtlm('OTHER\\giulia', 'secret')).toBe('401')
  expect(practice!.verdicts).toEqual(['good', 'good', 'wrong', 'unknown'])
})

test('over TLS a bound answer is taken, an unbound one only where binding is not required', async () => {
  await startTls()
  practice!.store.extendedProtection = 'required'
  expect(await requestsNtlm('PRACTICE\\giulia', 'secret', certificate!.caFile)).toBe('200')
  expect(await requestsNtlm('PRACTICE\\giulia', 'secret', certificate!.caFile, 'unbound')).toBe('401')
  practice!.store.extendedProtection = 'allowed'
  expect(await requestsNtlm('PRACTICE\\giulia', 'secret', certificate!.caFile, 'unbound')).toBe('200')
  expect(practice!.verdicts).toEqual(['good', 'no-binding', 'good'])
})

test('exchangelib works over NTLM, on connections that stay signed in', async () => {
  await start()
  practice!.store.schemes = ['NTLM']
  const giulia = startExchangelib({
    ewsUrl: practice!.ewsUrl,
    email: GIULIA,
    user: 'PRACTICE\\giulia',
    scheme: 'NTLM',
  })
  expect(
    await giulia.ask({ do: 'view', start: '2026-12-01T00:00:00Z', end: '2027-01-01T00:00:00Z' }),
  ).toEqual([])
  expect(practice!.requests.filter(({ scheme }) => scheme === 'NTLM').length).toBeGreaterThan(0)
  giulia.close()
})

test('NTLM signs in a connection: an answer that comes on another is refused', async () => {
  await start()
  const post = (agent: Agent, authorization: string) =>
    new Promise<{ status: number; challenges: string[] }>((done, fail) => {
      const sent = request(
        practice!.ewsUrl,
        { method: 'POST', agent, headers: { authorization, 'content-type': 'text/xml' } },
        (answer) => {
          answer.resume().once('end', () =>
            done({
              status: answer.statusCode!,
              challenges: [answer.headers['www-authenticate'] ?? []].flat().flatMap((one) => one.split(', ')),
            }),
          )
        },
      )
      sent.once('error', fail).end(FIND)
    })
  const { asked, whole } = answered()
  const [one, other] = [
    new Agent({ keepAlive: true, maxSockets: 1 }),
    new Agent({ keepAlive: true, maxSockets: 1 }),
  ]
  const first = await post(one, `NTLM ${asked.negotiate.toString('base64')}`)
  expect(first).toMatchObject({ status: 401, challenges: [expect.stringMatching(/^NTLM TlRMTVNTUAAC/)] })
  expect(await post(other, `NTLM ${whole.toString('base64')}`)).toMatchObject({
    status: 401,
    challenges: ['Negotiate', 'NTLM', 'Basic realm="practice.example"'],
  })
  // Each challenge is good for one answer, right or wrong.
  for (let turn = 0; turn < 2; turn++)
    expect(await post(one, `NTLM ${whole.toString('base64')}`)).toMatchObject({ status: 401 })
  expect(practice!.verdicts).toEqual(['wrong'])
  one.destroy()
  other.destroy()
})
