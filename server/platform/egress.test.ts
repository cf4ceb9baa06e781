import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import tls from 'node:tls'
import { createGzip, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Unreachable } from '#server/providers/provider.ts'
import { createEgress, type EgressOptions } from './egress.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function bind(server: net.Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((done) => server.listen(0, host, done))
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket) => sockets.add(socket.once('close', () => sockets.delete(socket))))
  stops.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((done) => server.close(done))
  })
  return (server.address() as AddressInfo).port
}

/** A web server of the world; it remembers what it was asked. */
async function site(answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const asked: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
  const port = await bind(
    http.createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      asked.push({ method: request.method!, url: request.url!, headers: request.headers, body })
      await answer(request, response)
    }),
  )
  return { port, pair: `127.0.0.1:${port}`, base: `http://127.0.0.1:${port}`, asked }
}

/** A listener that nobody may reach: it counts who tries, and what they say. */
async function canary(host = '127.0.0.1') {
  const seen = { connections: 0, bytes: 0 }
  const server = net.createServer((socket) => {
    seen.connections++
    socket.on('error', () => undefined).on('data', (chunk) => (seen.bytes += chunk.length))
  })
  return { port: await bind(server, host), seen }
}

function egress(options: Partial<EgressOptions> = {}) {
  const made = createEgress({ allow: [], ...options })
  stops.push(() => made.close())
  return made
}

/** The fault a call ends in; a call that does not end in one fails the test. */
async function fault(call: Promise<unknown>): Promise<Unreachable> {
  const error = await call.then(
    () => new Error('it went through'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Unreachable)) throw error
  return error
}
const reason = async (call: Promise<unknown>) => (await fault(call)).reason

const PUBLIC = { address: '93.184.215.14', family: 4 }
/** A connection that must not be tried. */
const dialled = (() => {
  throw new Error('dialled')
}) as typeof net.connect
const INSIDE = { address: '127.0.0.1', family: 4 }

describe('what the policy lets through', () => {
  test('H13 a private server works only by the very host:port the operator opened', async () => {
    const home = await site((_, response) => response.end('calendar'))
    const opened = egress({ allow: [home.pair], resolve: async () => [INSIDE] })
    const response = await opened.fetch(`${home.base}/dav/`)
    expect([response.status, response.url, await response.text()]).toEqual([
      200,
      `${home.base}/dav/`,
      'calendar',
    ])

    expect(await reason(opened.fetch(`http://localhost:${home.port}/`))).toBe('refused-address')
    expect(await reason(opened.fetch(`http://127.0.0.1:${home.port + 1}/`))).toBe('refused-address')
    expect(await reason(egress().fetch(`${home.base}/`))).toBe('refused-address')
    expect(home.asked).toHaveLength(1)
  })

  test('a pair opened by name resolves where it resolves, private or not', async () => {
    const home = await site((_, response) => response.end())
    const opened = egress({ allow: [`Nas.Lan:${home.port}`], resolve: async () => [INSIDE] })
    expect((await opened.fetch(`http://nas.lan:${home.port}/`)).status).toBe(200)
  })

  test('method, headers and body of CalDAV arrive as they were given', async () => {
    const home = await site((_, response) =>
      response
        .writeHead(207, { 'content-type': 'application/xml', dav: '1, calendar-access' })
        .end('<multistatus/>'),
    )
    const response = await egress({ allow: [home.pair] }).fetch(`${home.base}/dav/`, {
      method: 'PROPFIND',
      headers: {
        depth: '1',
        authorization: 'Basic eDp5',
        host: 'elsewhere.example',
        'content-type': 'application/xml',
      },
      body: '<propfind/>',
    })
    expect([response.status, response.headers.get('dav'), await response.text()]).toEqual([
      207,
      '1, calendar-access',
      '<multistatus/>',
    ])
    expect(home.asked[0]).toMatchObject({
      method: 'PROPFIND',
      body: '<propfind/>',
      headers: {
        depth: '1',
        authorization: 'Basic eDp5',
        host: home.pair,
        'content-type': 'application/xml',
        'accept-encoding': 'gzip',
        'content-length': '11',
      },
    })
  })

  test('a status without a body and an answer to HEAD are answers', async () => {
    const home = await site((request, response) =>
      request.method === 'HEAD'
        ? response.writeHead(200, { 'content-length': '99', 'content-encoding': 'gzip' }).end()
        : response.writeHead(204).end(),
    )
    const { fetch } = egress({ allow: [home.pair] })
    expect((await fetch(home.base, { method: 'DELETE' })).status).toBe(204)
    const head = await fetch(home.base, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '99', ''])
  })

  test('no call starts where the guard forbids one', async () => {
    const home = await site((_, response) => response.end())
    const guarded = egress({
      allow: [home.pair],
      guard: () => {
        throw new Error('inside a transaction')
      },
    })
    await expect(guarded.fetch(home.base)).rejects.toThrow('inside a transaction')
    await expect(guarded.within({})(home.base)).rejects.toThrow('inside a transaction')
    await expect(guarded.openSocket('127.0.0.1', home.port, { tls: false })).rejects.toThrow(
      'inside a transaction',
    )
    expect(home.asked).toHaveLength(0)
  })
})

describe('inside is never reached', () => {
  const LOOPBACK = [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '127.1',
    '0177.0.0.1',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '0',
    '127.0.0.1.',
    '127.000.000.001',
  ]
  const V6 = [
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[2001:0:7f00:1::]',
    '[ff02::1]',
  ]
  const SPECIAL = [
    '0.0.0.1',
    '10.0.0.1',
    '10.255.255.254',
    '100.64.0.1',
    '100.127.255.254',
    '127.255.255.254',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.254',
    '192.0.0.1',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.254',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '[2001:db8::1]',
    '[3fff::1]',
    '[100::1]',
    '[5f00::1]',
    '[fc00::1]',
    '[fec0::1]',
  ]
  const ODD_URLS = [
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'ftp://127.0.0.1/',
    'dict://127.0.0.1/',
    'data:text/plain,x',
    'javascript:1',
    'unix:/run/x',
    'ws://127.0.0.1/',
    'about:blank',
    '//127.0.0.1/',
    '/etc',
    '',
    ' ',
    'http://',
    'https://',
    'https://user@calendar.example/',
    'https://user:word@calendar.example/',
    'https://:word@calendar.example/',
    'https://calendar.example:22/',
    'https://calendar.example:6379/',
    'https://calendar.example:80/',
    'http://calendar.example/',
    'http://calendar.example:443/',
    'https://[::1',
    'https://%00/',
    'https://a b/',
  ]

  test('H01 H02 H03 H04 H06 T10 three hundred hostile targets and more end before a connection', async () => {
    const [four, six] = [await canary('127.0.0.1'), await canary('::1')]
    let dialled = 0
    const shut = egress({
      resolve: async () => [INSIDE],
      connect: ((...args: Parameters<typeof net.connect>) => {
        dialled++
        return net.connect(...args)
      }) as typeof net.connect,
    })
    const targets = [...LOOPBACK, ...V6, ...SPECIAL].flatMap((host) => [
      `https://${host}/`,
      `https://${host}:8443/x`,
      `http://${host}/`,
      `http://${host}:${four.port}/`,
      `https://${host}:${four.port}/`,
      `http://${host}:${six.port}/latest/meta-data/`,
    ])
    const all = [
      ...targets,
      ...ODD_URLS,
      'https://localhost/',
      'https://localhost./',
      'https://rebind.example/',
      'https://metadata.google.internal/',
    ]
    expect(all.length).toBeGreaterThan(300)
    for (const url of all) expect(await reason(shut.fetch(url)), url).toBe('refused-address')

    // H10: the same hosts through the door for mail.
    for (const host of [
      ...LOOPBACK,
      ...V6,
      ...SPECIAL,
      'localhost',
      'mail.example',
      '',
      ' ',
      'a b',
      'x@127.0.0.1',
      '127.0.0.1/',
    ])
      for (const port of [25, 587, 993, 22, 6379, four.port])
        expect(await reason(shut.openSocket(host, port, { tls: port === 993 })), `${host}:${port}`).toBe(
          'refused-address',
        )

    expect({ dialled, four: four.seen.connections, six: six.seen.connections }).toEqual({
      dialled: 0,
      four: 0,
      six: 0,
    })
  })

  test('H10 a port that is no mail port stays shut, also on an open server', async () => {
    const shut = egress({
      resolve: async () => [PUBLIC],
      connect: () => {
        throw new Error('dialled')
      },
    })
    for (const port of [22, 80, 443, 3306, 5432, 6379, 11211])
      expect(await reason(shut.openSocket('mail.example', port, { tls: false }))).toBe('refused-address')
  })

  test('H01 a literal is judged by itself, whatever a resolver would say about it', async () => {
    const shut = egress({ resolve: async () => [PUBLIC], connect: dialled })
    for (const host of [...LOOPBACK, ...V6, ...SPECIAL].filter((host) => !host.endsWith('.'))) {
      expect(await reason(shut.fetch(`https://${host}/`)), host).toBe('refused-address')
      expect(await reason(shut.openSocket(host, 465, { tls: true })), host).toBe('refused-address')
    }
  })

  test('an open server is asked only over TLS and only at the ports of the web', async () => {
    const shut = egress({ resolve: async () => [PUBLIC], connect: dialled })
    for (const url of [
      ...ODD_URLS,
      'http://calendar.example:8443/',
      'http://calendar.example:8080/',
      'https://calendar.example:993/',
    ])
      expect(await reason(shut.fetch(url)), url).toBe('refused-address')
    expect(await reason(shut.fetch(new Request('http://calendar.example/')))).toBe('refused-address')
    for (const url of ['https://calendar.example/', 'https://calendar.example:8443/'])
      await expect(shut.fetch(url)).rejects.toThrow('dialled')
  })

  test('what is opened for mail is not opened for the web', async () => {
    const mail = egress({
      allow: [],
      allowSockets: ['mail.lan:8443'],
      resolve: async () => [INSIDE],
      connect: dialled,
    })
    expect(await reason(mail.fetch('https://mail.lan:8443/'))).toBe('refused-address')
    await expect(mail.openSocket('mail.lan', 8443, { tls: true })).rejects.toThrow('dialled')
  })

  test('H05 a name is resolved once, and only what was checked is dialled', async () => {
    const secret = await canary()
    let questions = 0
    const dialled: unknown[] = []
    const rebound = egress({
      // The second answer leads inside: whoever asks again is lost.
      resolve: async () => [questions++ === 0 ? PUBLIC : INSIDE],
      connect: ((options: net.TcpNetConnectOpts) => {
        options.lookup!(options.host!, { all: true }, (_error, answers) =>
          dialled.push(...(answers as { address: string }[]).map(({ address }) => address)),
        )
        return net.connect({ host: '127.0.0.1', port: secret.port })
      }) as typeof net.connect,
    })
    await fault(rebound.fetch('https://rebind.example/'))
    expect({ questions, dialled }).toEqual({ questions: 1, dialled: [PUBLIC.address] })
  })

  test.each([
    ['A', [PUBLIC, INSIDE]],
    ['AAAA', [PUBLIC, { address: '::1', family: 6 }]],
    ['wrapped', [PUBLIC, { address: '::ffff:127.0.0.1', family: 6 }]],
    ['link-local', [{ address: 'fe80::1%lo', family: 6 }]],
  ])('H05 one bad answer among good ones spoils them all (%s)', async (_, answers) => {
    const mixed = egress({
      resolve: async () => answers,
      connect: () => {
        throw new Error('dialled')
      },
    })
    expect(await reason(mixed.fetch('https://mixed.example/'))).toBe('refused-address')
    expect(await reason(mixed.openSocket('mixed.example', 25, { tls: false }))).toBe('refused-address')
  })

  test('H06 where the network leads elsewhere than the name, not one byte is said', async () => {
    const inside = await canary()
    // What /etc/hosts, NAT64 or a redirecting firewall do: the checked address, another server.
    const bent = egress({
      resolve: async () => [PUBLIC],
      connect: () => net.connect(inside.port, '127.0.0.1'),
    })
    expect(
      await reason(bent.fetch('https://calendar.example/', { headers: { authorization: 'Basic eDp5' } })),
    ).toBe('refused-address')
    expect(await reason(bent.openSocket('mail.example', 465, { tls: true }))).toBe('refused-address')
    await expect.poll(() => inside.seen.connections).toBe(2)
    expect(inside.seen.bytes).toBe(0)
  })

  test('H12 an open, a closed and a silent port inside tell the same, whatever stands there', async () => {
    const page = await site((_, response) => response.end('internal secrets'))
    const faults = await Promise.all(
      [page.port, 1, 9].map((port) => fault(egress().fetch(`http://127.0.0.1:${port}/`))),
    )
    expect(new Set(faults.map(({ message }) => message.replace(/:\d+/, ':PORT'))).size).toBe(1)
    expect(page.asked).toHaveLength(0)
  })

  test('H16 proxies named in the environment are not asked', async () => {
    const proxy = await canary()
    const home = await site((_, response) => response.end('direct'))
    const names = [
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'http_proxy',
      'https_proxy',
      'NODE_USE_ENV_PROXY',
    ]
    const before = names.map((name) => process.env[name])
    for (const name of names)
      process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${proxy.port}`
    onTestFinished(() =>
      names.forEach((name, at) =>
        before[at] === undefined ? delete process.env[name] : (process.env[name] = before[at]),
      ),
    )
    expect(await (await egress({ allow: [home.pair] }).fetch(home.base)).text()).toBe('direct')
    expect(await reason(egress().fetch('http://127.0.0.1:1/'))).toBe('refused-address')
    expect(proxy.seen.connections).toBe(0)
  })
})

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('H04 a %i to the inside is refused at its own hop', async (status) => {
    const inside = await canary()
    for (const location of [
      `http://127.0.0.1:${inside.port}/`,
      `http://localhost:${inside.port}/`,
      `//127.0.0.1:${inside.port}/`,
      `http://[::ffff:127.0.0.1]:${inside.port}/`,
      `http://2130706433:${inside.port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'https://169.254.169.254/',
      'file:///etc/passwd',
      'gopher://127.0.0.1:6379/_x',
      'https://me:word@calendar.example/',
      'http://',
    ]) {
      const home = await site((_, response) => response.writeHead(status, { location }).end())
      const opened = egress({ allow: [home.pair] })
      for (const method of ['GET', 'PROPFIND', 'PUT'])
        expect(await reason(opened.fetch(home.base, { method })), `${method} ${location}`).toBe(
          'refused-address',
        )
    }
    expect(inside.seen.connections).toBe(0)
  })

  test('H04 five hops are followed, the sixth is not', async () => {
    const home = await site((request, response) => {
      const left = Number(request.url!.slice(1))
      if (left === 0) response.end('there')
      else response.writeHead(302, { location: `/${left - 1}` }).end()
    })
    const { fetch } = egress({ allow: [home.pair] })
    const far = await fetch(`${home.base}/5`)
    expect([await far.text(), far.url]).toEqual(['there', `${home.base}/0`])
    expect(await reason(fetch(`${home.base}/6`))).toBe('bad-answer')
    expect(home.asked.length).toBe(6 + 6)
  })

  test('on the same origin nothing of the call is lost', async () => {
    const home = await site((request, response) =>
      request.url === '/' ? response.writeHead(308, { location: '/dav/' }).end() : response.end(),
    )
    await egress({ allow: [home.pair] }).fetch(home.base, {
      method: 'PUT',
      body: 'event',
      headers: { authorization: 'Basic eDp5', 'if-match': '"1"' },
    })
    expect(home.asked[1]).toMatchObject({
      method: 'PUT',
      url: '/dav/',
      body: 'event',
      headers: { authorization: 'Basic eDp5', 'if-match': '"1"' },
    })
  })

  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [302, 'PROPFIND', 'PROPFIND'],
    [301, 'PUT', 'PUT'],
  ])('a %i after %s asks by %s', async (status, method, next) => {
    const home = await site((request, response) =>
      request.url === '/' ? response.writeHead(status, { location: '/x' }).end() : response.end(),
    )
    await egress({ allow: [home.pair] }).fetch(home.base, {
      method,
      ...(method === 'HEAD' ? {} : { body: 'b' }),
    })
    expect([home.asked[1]!.method, home.asked[1]!.body]).toEqual([
      next,
      next === method && method !== 'HEAD' ? 'b' : '',
    ])
  })

  test('H07 no header and no body of the caller goes to another origin', async () => {
    const stranger = await site((_, response) => response.end('hello'))
    const home = await site((_, response) =>
      response.writeHead(307, { location: `${stranger.base}/dav` }).end(),
    )
    const { fetch } = egress({ allow: [home.pair, stranger.pair] })
    const headers = {
      authorization: 'Bearer canary',
      'x-api-key': 'canary',
      cookie: 'canary=1',
      'x-anything': 'canary',
      depth: '0',
      'user-agent': 'canary',
      'content-type': 'text/canary',
    }
    for (const method of ['GET', 'PROPFIND', 'REPORT'])
      await fetch(home.base, { method, headers, ...(method === 'GET' ? {} : { body: 'canary' }) })
    expect(stranger.asked.map(({ method }) => method)).toEqual(['GET', 'PROPFIND', 'REPORT'])
    expect(JSON.stringify(stranger.asked)).not.toContain('canary')
  })

  test.each(['PUT', 'POST', 'DELETE', 'PATCH', 'MKCALENDAR'])(
    'H07 a %s is not carried to another origin at all',
    async (method) => {
      const stranger = await site((_, response) => response.end())
      const home = await site((_, response) => response.writeHead(308, { location: stranger.base }).end())
      expect(await reason(egress({ allow: [home.pair, stranger.pair] }).fetch(home.base, { method }))).toBe(
        'refused-address',
      )
      expect(stranger.asked).toHaveLength(0)
    },
  )

  test('a caller who asks to see redirects sees them, one who wants none gets a fault', async () => {
    const home = await site((_, response) => response.writeHead(301, { location: '/dav/' }).end())
    const { fetch, within } = egress({ allow: [home.pair] })
    const seen = await fetch(home.base, { redirect: 'manual' })
    expect([seen.status, seen.headers.get('location')]).toEqual([301, '/dav/'])
    expect(await reason(fetch(home.base, { redirect: 'error' }))).toBe('bad-answer')
    expect(await reason(within({ redirects: 0 })(home.base))).toBe('bad-answer')
    expect(home.asked).toHaveLength(3)
  })
})

describe('how long and how much', () => {
  test('C04 who accepts and never answers is left at the deadline', async () => {
    const hole = await canary()
    const began = performance.now()
    expect(
      await reason(
        egress({ allow: [`127.0.0.1:${hole.port}`] }).within({ deadline: 300 })(
          `http://127.0.0.1:${hole.port}/`,
        ),
      ),
    ).toBe('timeout')
    expect(performance.now() - began).toBeLessThan(5000)
  })

  test('C04 who never finishes the TLS greeting, or whose name never resolves, is left too', async () => {
    const hole = await canary()
    const pair = `127.0.0.1:${hole.port}`
    const began = performance.now()
    expect(
      await reason(
        egress({ allow: [pair] }).openSocket('127.0.0.1', hole.port, { tls: true, deadline: 200 }),
      ),
    ).toBe('timeout')
    expect(await reason(egress({ allow: [pair] }).within({ deadline: 200 })(`https://${pair}/`))).toBe(
      'timeout',
    )
    expect(
      await reason(
        egress({ resolve: () => new Promise(() => undefined) }).within({ deadline: 200 })(
          'https://slow.example/',
        ),
      ),
    ).toBe('timeout')
    expect(performance.now() - began).toBeLessThan(4000)
  })

  test('C05 a drip is cut at the deadline, however alive it looks', async () => {
    const drip = await site((_, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const began = performance.now()
    expect(await reason(egress({ allow: [drip.pair] }).within({ deadline: 500 })(drip.base))).toBe('timeout')
    expect(performance.now() - began).toBeLessThan(5000)
  })

  test('C05 the deadline is one for all hops', async () => {
    const slow = await site(async (request, response) => {
      await new Promise((done) => setTimeout(done, 150))
      response.writeHead(302, { location: `${request.url}x` }).end()
    })
    expect(await reason(egress({ allow: [slow.pair] }).within({ deadline: 400 })(slow.base))).toBe('timeout')
  })

  test('one clock can run over several calls, and a caller who gives up is not told about the world', async () => {
    const hole = await canary()
    const { within, fetch } = egress({ allow: [`127.0.0.1:${hole.port}`] })
    const ask = within({ signal: AbortSignal.timeout(200) })
    const url = `http://127.0.0.1:${hole.port}/`
    expect(await Promise.all([reason(ask(url)), reason(ask(url))])).toEqual(['timeout', 'timeout'])
    const given = new AbortController()
    const call = fetch(url, { signal: given.signal })
    given.abort(new Error('the person left'))
    await expect(call).rejects.toThrow('the person left')
  })

  test('C08 an endless body is cut at the cap and costs no memory beyond it', async () => {
    const block = Buffer.alloc(65_536, 'x')
    const flood = await site((_, response) => {
      const endless = Readable.from(
        (function* () {
          for (;;) yield block
        })(),
      )
      endless
        .on('error', () => undefined)
        .pipe(response)
        .on('close', () => endless.destroy())
    })
    const rise = await memoryRise(async () =>
      expect(await reason(egress({ allow: [flood.pair] }).fetch(flood.base))).toBe('too-large'),
    )
    expect(rise).toBeLessThan(64e6)
    expect(await reason(egress({ allow: [flood.pair] }).within({ maxBytes: 1000 })(flood.base))).toBe(
      'too-large',
    )
  })

  test('C08 a body of exactly the cap is whole, one byte more is refused', async () => {
    const sized = await site((request, response) =>
      response.end(Buffer.alloc(Number(request.url!.slice(1)), 'y')),
    )
    const ask = egress({ allow: [sized.pair] }).within({ maxBytes: 300_000 })
    expect((await (await ask(`${sized.base}/300000`)).arrayBuffer()).byteLength).toBe(300_000)
    expect(await reason(ask(`${sized.base}/300001`))).toBe('too-large')
  })

  test('C08 a body in one-byte chunks costs no more memory than its bytes', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
    const grains = Buffer.from('1\r\nx\r\n'.repeat(10_000))
    const port = await bind(
      net.createServer((socket) => {
        const endless = Readable.from(
          (function* () {
            yield Buffer.from(head)
            for (;;) yield grains
          })(),
        )
        endless
          .on('error', () => undefined)
          .pipe(socket.on('error', () => undefined))
          .on('close', () => endless.destroy())
      }),
    )
    const rise = await memoryRise(async () =>
      expect(await reason(egress({ allow: [`127.0.0.1:${port}`] }).fetch(`http://127.0.0.1:${port}/`))).toBe(
        'too-large',
      ),
    )
    expect(rise).toBeLessThan(64e6)
  })

  test('C09 a gzip bomb is cut at its decompressed size', async () => {
    const bomb = await gzipOf(200_000_000)
    expect(bomb.length).toBeLessThan(300_000)
    const home = await site((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    const rise = await memoryRise(async () =>
      expect(await reason(egress({ allow: [home.pair] }).fetch(home.base))).toBe('too-large'),
    )
    expect(rise).toBeLessThan(64e6)
  })

  test('C09 an honest gzip body is read; layers, other encodings and broken ones are not', async () => {
    const layers: Record<string, [string, Buffer]> = {
      '/ok': ['gzip', gzipSync('BEGIN:VCALENDAR')],
      '/twice': ['gzip, gzip', gzipSync(gzipSync('x'))],
      '/br': ['br', Buffer.from('x')],
      '/zstd': ['zstd', Buffer.from('x')],
      '/torn': ['gzip', gzipSync('BEGIN').subarray(0, 12)],
      '/lie': ['gzip', Buffer.from('plain')],
    }
    const home = await site((request, response) => {
      const [encoding, bytes] = layers[request.url!]!
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes)
    })
    const { fetch } = egress({ allow: [home.pair] })
    const good = await fetch(`${home.base}/ok`)
    expect([await good.text(), good.headers.get('content-encoding')]).toEqual(['BEGIN:VCALENDAR', null])
    for (const path of ['/twice', '/br', '/zstd', '/torn', '/lie'])
      expect(await reason(fetch(home.base + path)), path).toBe('bad-answer')
  })

  test.each([
    ['hangs up', 'connect', ''],
    ['speaks another protocol', 'bad-answer', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['answers a status that is none', 'bad-answer', 'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'],
    ['sends endless headers', 'bad-answer', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`],
    ['stops in the middle', 'connect', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort'],
  ])('C07 a server that %s is %s, and nothing it said is repeated', async (_, expected, words) => {
    const port = await bind(
      net.createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(words))),
    )
    const seen = await fault(
      egress({ allow: [`127.0.0.1:${port}`] }).fetch(`http://127.0.0.1:${port}/?token=canary`, {
        headers: { authorization: 'canary' },
      }),
    )
    expect(seen.reason).toBe(expected)
    expect(seen.message + seen.stack).not.toMatch(/canary|SSH|short/)
  })

  test('a closed port is connect, an unknown name is dns', async () => {
    const port = await bind(net.createServer())
    await stops.pop()!()
    expect(await reason(egress({ allow: [`127.0.0.1:${port}`] }).fetch(`http://127.0.0.1:${port}/`))).toBe(
      'connect',
    )
    const nowhere = Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' })
    expect(
      await reason(
        egress({
          resolve: async () => {
            throw nowhere
          },
        }).fetch('https://nowhere.example/'),
      ),
    ).toBe('dns')
    expect(await reason(egress({ resolve: async () => [] }).fetch('https://nowhere.example/'))).toBe('dns')
  })
})

describe('a connection that breaks', () => {
  /** Its connections are numbered as they come; `cut` is asked of each request whether its connection ends there, and how. */
  async function cutting(cut: (connection: number, turn: number, response: ServerResponse) => boolean) {
    const asked: string[] = []
    const turns = new Map<net.Socket, { connection: number; turn: number }>()
    const server = http.createServer(async (request, response) => {
      for await (const _ of request);
      const known = turns.get(request.socket) ?? { connection: turns.size + 1, turn: 0 }
      turns.set(request.socket, { ...known, turn: ++known.turn })
      asked.push(`${request.method} ${known.connection}`)
      if (cut(known.connection, known.turn, response)) request.socket.resetAndDestroy()
      else response.end('whole')
    })
    const port = await bind(server)
    return { pair: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/`, asked }
  }
  // The pool takes a connection back a moment after its answer has ended.
  const backInThePool = () => new Promise((done) => setTimeout(done, 20))
  const midBody = (response: ServerResponse): Promise<void> =>
    new Promise((done) =>
      response.writeHead(200, { 'content-length': '900' }).write('half', () => setTimeout(done, 20)),
    )

  test.each(['GET', 'HEAD', 'PROPFIND', 'REPORT'])(
    'C11 a %s on a kept connection that died is asked once more, on a new one',
    async (method) => {
      // Eight connections rest in the pool, and all of them are dead at the next request.
      const home = await cutting((connection, turn) => connection <= 8 && turn > 1)
      const { fetch } = egress({ allow: [home.pair] })
      await Promise.all(Array.from({ length: 8 }, () => fetch(home.url)))
      expect(new Set(home.asked.splice(0)).size).toBe(8)
      await backInThePool()
      const response = await fetch(home.url, { method })
      expect([response.status, await response.text()]).toEqual([200, method === 'HEAD' ? '' : 'whole'])
      expect(home.asked).toEqual([expect.stringMatching(`^${method} [1-8]$`), `${method} 9`])
    },
  )

  test('C11 what is no safe call is said once, whatever becomes of its connection', async () => {
    const home = await cutting((_, turn) => turn > 1)
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
      const { fetch } = egress({ allow: [home.pair] })
      await fetch(home.url)
      await backInThePool()
      home.asked.length = 0
      expect(await reason(fetch(home.url, { method, body: 'x' })), method).toBe('connect')
      expect(home.asked.map((line) => line.split(' ')[0])).toEqual([method])
    }
  })

  test('C11 a server that resets every time is asked twice and no more', async () => {
    const home = await cutting(() => true)
    expect(await reason(egress({ allow: [home.pair] }).fetch(home.url))).toBe('connect')
    expect(home.asked).toEqual(['GET 1', 'GET 2'])
  })

  test('C11 an answer cut in its middle is never taken for whole: it is read anew, or is a fault', async () => {
    let cuts = 1
    const home = await site(async (request, response) => {
      if (request.method === 'GET' && cuts-- <= 0) return response.end('whole')
      await midBody(response)
      request.socket.resetAndDestroy()
    })
    const { fetch } = egress({ allow: [home.pair] })
    expect(await (await fetch(home.base)).text()).toBe('whole')
    expect(home.asked).toHaveLength(2)
    expect(await reason(fetch(home.base, { method: 'POST', body: 'x' }))).toBe('connect')
    expect(home.asked).toHaveLength(3)
    cuts = 2
    expect(await reason(fetch(home.base))).toBe('connect')
    expect(home.asked).toHaveLength(5)
  })

  test('C11 a line keeps to its one connection: who was known on it is a stranger on the next', async () => {
    const home = await cutting((connection) => connection === 1)
    expect(await reason(egress({ allow: [home.pair] }).line().fetch(home.url))).toBe('connect')
    expect(home.asked).toEqual(['GET 1'])
  })
})

describe('names', () => {
  const failing = (code: string) => Object.assign(new Error(`query ${code}`), { code })

  test.each(['ENOTFOUND', 'ESERVFAIL', 'EAI_AGAIN', 'ENODATA', 'ETIMEOUT', 'EREFUSED'])(
    'C12 a resolver that says %s is a dns fault, told once and without a connection',
    async (code) => {
      const asked: string[] = []
      const door = egress({
        resolve: async (host) => {
          asked.push(host)
          throw failing(code)
        },
        connect: dialled,
      })
      const seen = await fault(door.fetch('https://calendar.example/?token=canary'))
      expect([seen.reason, asked]).toEqual(['dns', ['calendar.example']])
      expect(seen.message).toContain(code)
      expect(seen.message).not.toContain('canary')
    },
  )

  test('C12 a name that takes ten seconds ends at the five of connecting, and holds no other name up', async () => {
    const home = await site((_, response) => response.end('here'))
    const door = egress({
      allow: [`quick.example:${home.port}`],
      resolve: (host) => (host === 'quick.example' ? Promise.resolve([INSIDE]) : new Promise((done) => setTimeout(done, 10_000, [PUBLIC]).unref())),
    })
    const began = performance.now()
    // More than the resolver has threads (4) and one pool has connections (8).
    const slow = Array.from({ length: 12 }, (_, n) => reason(door.fetch(`https://slow${n % 3}.example/`)))
    for (let n = 0; n < 5; n++)
      expect(await (await door.fetch(`http://quick.example:${home.port}/`)).text()).toBe('here')
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(await Promise.all(slow)).toEqual(slow.map(() => 'timeout'))
    expect(performance.now() - began).toBeLessThan(8_000)
  })
})

describe('a line of one’s own', () => {
  /** A site that tells which of its connections asked, and counts them. */
  async function counting(
    answer: (response: ServerResponse, turn: number) => unknown = (response) => response.end(),
  ) {
    const connections: net.Socket[] = []
    const server = http.createServer((request, response) => {
      const known = connections.indexOf(request.socket)
      response.setHeader('x-connection', known < 0 ? connections.push(request.socket) : known + 1)
      return answer(response, connections.length)
    })
    const port = await bind(server)
    return { pair: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/`, connections }
  }
  const which = async (response: Promise<Response>) => (await response).headers.get('x-connection')

  test('is one connection, for all that is asked, one after the other', async () => {
    const home = await counting((response) => setTimeout(() => response.end(), 20))
    const line = egress({ allow: [home.pair] }).line()
    expect(line.connections()).toBe(0)
    const all = await Promise.all(
      [1, 2, 3].map(() => which(line.fetch(home.url, { method: 'POST', body: 'x' }))),
    )
    expect([all, line.connections(), line.certificate()]).toEqual([['1', '1', '1'], 1, null])
    expect(home.connections).toHaveLength(1)
  })

  test('says when it had to take another', async () => {
    const home = await counting((response, turn) =>
      turn === 1 ? response.writeHead(200, { connection: 'close' }).end() : response.end(),
    )
    const line = egress({ allow: [home.pair] }).line()
    expect(await which(line.fetch(home.url))).toBe('1')
    expect(await which(line.fetch(home.url))).toBe('2')
    expect(line.connections()).toBe(2)
  })

  test('two of them share nothing', async () => {
    const home = await counting()
    const one = egress({ allow: [home.pair] })
    expect([await which(one.line().fetch(home.url)), await which(one.line().fetch(home.url))]).toEqual([
      '1',
      '2',
    ])
  })

  test('H01 H13 is behind the same policy', async () => {
    const inside = await canary()
    const line = egress().line()
    for (const url of [
      `http://127.0.0.1:${inside.port}/`,
      `https://2130706433:${inside.port}/`,
      'https://[::1]/',
      'file:///etc/passwd',
      'https://u:p@example.test/',
    ])
      expect(await reason(line.fetch(url)), url).toBe('refused-address')
    expect(inside.seen.connections).toBe(0)
  })

  test('ends with the egress', async () => {
    const home = await counting()
    const one = egress({ allow: [home.pair] })
    await one.line().fetch(home.url)
    const closed = new Promise((done) => home.connections[0]!.once('close', done))
    await one.close()
    await closed
  })

  test('streams: what is sent is here before the answer ends', async () => {
    const goOn = Promise.withResolvers<void>()
    const home = await counting(async (response) => {
      response.write('first')
      await goOn.promise
      response.end('last')
    })
    const line = egress({ allow: [home.pair] }).line({ stream: true })
    const reader = (await line.fetch(home.url)).body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('first')
    goOn.resolve()
    expect((await reader.read()).value).toBe('last')
    expect((await reader.read()).done).toBe(true)
  })

  test('C05 C09 a stream has its deadline and its size, also when it comes in small pieces or as gzip', async () => {
    const slow = await counting(async (response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const late = egress({ allow: [slow.pair] }).line({ stream: true, deadline: 300 })
    expect(await reason(late.fetch(slow.url).then((response) => response.text()))).toBe('timeout')

    const bomb = await counting((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(3_000_000))),
    )
    const small = egress({ allow: [bomb.pair] }).line({ stream: true, maxBytes: 100_000 })
    expect(await reason(small.fetch(bomb.url).then((response) => response.text()))).toBe('too-large')
  })

  test('a stream is left when its caller goes, and a cut one says so', async () => {
    const home = await counting((response) => response.write('x'))
    const one = egress({ allow: [home.pair] })
    const caller = new AbortController()
    const hearing = one.line({ stream: true }).fetch(home.url, { signal: caller.signal })
    const text = hearing.then((response) => response.text())
    await hearing
    caller.abort(new Error('gone'))
    await expect(text).rejects.toThrow('gone')

    const cut = await counting((response) => {
      response.write('x')
      setTimeout(() => response.destroy(), 50)
    })
    const line = egress({ allow: [cut.pair] }).line({ stream: true })
    expect(await reason(line.fetch(cut.url).then((response) => response.text()))).toBe('connect')
  })
})

describe('C10 certificates', () => {
  let folder: string
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8')
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ritrovo-certificates-'))
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      '/CN=House CA',
    )
    const issue = (name: string, subject: string, ...dates: string[]) => {
      openssl(
        'req',
        ...key,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-subj',
        '/CN=calendar',
        '-addext',
        `subjectAltName=${subject}`,
      )
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-out',
        `${name}.pem`,
        '-copy_extensions',
        'copy',
        ...dates,
      )
    }
    issue('good', 'IP:127.0.0.1,DNS:dav.home', '-days', '2')
    issue('other', 'DNS:other.example', '-days', '2')
    issue('expired', 'IP:127.0.0.1', '-days', '-1')
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'self.key',
      '-out',
      'self.pem',
      '-days',
      '2',
      '-subj',
      '/CN=self',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function secure(name: string, options: https.ServerOptions = {}) {
    const said = { requests: 0 }
    const port = await bind(
      https.createServer({ key: pem(`${name}.key`), cert: pem(`${name}.pem`), ...options }, (_, response) => {
        said.requests++
        response.end('over tls')
      }),
    )
    return { port, pair: `127.0.0.1:${port}`, said }
  }
  const trusting = (pair: string) => egress({ allow: [pair], extraCa: new Map([[pair, pem('ca.pem')]]) })

  test('the operator may add a certificate authority for one pair', async () => {
    const home = await secure('good')
    expect(await (await trusting(home.pair).fetch(`https://${home.pair}/`)).text()).toBe('over tls')
    const named = egress({
      allow: [`dav.home:${home.port}`],
      resolve: async () => [INSIDE],
      extraCa: new Map([[`dav.home:${home.port}`, pem('ca.pem')]]),
    })
    expect(await (await named.fetch(`https://dav.home:${home.port}/`)).text()).toBe('over tls')
    expect(
      await reason(
        egress({ allow: [home.pair], extraCa: new Map([['127.0.0.1:1', pem('ca.pem')]]) }).fetch(
          `https://${home.pair}/`,
        ),
      ),
    ).toBe('tls')
  })

  test('a call may bring an authority of its own, which then counts for that call alone', async () => {
    const home = await secure('good')
    const one = egress({ allow: [home.pair] })
    const own = { ca: pem('ca.pem') }
    expect(await (await one.within(own)(`https://${home.pair}/`)).text()).toBe('over tls')
    expect(await reason(one.fetch(`https://${home.pair}/`))).toBe('tls')
    expect(await (await one.line(own).fetch(`https://${home.pair}/`)).text()).toBe('over tls')
    expect(await reason(one.line().fetch(`https://${home.pair}/`))).toBe('tls')
    expect(await reason(one.line({ ca: pem('self.pem') }).fetch(`https://${home.pair}/`))).toBe('tls')
  })

  test('a line knows the certificate of its other end, once it has one', async () => {
    const home = await secure('good')
    const line = egress({ allow: [home.pair] }).line({ ca: pem('ca.pem') })
    expect(line.certificate()).toBe(null)
    await line.fetch(`https://${home.pair}/`)
    const der = Buffer.from(pem('good.pem').replace(/-----[^-]+-----|\s/g, ''), 'base64')
    expect(Buffer.from(line.certificate()!).equals(der)).toBe(true)
  })

  test.each(['self', 'other', 'expired'])(
    '%s is refused with nothing said, whatever NODE_TLS_REJECT_UNAUTHORIZED says',
    async (name) => {
      const home = await secure(name)
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
      onTestFinished(
        () =>
          void (before === undefined
            ? delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
            : (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before)),
      )
      const ask = trusting(home.pair)
      expect(
        await reason(ask.fetch(`https://${home.pair}/`, { headers: { authorization: 'Basic eDp5' } })),
      ).toBe('tls')
      expect(await reason(ask.openSocket('127.0.0.1', home.port, { tls: true }))).toBe('tls')
      expect(home.said.requests).toBe(0)
    },
  )

  test('TLS 1.1 is refused, and a server that speaks no TLS is a tls fault', async () => {
    const old = await secure('good', {
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    })
    expect(await reason(trusting(old.pair).fetch(`https://${old.pair}/`))).toBe('tls')
    const plain = await site((_, response) => response.end())
    expect(await reason(egress({ allow: [plain.pair] }).fetch(`https://${plain.pair}/`))).toBe('tls')
  })

  test('H10 a mail server gets a checked socket, plain or encrypted', async () => {
    const smtp = await bind(
      net.createServer((socket) => socket.on('error', () => undefined).end('220 mail.example ESMTP\r\n')),
    )
    const imaps = await bind(
      tls.createServer({ key: pem('good.key'), cert: pem('good.pem') }, (socket) =>
        socket.on('error', () => undefined).end('* OK\r\n'),
      ),
    )
    const door = egress({
      allow: [],
      allowSockets: [`127.0.0.1:${smtp}`, `127.0.0.1:${imaps}`],
      extraCa: new Map([[`127.0.0.1:${imaps}`, pem('ca.pem')]]),
    })
    const hear = async (socket: net.Socket) => String(Buffer.concat(await socket.toArray()))
    expect(await hear(await door.openSocket('127.0.0.1', smtp, { tls: false }))).toBe(
      '220 mail.example ESMTP\r\n',
    )
    expect(await hear(await door.openSocket('127.0.0.1', imaps, { tls: true }))).toBe('* OK\r\n')
    expect(door.tlsOptions('127.0.0.1', imaps)).toMatchObject({
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    })
    // The operator's mail server is no web address for the people of this server.
    expect(await reason(door.fetch(`http://127.0.0.1:${smtp}/`))).toBe('refused-address')
  })
})

async function gzipOf(size: number): Promise<Buffer> {
  const block = Buffer.alloc(1_000_000)
  const blocks = Readable.from(
    (function* () {
      for (let left = size; left > 0; left -= block.length) yield block
    })(),
  )
  return Buffer.concat(await blocks.pipe(createGzip({ level: 9 })).toArray())
}

/** The highest resident size seen while `work` ran, above where it began. */
async function memoryRise(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss()
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return Math.max(peak, process.memoryUsage.rss()) - before
}
