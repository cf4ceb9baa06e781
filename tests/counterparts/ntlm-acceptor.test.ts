import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createEgress } from '#server/platform/egress.ts'
import type { Egress } from '#server/platform/egress.ts'
import { ask } from '#server/providers/exchange/door.ts'
import type { Asker } from '#server/providers/exchange/door.ts'
import { authenticate, negotiate, readChallenge, whoIs } from '#server/providers/exchange/ntlm/messages.ts'
import { AccessRevoked } from '#server/providers/provider.ts'
import { freePort, needs, run } from './started.ts'
import type { Running } from './started.ts'

// gss-ntlmssp behind MIT's GSSAPI: an NTLM that nobody of this house has written.
needs('/etc/gss/mech.d/mech.ntlmssp.conf', 'gss-ntlmssp')
needs('/usr/lib/python3/dist-packages/gssapi/__init__.py', 'python3-gssapi')

const folder = mkdtempSync(join(tmpdir(), 'ritrovo-ntlm-'))
const file = (name: string) => join(folder, name)
let plain: Running & { port: number }
let secure: Running & { port: number }
const egresses: Egress[] = []

async function acceptor(...certificate: string[]): Promise<Running & { port: number }> {
  const port = await freePort()
  const running = run(
    '/usr/bin/python3',
    [join(import.meta.dirname, 'ntlm-acceptor.py'), String(port), ...certificate],
    {
      env: { ...process.env, NTLM_USER_FILE: file('users'), NETBIOS_DOMAIN_NAME: 'EXCH' },
    },
  )
  for (let tries = 0; !(await listening(port)); tries++) {
    if (tries > 100) throw new Error(`the acceptor did not start: ${running.output()}`)
    await sleep(50)
  }
  return { ...running, port }
}

const listening = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => done(socket.end() !== undefined))
    socket.once('error', () => done(false))
  })

beforeAll(async () => {
  writeFileSync(file('users'), 'EXCH:alice:s€cret, "quoted"\n')
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-sha256',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      file('key.pem'),
      '-out',
      file('cert.pem'),
    ],
    { stdio: 'ignore' },
  )
  plain = await acceptor()
  secure = await acceptor(file('cert.pem'), file('key.pem'))
})
afterEach(() => Promise.all(egresses.splice(0).map((egress) => egress.close())))
afterAll(async () => {
  await plain?.stop()
  await secure?.stop()
  rmSync(folder, { recursive: true })
})

function asker(port: number, secret = 's€cret, "quoted"', user = 'EXCH\\alice'): Asker {
  const ca = readFileSync(file('cert.pem'), 'utf8')
  const egress = createEgress({ allow: [`localhost:${port}`] })
  egresses.push(egress)
  return { user, secret, fetch: egress.within({ ca }), line: (wish) => egress.line({ ca, ...wish }) }
}
const question = (body: string) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'text/xml' },
  body,
})

const doors = () => [
  { name: 'plain http', url: new URL(`http://localhost:${plain.port}/EWS/Exchange.asmx`) },
  { name: 'TLS, with channel binding', url: new URL(`https://localhost:${secure.port}/EWS/Exchange.asmx`) },
]

describe.each([0, 1])('an independent NTLM, door %i', (which) => {
  const door = () => doors()[which]!

  test('lets the right password in, and hears what it says in one piece', async () => {
    const { url } = door()
    const answer = await ask(asker(Number(url.port)), url, question('<hello/>'))
    expect([answer.status, await answer.text()]).toEqual([200, '<hello/>'])
    expect(answer.headers.get('x-who')).toMatch(/alice/i)
  })

  test.each(['alice', 'EXCH\\ALICE'])('knows %s too', async (user) => {
    const { url } = door()
    expect((await ask(asker(Number(url.port), undefined, user), url, question('x'))).status).toBe(200)
  })

  test('C30 turns a wrong password down, and it is not tried twice', async () => {
    const { url } = door()
    await expect(ask(asker(Number(url.port), 'wrong'), url, question('x'))).rejects.toThrow(AccessRevoked)
  })

  test('what follows needs no second handshake, also when asked at once', async () => {
    const { url } = door()
    const me = asker(Number(url.port))
    const answers = await Promise.all(['1', '2', '3', '4'].map((body) => ask(me, url, question(body))))
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['1', '2', '3', '4'])
    const connection = answers.map(({ headers }) => Number(headers.get('x-requests')))
    expect(connection.toSorted()).toEqual([2, 3, 4, 5])
  })

  test('an answer that streams is behind a handshake of its own', async () => {
    const { url } = door()
    const answer = await ask(asker(Number(url.port)), url, question('<stream/>'), { stream: true })
    expect(await answer.text()).toBe('<stream/>')
  })
})

test('the binding to another certificate is turned down: it is really checked', async () => {
  const me = asker(secure.port)
  const url = new URL(`https://localhost:${secure.port}/`)
  const shaken = async (certificate: Uint8Array): Promise<number> => {
    const line = me.line!()
    const first = negotiate()
    const send = (message: Buffer) =>
      line.fetch(url, {
        method: 'POST',
        body: '',
        headers: { authorization: `NTLM ${message.toString('base64')}` },
      })
    const told = await send(first)
    const challenge = readChallenge(told.headers.get('www-authenticate')!.slice(5))
    const who = whoIs(me.user, me.secret)
    const third = authenticate({ first, challenge, who, host: 'localhost', certificate, now: Date.now() })
    return (await send(third)).status
  }
  const own = Buffer.from(readFileSync(file('cert.pem'), 'utf8').replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const other = Buffer.from(own)
  other[other.length - 1]! ^= 1
  expect(await shaken(own)).toBe(200)
  expect(await shaken(other)).toBe(401)
})
