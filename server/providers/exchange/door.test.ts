import { describe, expect, test } from 'vitest'
import type { Line } from '../provider.ts'
import { AccessRevoked } from '../provider.ts'
import { ask } from './door.ts'
import type { Asker } from './door.ts'
import { readChallenge } from './ntlm/messages.ts'
import { chosen, messageIn, offered } from './scheme.ts'

const CHALLENGE = Buffer.concat([
  Buffer.from('NTLMSSP\0'),
  Buffer.from(
    '02000000000000003800000005828aa20123456789abcdef0000000000000000040004003800000006017017000000 0f00000000'.replaceAll(
      ' ',
      '',
    ),
    'hex',
  ),
]).toString('base64')

let made = 0
const address = (scheme = 'https') => new URL(`${scheme}://mail-${++made}.example.test/EWS/Exchange.asmx`)
const question = { method: 'POST' as const, headers: { 'content-type': 'text/xml' }, body: '<hello/>' }

type Told = { status?: number; wants?: string | string[]; text?: string; drop?: boolean }
type Asked = { authorization: string; body: string; over: 'fetch' | 'line'; redirect: string | undefined }

/** A server that answers what the test tells it to, over the pool and over a line whose connection it may drop. */
function server(tell: (asked: Asked, turn: number) => Told) {
  const asked: Asked[] = []
  let connections = 0
  const over =
    (door: Asked['over']): typeof fetch =>
    async (_, init) => {
      const headers = new Headers(init?.headers)
      const one: Asked = {
        authorization: headers.get('authorization') ?? '',
        body: String(init?.body),
        over: door,
        redirect: init?.redirect,
      }
      if (door === 'line' && connections === 0) connections = 1
      const { status = 200, wants = [], text = 'ok', drop = false } = tell(one, asked.push(one) - 1)
      if (drop) connections++
      const answer = new Headers()
      for (const want of [wants].flat()) answer.append('www-authenticate', want)
      return new Response(text, { status, headers: answer })
    }
  const line: Line = { fetch: over('line'), certificate: () => null, connections: () => connections }
  const asker: Asker = { user: 'EXCH\\alice', secret: 'päss:word', fetch: over('fetch'), line: () => line }
  return { asker, asked }
}

const opening = /^NTLM TlRMTVNTUAABAAAA/
const proving = /^NTLM TlRMTVNTUAADAAAA/
/** An NTLM that lets everybody in once they have shaken hands. */
const ntlm = ({ authorization }: Asked): Told => {
  if (opening.test(authorization)) return { status: 401, wants: `NTLM ${CHALLENGE}` }
  return proving.test(authorization) ? {} : { status: 401, wants: ['Negotiate', 'NTLM'] }
}

describe('by what the server takes', () => {
  test('it is asked bare once, and by Basic from then on', async () => {
    const { asker, asked } = server(({ authorization }) =>
      authorization === '' ? { status: 401, wants: ['Negotiate', 'NTLM', 'Basic realm="mail"'] } : {},
    )
    const url = address()
    for (let i = 0; i < 2; i++) expect(await (await ask(asker, url, question)).text()).toBe('ok')
    const right = `Basic ${Buffer.from('EXCH\\alice:päss:word').toString('base64')}`
    expect(asked.map(({ authorization }) => authorization)).toEqual(['', right, right])
    expect(asked.every(({ over }) => over === 'fetch')).toBe(true)
  })

  test('NTLM shakes hands on a line of its own, and only there', async () => {
    const { asker, asked } = server(ntlm)
    expect((await ask(asker, address(), question)).status).toBe(200)
    expect(asked.map(({ over, body }) => `${over} ${body}`)).toEqual([
      'fetch <hello/>',
      'line ',
      'line <hello/>',
    ])
    expect(asked.every(({ redirect }) => redirect === 'manual')).toBe(true)
  })

  test('who offers Negotiate alone gets NTLM in that envelope', async () => {
    const { asker, asked } = server(({ authorization }) => {
      if (authorization.startsWith('Negotiate TlRMTVNTUAAB'))
        return { status: 401, wants: `Negotiate ${CHALLENGE}` }
      return authorization.startsWith('Negotiate') ? {} : { status: 401, wants: 'Negotiate' }
    })
    expect((await ask(asker, address(), question)).status).toBe(200)
    expect(asked).toHaveLength(3)
  })

  test('a server that has changed its mind is followed', async () => {
    let basic = true
    const { asker } = server((one) => {
      if (!basic) return ntlm(one)
      return one.authorization.startsWith('Basic') ? {} : { status: 401, wants: 'Basic' }
    })
    const url = address()
    await ask(asker, url, question)
    basic = false
    expect((await ask(asker, url, question)).status).toBe(200)
  })

  test.each(['Bearer client_id="x"', 'Digest realm="x"', ''])(
    'one that takes no password (%j) says so',
    async (wants) => {
      const { asker } = server(() => ({ status: 401, wants }))
      await expect(ask(asker, address(), question)).rejects.toMatchObject({ reason: 'forbidden' })
    },
  )
})

describe('C30 a 401 that never ends is left', () => {
  test('Basic: one round', async () => {
    const { asker, asked } = server(() => ({ status: 401, wants: 'Basic realm="x"' }))
    const url = address()
    await expect(ask(asker, url, question)).rejects.toThrow(AccessRevoked)
    expect(asked).toHaveLength(2)
    await expect(ask(asker, url, question)).rejects.toThrow(AccessRevoked)
    expect(asked).toHaveLength(3)
  })

  test('NTLM: one round where the connection stood', async () => {
    const { asker, asked } = server(({ authorization }) =>
      opening.test(authorization)
        ? { status: 401, wants: `NTLM ${CHALLENGE}` }
        : { status: 401, wants: 'NTLM' },
    )
    await expect(ask(asker, address(), question)).rejects.toThrow(AccessRevoked)
    expect(asked.filter(({ authorization }) => proving.test(authorization))).toHaveLength(1)
  })

  test('NTLM: a second round where the connection changed under it, and no third', async () => {
    let drops = 1
    const dropping = (one: Asked): Told =>
      proving.test(one.authorization) && drops-- > 0 ? { status: 401, wants: 'NTLM', drop: true } : ntlm(one)
    const lucky = server(dropping)
    expect((await ask(lucky.asker, address(), question)).status).toBe(200)
    drops = 99
    const unlucky = server(dropping)
    await expect(ask(unlucky.asker, address(), question)).rejects.toMatchObject({ reason: 'bad-answer' })
    expect(unlucky.asked.filter(({ authorization }) => proving.test(authorization))).toHaveLength(2)
  })

  test('NTLM: a challenge again and again is no way in', async () => {
    const { asker, asked } = server(() => ({ status: 401, wants: `NTLM ${CHALLENGE}` }))
    await expect(ask(asker, address(), question)).rejects.toThrow(AccessRevoked)
    expect(asked.length).toBeLessThan(5)
  })

  test('a challenge that is none', async () => {
    const { asker } = server(() => ({
      status: 401,
      wants: ['NTLM', `NTLM ${Buffer.alloc(60, 7).toString('base64')}`],
    }))
    await expect(ask(asker, address(), question)).rejects.toMatchObject({ reason: 'bad-answer' })
  })
})

describe('one connection for one who asks', () => {
  test('what follows says nothing more, and shakes hands anew when it became a stranger', async () => {
    let known = true
    const { asker, asked } = server((one) =>
      one.authorization === '' && one.over === 'line' && known ? {} : ntlm(one),
    )
    const url = address()
    await ask(asker, url, question)
    await ask(asker, url, question)
    expect(asked.length).toBe(4)
    known = false
    expect((await ask(asker, url, question)).status).toBe(200)
    expect(asked.length).toBe(7)
  })

  test('another person at the same server, or another password, is never taken for who was let in before', async () => {
    // Each line is a connection of its own, and once let in stays so.
    const made: ReturnType<typeof server>[] = []
    const fresh = () => made[made.push(server((one) => (one.authorization === '' ? {} : ntlm(one)))) - 1]!
    const { asker } = server(ntlm)
    const line = () => fresh().asker.line!()
    const url = address()
    await ask({ ...asker, line }, url, question)
    await ask({ ...asker, line, secret: 'another' }, url, question)
    await ask({ ...asker, line, user: 'EXCH\\bob' }, url, question)
    await ask({ ...asker, line }, url, question)
    expect(made.map(({ asked }) => asked.length)).toEqual([3, 2, 2])
  })

  test('nobody comes between the messages of a handshake', async () => {
    const { asker, asked } = server(ntlm)
    const url = address()
    await ask(asker, url, question)
    asked.length = 0
    await Promise.all(['a', 'b', 'c'].map((body) => ask(asker, url, { ...question, body })))
    expect(
      asked.map(({ body, authorization }) =>
        opening.test(authorization) ? '1' : proving.test(authorization) ? `3${body}` : body,
      ),
    ).toEqual(['a', '1', '3a', 'b', '1', '3b', 'c', '1', '3c'])
  })
})

test('offers are read whether in one header or in several, and in any case', () => {
  const headers = (...all: string[]) => new Headers(all.map((value) => ['WWW-Authenticate', value]))
  expect(offered(headers('negotiate, ntlm', 'BASIC realm="a, b"'))).toEqual(['basic', 'ntlm', 'negotiate'])
  expect(offered(headers('Bearer realm="ntlm-ish"'))).toEqual([])
  expect(chosen(['basic', 'ntlm'], true)).toBe('basic')
  expect(chosen(['basic', 'ntlm'], false)).toBe('ntlm')
  expect(messageIn(headers('Negotiate', `NTLM ${CHALLENGE}`))).toBe(CHALLENGE)
  expect(readChallenge(CHALLENGE).nonce.toString('hex')).toBe('0123456789abcdef')
})
