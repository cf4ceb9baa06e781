import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Unreachable } from '#server/providers/provider.ts'
import { createLog, type Log } from './log.ts'
import { cleanText } from './redact.ts'
import { Secret } from './secret.ts'
import { newToken, openSecrets } from './secrets.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// oxlint-disable-next-line no-control-regex
const MOVES_THE_CURSOR = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800]/

/** What a log wrote, as one text. */
function written(use: (log: Log) => void, readable = false): string {
  let text = ''
  use(createLog({ level: 'trace', readable, destination: { write: (line: string) => void (text += line) } }))
  return text
}
const entry = (use: (log: Log) => void) => JSON.parse(written(use)) as Record<string, unknown>

test('an entry is one line of JSON with its level, time, words and fields', () => {
  expect(
    entry((log) =>
      log
        .child({ task: 'calendars.sync' })
        .warn({ events: 3, err: new Unreachable('nas.lan:5232 did not answer in time', 'timeout') }, 'late'),
    ),
  ).toMatchObject({
    level: 'warn',
    time: expect.stringMatching(/^20\d\d-/),
    msg: 'late',
    task: 'calendars.sync',
    events: 3,
    err: {
      type: 'Unreachable',
      reason: 'timeout',
      message: 'nas.lan:5232 did not answer in time',
      stack: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
    },
  })
})

test('for eyes it is a line of words, and the stack below', () => {
  const text = written((log) => log.error({ port: 3000, err: new Error('boom') }, 'it failed'), true)
  expect(text).toMatch(
    /^\d\d:\d\d:\d\d error it failed {2}port=3000 {2}err=\{"type":"Error","message":"boom"\}\n {6}at .*log\.test\.ts/,
  )
})

test('levels are kept, and silent is silent', () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const log = createLog({ level: 'warn', readable: false, destination })
  log.info('no')
  log.warn('yes')
  createLog({ level: 'silent', destination }).error('no')
  createLog({ level: 'silent', destination }).notice('no')
  expect(lines).toHaveLength(1)
})

test('a notice reaches the console as it is', () => {
  const link = `Open http://localhost:3000/setup?k=${newToken(randomUUID()).token} to begin.`
  expect(written((log) => log.notice(link), true)).toBe(`${link}\n`)
  expect(JSON.parse(written((log) => log.notice(link)))).toMatchObject({ level: 'notice', msg: link })
})

describe('J10 five hundred canaries, none comes out', () => {
  // Each place a secret or a person's word has been seen to hide, with the canary in it.
  const token = () => newToken(randomUUID()).token
  const PLACES: ((canary: string) => unknown)[] = [
    (c) => ({ password: c }),
    (c) => ({ user: { Password: c, passwd: c, new_password: c } }),
    (c) => ({ apiKey: c, 'x-api-key': c, api_key: c }),
    (c) => ({ accessToken: c, refresh_token: c, id_token: c }),
    (c) => ({ client_secret: c, sealedSecret: c, sealed_token: c }),
    (c) => ({
      headers: { authorization: `Basic ${c}`, cookie: `ritrovo=${c}`, 'set-cookie': [`ritrovo=${c}`] },
    }),
    (c) => ({ request: { init: { headers: new Headers({ authorization: c }) } } }),
    (c) => ({ pair: new Map([['token', c]]) }),
    (c) => ({ secret: new Secret(c), other: new Secret(c), list: [new Secret(c)] }),
    (c) => ({ a: { b: { c: { d: { password: c } } } } }),
    (c) => ({ a: { b: { c: { d: { e: { f: { g: { h: c } } } } } } } }),
    (c) => ({ list: [{ token: c }, [{ secret: c }]] }),
    (c) => ({ bytes: Buffer.from(c), view: new TextEncoder().encode(c) }),
    (c) => ({
      email: c,
      name: c,
      phone: c,
      attendees: [c],
      guests: [{ email: c }],
      answers: { 'q-1': c },
      notes: c,
      note: c,
      subject: c,
      title: c,
      description: c,
      body: c,
      html: c,
      to: c,
      recipient: c,
    }),
    (c) => ({ k: c, key: c, code: c, session: c }),
    (c) => ({ url: `https://meet.example/b/${c}` }),
    (c) => ({ url: `/b/${c}/cancel` }),
    (c) => ({ url: `http://localhost:3000/setup?k=${c}` }),
    (c) => ({ path: `/giulia/intro?week=2026-01-01&token=${c}&name=${c}` }),
    (c) => ({ link: `https://meet.example/invite/${c}#x` }),
    (c) => ({ url: new URL(`https://u:${c}@dav.example/x?sig=${c}`) }),
    (c) => ({ database: `postgres://ritrovo:${c}@db:5432/ritrovo` }),
    (c) => ({ database: `postgres://ritrovo:p@ss/${c}@db:5432/ritrovo` }),
    (c) => ({ smtp: `smtps://apikey:${c}@mail.example` }),
    (c) => `connecting with Authorization: Basic ${c}`,
    (c) => `Bearer ${c} was refused`,
    (c) => `password=${c}; token: ${c}`,
    (c) => `{"password":"${c}","refresh_token": "${c}"}`,
    (c) => JSON.stringify(JSON.stringify({ password: c })),
    (c) => `GET /b/${c} 200`,
    (c) => `cookie: ritrovo=${c}`,
    (c) => `?token=${c}`,
    (c) => `https://x.example/cb?code=${c}&state=${c}`,
    (c) => new Error(`login failed for password=${c}`),
    (c) => new Error('x', { cause: new Error(`https://u:${c}@h.example/`) }),
    (c) => ({
      err: Object.assign(new Error('duplicate key'), {
        code: '23505',
        detail: `Key (email_key)=(${c}) already exists.`,
        parameters: [c],
        where: c,
        config: { auth: { pass: c } },
        response: { body: c },
      }),
    }),
    (c) => new AggregateError([new Error(`token=${c}`)], 'all failed'),
    (c) => {
      const e = new Error('x')
      e.stack = `Error: password=${c}\n${c}\n    at /b/${c} (x.ts:1:1)`
      return e
    },
    (c) => {
      const ring: Record<string, unknown> = { password: c }
      ring['self'] = ring
      return ring
    },
    (c) => Object.assign(Object.create({ inherited: c }), { toJSON: () => c, token: c }),
    (c) => ({ toString: () => c, [Symbol('x')]: c, fn: () => c }),
    (c) => `giulia.${c}@example.com wrote`,
    (c) => ({ said: `<${c}@mail.example.org>` }),
  ]
  const canaries = Array.from({ length: 12 }, (_, at) => `canary${at}X${randomUUID().slice(0, 8)}`)

  test.each([false, true])('in fields, words, errors and addresses (readable: %s)', (readable) => {
    let planted = 0
    const text = written((log) => {
      for (const canary of canaries)
        for (const place of PLACES) {
          const said = place(canary)
          planted++
          if (typeof said === 'string') {
            log.info(said)
            log.info({ note: 1, line: said }, said)
          } else {
            log.error(said as object, 'failed')
            log.child(said as object).debug({ again: said }, 'again')
          }
        }
    }, readable)
    expect(planted).toBeGreaterThan(500)
    expect(text).not.toContain('canary')
  })

  test('real tokens and sealed values are hidden wherever they stand, with no name beside them', () => {
    const data = mkdtempSync(join(tmpdir(), 'ritrovo-log-'))
    const sealed = openSecrets({ data, masterKeyFile: null }).seal('x', {
      table: 't',
      row: 'r',
      workspaceId: 'w',
    })
    rmSync(data, { recursive: true })
    const link = token()
    const text = written((log) =>
      log.info({ seen: link, list: [sealed], deep: { path: `/x/${link}/y` } }, `found ${link} and ${sealed}`),
    )
    expect(text).not.toContain(link.slice(10, 40))
    expect(text).not.toContain(sealed.slice(14, 40))
  })

  test('a Secret is shown as one', () => {
    expect(entry((log) => log.info({ mail: { server: new Secret('canary') } }))).toMatchObject({
      mail: { server: '[secret]' },
    })
  })

  test('a token cut by the size cap is not half shown', () => {
    const link = token()
    for (let before = 1940; before < 2000; before++)
      expect(cleanText(`${'word '.repeat(400).slice(0, before - 1)} ${link}`)).not.toContain(
        link.slice(0, 12),
      )
  })

  test('what helps to find a fault stays', () => {
    const id = randomUUID()
    expect(
      entry((log) =>
        log.warn(
          {
            request: id,
            task: 'mail.send',
            path: '/api/v1/pages/:id',
            attempts: 3,
            host: 'nas.lan:5232',
            err: Object.assign(new Error('duplicate key value violates unique constraint "slug"'), {
              code: '23505',
              constraint: 'slug',
            }),
          },
          'job failed',
        ),
      ),
    ).toMatchObject({
      request: id,
      task: 'mail.send',
      path: '/api/v1/pages/:id',
      attempts: 3,
      host: 'nas.lan:5232',
      msg: 'job failed',
      err: {
        code: '23505',
        constraint: 'slug',
        message: 'duplicate key value violates unique constraint "slug"',
      },
    })
  })
})

describe('S11 nobody writes a second line', () => {
  const EVIL =
    'Giulia\r\n{"level":"error","msg":"forged"}\n\u001b[2J\u001b]0;title\u0007\u009b31m\u0085\u2028\u2029\u202egnp.exe\u2066\u0000\ud800'

  test.each([false, true])(
    'line breaks, colours, terminal commands and reading direction are escaped (readable: %s)',
    (readable) => {
      const text = written((log) => {
        log.info(EVIL)
        log.info({ agent: EVIL, [EVIL]: 1, list: [EVIL] }, EVIL)
        log.child({ agent: EVIL }).info('x')
        log.notice(EVIL)
      }, readable)
      expect(text.trimEnd().split('\n')).toHaveLength(4)
      expect(text.replaceAll('\n', '')).not.toMatch(MOVES_THE_CURSOR)
      expect(text).toContain('u001b[2J')
    },
  )

  test('an entry is bounded, however much is thrown at it, and quickly', () => {
    const deep: Record<string, unknown> = {}
    for (let level = 0, at = deep; level < 5000; level++) at = at['next'] = {} as Record<string, unknown>
    const wide = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`field${at}`, 'x'.repeat(100)]),
    )
    const nasty = [
      'a'.repeat(1e6),
      '@'.repeat(1e6),
      'a@'.repeat(5e5),
      '://'.repeat(3e5),
      'password'.repeat(1e5),
      '?a='.repeat(3e5),
      'Basic '.repeat(2e5),
      '\u001b'.repeat(1e6),
    ]
    const short = nasty.map((said) => said.slice(0, 1999))
    for (const thrown of [
      deep,
      wide,
      { short },
      { list: Array.from({ length: 1e5 }, () => 'y'.repeat(1000)) },
      { lists: Array.from({ length: 50 }, () => nasty) },
      { lists: Array.from({ length: 50 }, () => Array(50).fill('word '.repeat(300))) },
      ...nasty.map((said) => ({ said })),
    ]) {
      // Processor time: the machine may be busy with others.
      const began = process.cpuUsage()
      const text = written((log) => log.info(thrown, 'much'))
      expect(text.length).toBeLessThan(64_000)
      const spent = process.cpuUsage(began)
      expect((spent.user + spent.system) / 1000).toBeLessThan(100)
    }
  })
})
