import { describe, expect, test } from 'vitest'
import { AccessRevoked, Unreachable } from '../provider.ts'
import { autodiscover } from './autodiscover.ts'
import type { LookupSrv } from './autodiscover.ts'
import { isExchangeOnline } from './cloud.ts'
import { parse, textAt } from './parse.ts'

const SETTINGS = (ews: string, more = '') =>
  `<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><User><DisplayName>Alice</DisplayName><AutoDiscoverSMTPAddress>alice@example.test</AutoDiscoverSMTPAddress></User><Account><AccountType>email</AccountType><Action>settings</Action>${more}<Protocol><Type>EXCH</Type><EwsUrl>https://inside.example.test/EWS/Exchange.asmx</EwsUrl></Protocol><Protocol><Type>EXPR</Type><EwsUrl>${ews}</EwsUrl></Protocol></Account></Response></Autodiscover>`
const ACTION = (action: string, inside: string) =>
  `<Autodiscover><Response><Account><Action>${action}</Action>${inside}</Account></Response></Autodiscover>`
const EWS = 'https://mail.example.test/EWS/Exchange.asmx'

type Told = { status?: number; text?: string; location?: string; wants?: string } | Error
type Asked = { url: string; authorization: string; body: string }

/** The world as the test draws it: what nobody described cannot be found. */
function world(sites: Record<string, Told | ((asked: Asked) => Told)>) {
  const asked: Asked[] = []
  const fetching: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    const one = {
      url: String(input),
      authorization: headers.get('authorization') ?? '',
      body: String(init?.body ?? ''),
    }
    asked.push(one)
    const site = sites[one.url] ?? new Unreachable('nobody there', 'dns')
    const told = typeof site === 'function' ? site(one) : site
    if (told instanceof Error) throw told
    const { status = told.location ? 302 : 200, text = '', location, wants } = told
    return new Response(text, {
      status,
      headers: { ...(location ? { location } : {}), ...(wants ? { 'www-authenticate': wants } : {}) },
    })
  }
  return { asker: { user: 'alice@example.test', secret: 'secret', fetch: fetching }, asked }
}
/** A site that wants the password first. */
const locked =
  (told: Told) =>
  (asked: Asked): Told =>
    asked.authorization === '' ? { status: 401, wants: 'Basic realm="x"' } : told

const ROOT = 'https://example.test/autodiscover/autodiscover.xml'
const HOST = 'https://autodiscover.example.test/autodiscover/autodiscover.xml'
const PLAIN = 'http://autodiscover.example.test/autodiscover/autodiscover.xml'
const find = (
  sites: Parameters<typeof world>[0],
  srv?: LookupSrv,
  start?: string,
  email = 'alice@example.test',
) => {
  const { asker, asked } = world(sites)
  return autodiscover(asker, email, srv, start).then((outcome) => ({ outcome, asked }))
}
const FOUND = { kind: 'found', address: EWS, mailbox: 'alice@example.test' }

describe('from a mail address to the server', () => {
  test('by the domain’s own host; the address for those outside', async () => {
    const { outcome, asked } = await find({ [ROOT]: locked({ text: SETTINGS(EWS) }) })
    expect(outcome).toEqual(FOUND)
    const request = parse(asked.at(-1)!.body)
    expect(textAt(request, 'Request', 'EMailAddress')).toBe('alice@example.test')
  })

  test.each([
    ['nobody', new Unreachable('x', 'dns')],
    ['a web site', { status: 404, text: '<html></html>' }],
    ['a web site that says yes to everything', { text: '<html></html>' }],
    ['a web site that leads elsewhere', { location: 'https://www.web-shop.example/' }],
    ['an answer without an address', { text: ACTION('settings', '<Protocol><Type>EXPR</Type></Protocol>') }],
    ['a broken one', { status: 500 }],
  ] as [string, Told][])('by the second host where the first is %s', async (_, told) => {
    expect((await find({ [ROOT]: told, [HOST]: locked({ text: SETTINGS(EWS) }) })).outcome).toEqual(FOUND)
  })

  test('H07 asked without a password, a host leads elsewhere: the person is asked first', async () => {
    const { outcome, asked } = await find({
      [PLAIN]: { location: 'https://autodiscover.hoster.example/autodiscover/autodiscover.xml' },
    })
    expect(outcome).toEqual({
      kind: 'other-host',
      host: 'autodiscover.hoster.example',
      address: 'https://autodiscover.hoster.example/autodiscover/autodiscover.xml',
      again: true,
    })
    expect(asked.some(({ url }) => url.includes('hoster'))).toBe(false)
  })

  test('credentials never go over a plain line, whoever asks for them', async () => {
    const { asked } = await find({ [PLAIN]: { status: 401, wants: 'Basic realm="x"' } })
    expect(
      asked
        .filter(({ url }) => url.startsWith('http:'))
        .every(({ authorization, body }) => authorization === '' && body === ''),
    ).toBe(true)
    const led = await find({ [HOST]: { location: 'http://autodiscover.example.test/x' } })
    expect(led.asked.filter(({ url }) => url.endsWith('/x'))).toEqual([])
  })

  test('not even where a person has confirmed one', async () => {
    const { outcome, asked } = await find({}, undefined, 'http://autodiscover.hoster.example/a.xml')
    expect([outcome, asked]).toEqual([{ kind: 'not-found' }, []])
  })

  test('a plain line may lead to a host of the same domain', async () => {
    const there = 'https://mail.example.test/autodiscover/autodiscover.xml'
    expect(
      (await find({ [PLAIN]: { location: there }, [there]: locked({ text: SETTINGS(EWS) }) })).outcome,
    ).toEqual(FOUND)
  })

  test('what DNS says is believed within the domain, and asked about beyond', async () => {
    const at =
      (name: string): LookupSrv =>
      async (asked) =>
        asked === '_autodiscover._tcp.example.test' ? [{ name, port: 443 }] : []
    const there = 'https://x.example.test/autodiscover/autodiscover.xml'
    expect((await find({ [there]: locked({ text: SETTINGS(EWS) }) }, at('x.example.test.'))).outcome).toEqual(
      FOUND,
    )
    const { outcome, asked } = await find({}, at('evil.example'))
    expect(outcome).toMatchObject({ kind: 'other-host', host: 'evil.example' })
    expect(asked.some(({ url }) => url.includes('evil'))).toBe(false)
    await expect(find({}, () => Promise.reject(new Error('no DNS')))).resolves.toMatchObject({
      outcome: { kind: 'not-found' },
    })
  })

  test('a confirmed address is asked, and its own EWS is then no stranger', async () => {
    const start = 'https://autodiscover.hoster.example/autodiscover/autodiscover.xml'
    const ews = 'https://autodiscover.hoster.example/EWS/Exchange.asmx'
    const { outcome, asked } = await find({ [start]: locked({ text: SETTINGS(ews) }) }, undefined, start)
    expect(outcome).toMatchObject({ kind: 'found', address: ews })
    expect(new Set(asked.map(({ url }) => url))).toEqual(new Set([start]))
  })
})

describe('H08 what an answer names is no more trusted than a redirect', () => {
  test('an EWS URL on another host is asked about', async () => {
    const ews = 'https://ews.hoster.example/EWS/Exchange.asmx'
    expect((await find({ [ROOT]: locked({ text: SETTINGS(ews) }) })).outcome).toEqual({
      kind: 'other-host',
      host: 'ews.hoster.example',
      address: ews,
      again: false,
    })
  })

  test('so is a redirectUrl; one without TLS, or with a password in it, leads nowhere', async () => {
    const led = (to: string) =>
      find({ [ROOT]: locked({ text: ACTION('redirectUrl', `<RedirectUrl>${to}</RedirectUrl>`) }) })
    expect((await led('https://hoster.example/a.xml')).outcome).toMatchObject({
      kind: 'other-host',
      host: 'hoster.example',
      again: true,
    })
    for (const bad of [
      'http://example.test/a.xml',
      'https://u:p@example.test/a.xml',
      'file:///etc/passwd',
      'x',
    ])
      expect((await led(bad)).outcome).toEqual({ kind: 'not-found' })
  })

  test('another mail address is handed back', async () => {
    const text = ACTION('redirectAddr', '<RedirectAddr>alice@sister.example</RedirectAddr>')
    expect((await find({ [ROOT]: locked({ text }) })).outcome).toEqual({
      kind: 'other-address',
      email: 'alice@sister.example',
    })
  })

  test('a circle ends', async () => {
    const other = 'https://a.example.test/autodiscover/autodiscover.xml'
    const { outcome, asked } = await find({
      [ROOT]: { location: other },
      [other]: { text: ACTION('redirectUrl', `<RedirectUrl>${ROOT}</RedirectUrl>`) },
    })
    expect(outcome).toEqual({ kind: 'not-found' })
    expect(asked.length).toBeLessThan(20)
  })

  test.each([
    '<!DOCTYPE a [<!ENTITY x "y">]><Autodiscover/>',
    '{}',
    '<Autodiscover><Response><Error><ErrorCode>500</ErrorCode></Error></Response></Autodiscover>',
  ])('V11 %s is no answer', async (text) =>
    expect((await find({ [ROOT]: { text } })).outcome).toEqual({ kind: 'not-found' }),
  )
})

describe('C29 a mailbox that lives in Microsoft 365 is known for one', () => {
  test.each([
    [
      'a redirect',
      { [HOST]: { location: 'https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml' } },
    ],
    [
      'a redirect over the plain line',
      { [PLAIN]: { location: 'https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml' } },
    ],
    [
      'its routing address',
      {
        [HOST]: locked({
          text: ACTION('redirectAddr', '<RedirectAddr>alice@tenant.mail.onmicrosoft.com</RedirectAddr>'),
        }),
      },
    ],
    [
      'its EWS URL',
      { [HOST]: locked({ text: SETTINGS('https://outlook.office365.com/EWS/Exchange.asmx') }) },
    ],
    [
      'a redirectUrl',
      {
        [HOST]: locked({
          text: ACTION('redirectUrl', '<RedirectUrl>https://autodiscover-s.office365.us/a.xml</RedirectUrl>'),
        }),
      },
    ],
  ] as [string, Parameters<typeof world>[0]][])('by %s', async (_, sites) => {
    const { outcome, asked } = await find(sites)
    expect(outcome).toEqual({ kind: 'moved-to-cloud' })
    expect(asked.every(({ url }) => new URL(url).hostname.endsWith('example.test'))).toBe(true)
  })

  test('by DNS, and by the address itself', async () => {
    const srv: LookupSrv = async () => [{ name: 'autodiscover.outlook.com', port: 443 }]
    expect((await find({}, srv)).outcome).toEqual({ kind: 'moved-to-cloud' })
    expect((await find({}, undefined, undefined, 'a@tenant.onmicrosoft.com')).outcome).toEqual({
      kind: 'moved-to-cloud',
    })
  })

  test('hosts that only sound alike are not it', () => {
    expect(['outlook.office365.com', 'outlook.com:443', 'OUTLOOK.OFFICE.COM.'].map(isExchangeOnline)).toEqual(
      [true, true, true],
    )
    expect(
      ['outlook.com.evil.example', 'myoutlook.com', 'mail.example.test', ''].map(isExchangeOnline),
    ).toEqual([false, false, false, false])
  })
})

describe('when it goes wrong', () => {
  test('a wrong password is said at once: other doors would lock the account', async () => {
    const { asker, asked } = world({
      [ROOT]: { status: 401, wants: 'Basic realm="x"' },
      [HOST]: locked({ text: SETTINGS(EWS) }),
    })
    await expect(autodiscover(asker, 'alice@example.test')).rejects.toThrow(AccessRevoked)
    expect(asked.every(({ url }) => url === ROOT)).toBe(true)
  })

  test('a certificate that proves nothing is told, a guess that nobody answers is not', async () => {
    await expect(find({ [HOST]: new Unreachable('x', 'tls') })).rejects.toMatchObject({ reason: 'tls' })
    expect((await find({})).outcome).toEqual({ kind: 'not-found' })
    expect((await find({ [PLAIN]: new Unreachable('x', 'refused-address') })).outcome).toEqual({
      kind: 'not-found',
    })
  })

  test.each(['alice', 'alice@', 'alice@localhost', 'alice@exa mple.test', '@'])(
    '%j names no domain',
    async (email) => {
      const { outcome, asked } = await find({}, undefined, undefined, email)
      expect([outcome.kind, asked]).toEqual(['not-found', []])
    },
  )
})
