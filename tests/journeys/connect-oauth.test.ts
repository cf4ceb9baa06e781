import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '#core/time/model.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { readHostCalendars } from '#server/calendars/busy.ts'
import { aColleague, aBrowser, signedInAs } from '#tests/house.ts'
import { ask } from '#tests/connected.ts'
import { aWorkspace } from '#tests/database.ts'
import { anOAuthWorld, ME, OAUTH, OTHER, type OAuthWorld } from '#tests/oauth-world.ts'

let world: OAuthWorld
let clock = 0
beforeAll(async () => {
  world = await anOAuthWorld({ now: () => Date.now() + clock })
})
afterAll(() => world.stop())

/** A clean slate for one test: a new workspace with Giulia in it, on the same servers. */
async function giulia(options: { locale?: 'en' | 'it' } = {}) {
  const who = await aWorkspace(world.deps, options)
  const browser = await signedInAs(world.deps, world.app, who)
  return {
    ...world,
    ...who,
    browser,
    trip: (provider: 'google' | 'microsoft', person?: Parameters<OAuthWorld['trip']>[1], more?: object) =>
      world.trip(provider, person, more, browser),
    begin: (provider: 'google' | 'microsoft', more?: object) => world.begin(provider, more, browser),
    connections: () => world.connections(browser),
    land: (token: string | null) => world.land(token, browser),
    comeBack: (back: URL, headers?: Record<string, string>) => world.comeBack(back, browser, headers),
  }
}

test.each(OAUTH)(
  'S-036 S-037 S-038 S-039 S-040 %s: there and back leads to the meetings dashboard, with its calendars to choose',
  async (provider) => {
    const s = await giulia()
    const back = await s.trip(provider)
    expect(back).toMatchObject({ status: 303, path: '/meetings', landing: null })
    const [connection, ...more] = await s.connections()
    expect(more).toEqual([])
    expect(connection).toMatchObject({
      id: back.connected,
      provider,
      account: ME[provider],
      state: 'connected',
      reason: null,
      mailbox: true,
      roles: ['busy', 'bookings', 'crm', 'mail'],
      legacy: null,
      calendarEnded: false,
      push: 'polling',
    })
    expect(connection!.calendars.filter(({ destination, primary }) => destination && primary)).toHaveLength(1)
    for (const { id } of connection!.calendars)
      await syncCalendar.run(s.deps, { workspaceId: s.workspaceId, calendarId: id })
    const known = await s.deps.db.inWorkspace(s.workspaceId, (tx) =>
      readHostCalendars(tx, [s.userId], s.deps.now()),
    )
    expect(known.get(s.userId)).toMatchObject({ usable: 'yes' })
    const [read] = await s.connections()
    expect(read!.calendars.find(({ destination }) => destination)).toMatchObject({ health: 'fine' })
  },
)

test.each(OAUTH)(
  'I6 %s: what opens the account stands in the database only sealed, and nothing of it in an answer',
  async (provider) => {
    const s = await giulia()
    await s.trip(provider)
    const rows = JSON.stringify([
      await ask(s.deps, s.workspaceId, 'select * from connections'),
      await ask(s.deps, s.workspaceId, 'select * from oauth_states'),
      await ask(s.deps, s.workspaceId, 'select * from oauth_landings'),
    ])
    const [row] = await ask<Record<'sealed_secret' | 'sealed_refresh' | 'connection_id', string>>(
      s.deps,
      s.workspaceId,
      'select * from connections',
    )
    const open = (field: 'secret' | 'refresh') =>
      s.deps.secrets.unseal(row![`sealed_${field}`], {
        table: 'connections',
        row: row!.connection_id,
        workspaceId: s.workspaceId,
        field,
      })
    for (const field of ['secret', 'refresh'] as const) {
      expect(open(field).length).toBeGreaterThan(10)
      expect(rows).not.toContain(open(field))
      expect(JSON.stringify(await s.connections())).not.toContain(open(field))
    }
    expect(() =>
      s.deps.secrets.unseal(row!.sealed_secret, {
        table: 'connections',
        row: row!.connection_id,
        workspaceId: s.workspaceId,
        field: 'refresh',
      }),
    ).toThrow()
  },
)

test.each(OAUTH)(
  'S-070 S-071 S-072 S-073 S-074 S-075 %s: what was read before leaving is kept word for word, with what was allowed',
  async (provider) => {
    const s = await giulia()
    const disclosure = await s.browser.get<{
      version: string
      lines: { key: string; text: string }[]
      scopes: { scope: string; why: string }[]
    }>(`/connections/disclosure?provider=${provider}&mail=true`)
    expect(disclosure.body.lines.map(({ key }) => key)).toEqual(['read', 'write', 'match', 'mail', 'keys'])
    const back = await s.trip(provider, undefined, { textVersion: disclosure.body.version })
    const receipt = await s.browser.get<Record<string, unknown>>(`/connections/${back.connected}/consent`)
    expect(receipt.body).toMatchObject({
      who: 'Giulia Ferri',
      provider,
      account: ME[provider],
      textVersion: disclosure.body.version,
      locale: 'en',
      lines: disclosure.body.lines.map(({ text }) => text),
      refused: [],
      mail: true,
    })
    const file = await s.browser.get(`/connections/${back.connected}/consent.json`)
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="ritrovo-consent.json"')
    expect(file.body).toEqual(receipt.body)
    // What is asked at the provider is what the disclosure names, and nothing more.
    const asked = new URL((await s.begin(provider, { as: 'replace', mail: true })).body.url).searchParams
      .get('scope')!
      .split(' ')
    expect(asked).toEqual(disclosure.body.scopes.map(({ scope }) => scope))
    const stranger = await signedInAs(s.deps, s.app, await aWorkspace(s.deps))
    expect((await stranger.get(`/connections/${back.connected}/consent`)).status).toBe(404)
  },
)

test.each(OAUTH)('S-023 %s: whoever opts out of the mailbox is not asked for it', async (provider) => {
  const s = await giulia()
  const { body } = await s.begin(provider, { mail: false })
  expect(new URL(body.url).searchParams.get('scope')).not.toMatch(/gmail|Mail\.Send/)
  await s.trip(provider, undefined, { mail: false })
  expect(await s.connections()).toMatchObject([{ mailbox: false, state: 'connected' }])
})

test.each(OAUTH)(
  'S-025 the way there is guarded: PKCE, nonce, offline, the expected account, and the chooser where none is expected: %s',
  async (provider) => {
    const s = await giulia()
    const url = new URL((await s.begin(provider)).body.url)
    const query = Object.fromEntries(url.searchParams)
    expect(query).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `http://localhost:3000/oauth/${provider}/callback`,
    })
    expect(query['prompt']).toContain('select_account')
    expect(
      [query['state']!.length, query['nonce']!.length, query['code_challenge']!.length].every(
        (length) => length >= 43,
      ),
    ).toBe(true)
    if (provider === 'google')
      expect(query).toMatchObject({ access_type: 'offline', prompt: 'consent select_account' })
    else expect(query['scope']).toContain('offline_access')
    const hinted = new URL((await s.begin(provider, { loginHint: ME[provider] })).body.url)
    expect(hinted.searchParams.get('login_hint')).toBe(ME[provider])
    expect(hinted.searchParams.get('prompt') ?? '').not.toContain('select_account')
  },
)

test.each(OAUTH)(
  'F01 %s: the address somebody is sent back to is worth nothing in another browser',
  async (provider) => {
    const s = await giulia()
    const back = await s.walk((await s.begin(provider)).body.url, { email: ME[provider] })
    const victim = await signedInAs(s.deps, s.app, s)
    expect(await world.comeBack(back, victim)).toMatchObject({ status: 400, location: null })
    expect(await world.comeBack(back, aBrowser(s.app))).toMatchObject({ status: 400, location: null })
    const colleague = await signedInAs(s.deps, s.app, await aColleague(s.deps, s.workspaceId))
    expect(await world.comeBack(back, colleague)).toMatchObject({ status: 400 })
    expect(await s.connections()).toEqual([])
    // The one it belongs to still comes through: a stranger's try has spent nothing.
    expect((await s.comeBack(back)).location).toMatch(/^\/meetings\?connected=/)
  },
)

test.each(OAUTH)(
  'F02 %s: a state that we did not make leads nowhere, least of all to an address it names',
  async (provider) => {
    const s = await giulia()
    for (const state of [
      '',
      '{"onErrorReturnTo":"https://evil.example"}',
      'x'.repeat(5000),
      Buffer.alloc(40).toString('base64url'),
    ]) {
      const back = new URL(`http://localhost:3000/oauth/${provider}/callback`)
      back.search = new URLSearchParams({ state, error: 'access_denied', code: 'x' }).toString()
      const answer = await s.comeBack(back)
      expect(answer).toMatchObject({ status: 400, location: null })
      expect(answer.body).not.toContain('evil')
    }
    expect((await s.app.request(`/oauth/exchange/callback?state=x`)).status).toBe(400)
  },
)

test.each(OAUTH)('F03 %s: a code is used once, and only by whoever asked for it', async (provider) => {
  const s = await giulia()
  const mine = await s.walk((await s.begin(provider)).body.url, { email: ME[provider] })
  const other = await giulia()
  const theirs = await other.walk((await other.begin(provider)).body.url, { email: OTHER[provider] })
  // Codes swapped between two sessions: the verifier does not fit (PKCE).
  const swapped = new URL(mine)
  swapped.searchParams.set('code', theirs.searchParams.get('code')!)
  const landing = await s.comeBack(swapped)
  expect((await s.land(new URL(landing.location!, 'http://x').searchParams.get('landing'))).code).toBe(
    'CAL-UNREACHABLE',
  )
  expect((await s.comeBack(mine)).status).toBe(400)
  expect(await s.connections()).toEqual([])
  expect((await s.trip(provider)).connected).not.toBeNull()
})

test.each(OAUTH)('a trip takes ten minutes at most, then nothing is connected (%s)', async (provider) => {
  const s = await giulia()
  const { body } = await s.begin(provider)
  clock += 11 * MINUTE
  try {
    const back = await s.walk(body.url, { email: ME[provider] })
    const { location } = await s.comeBack(back)
    expect(await s.land(new URL(location!, 'http://x').searchParams.get('landing'))).toMatchObject({
      code: 'CAL-CANCELLED',
      text: 'Nothing was connected.',
      ways: ['again'],
    })
  } finally {
    clock = 0
  }
})

test.each(OAUTH)(
  'CAL-CANCELLED %s: whoever says no at the provider comes back to a way on',
  async (provider) => {
    const s = await giulia({ locale: 'it' })
    const undecided = { email: `undecided@${provider}.test`, name: 'Undecided' }
    s.practice[provider].store.addUser(undecided)
    const { landing, path } = await s.trip(provider, { email: undecided.email, answer: 'no' })
    expect(path).toBe('/meetings')
    expect(await s.land(landing)).toMatchObject({
      code: 'CAL-CANCELLED',
      text: 'Non è stato collegato nulla.',
      ways: ['again'],
    })
    expect(await s.connections()).toEqual([])
  },
)

const EVENTS = 'https://www.googleapis.com/auth/calendar.events'

test('CAL-PARTIAL-SCOPE C16 a box left off at Google is named with what it is good for, and asked for alone', async () => {
  const s = await giulia()
  const { landing } = await s.trip('google', { email: ME.google, untick: [EVENTS] })
  expect(await s.land(landing)).toMatchObject({
    code: 'CAL-PARTIAL-SCOPE',
    text: 'The “View and edit events” box was left off, so we cannot read and write your meetings.',
    ways: ['scope-only', 'again'],
  })
  expect(await s.connections()).toEqual([])
  const begun = await s.begin('google', { purpose: 'scopes', landing })
  const query = new URL(begun.body.url).searchParams
  expect(query.get('scope')).toBe(`openid email ${EVENTS}`)
  expect(query.get('include_granted_scopes')).toBe('true')
  expect(query.get('login_hint')).toBe(ME.google)
  const { location } = await s.comeBack(await s.walk(begun.body.url, { email: ME.google }))
  expect(location).toMatch(/connected=/)
  expect(await s.connections()).toMatchObject([{ state: 'connected', mailbox: true }])
})

test('C16 the mail box left off: the calendar stands, the mailbox is not linked, and the receipt says so', async () => {
  const s = await giulia()
  const mail = 'https://www.googleapis.com/auth/gmail.send'
  const { connected, without } = await s.trip('google', { email: ME.google, untick: [mail] })
  expect(without).toBe('mail')
  expect(await s.connections()).toMatchObject([{ id: connected, mailbox: false, state: 'connected' }])
  expect((await s.browser.get(`/connections/${connected}/consent`)).body).toMatchObject({
    refused: [mail],
    mail: false,
  })
})

test('C16 without a refresh token nothing is called connected', async () => {
  const s = await giulia()
  const asked = new URL((await s.begin('google')).body.url)
  // As Google answers whoever asks a second time without `consent`, or not for offline access.
  asked.searchParams.delete('access_type')
  const { location } = await s.comeBack(await s.walk(asked.href, { email: ME.google }))
  const landing = await s.land(new URL(location!, 'http://x').searchParams.get('landing'))
  expect(landing).toMatchObject({ code: 'CAL-PARTIAL-SCOPE', ways: ['again'] })
  expect(landing.text).toBe(
    'The “Access while you are away” box was left off, so we cannot keep your calendar up to date.',
  )
  expect(await s.connections()).toEqual([])
})

test.each(OAUTH)(
  'CAL-WRONG-ACCOUNT %s: another account than expected waits for its person’s word',
  async (provider) => {
    const s = await giulia()
    const expected = provider === 'google' ? 'expected@gmail.test' : ME.microsoft
    const { landing } = await s.trip(provider, { email: OTHER[provider] }, { loginHint: expected })
    expect(await s.land(landing)).toMatchObject({
      code: 'CAL-WRONG-ACCOUNT',
      text: `You came back as ${OTHER[provider]}, not ${expected}.`,
      detail: { a: expected, b: OTHER[provider] },
      ways: ['use', 'again'],
    })
    expect(await s.connections()).toEqual([])
    const used = await s.browser.post<{ account: string; state: string }>(
      `/connections/landings/${landing}/use`,
    )
    expect(used).toMatchObject({ status: 201, body: { account: OTHER[provider], state: 'connected' } })
    expect((await s.browser.post(`/connections/landings/${landing}/use`)).status).toBe(404)
  },
)

test.each(OAUTH)(
  'CAL-SECOND S-014 %s: one account at a time; another takes its place only when somebody says so',
  async (provider) => {
    const s = await giulia()
    const first = await s.trip(provider)
    const refused = await s.begin(provider)
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'CAL-SECOND', account: ME[provider], connectionId: first.connected, mayAdd: false },
    })
    expect(refused.body.detail).toBe(
      `You already have ${ME[provider]}. Replace it or add the new account only to check conflicts?`,
    )
    expect((await s.begin(provider, { as: 'add' })).status).toBe(409)
    const second = await s.trip(provider, { email: OTHER[provider] }, { as: 'replace' })
    expect(second.connected).not.toBe(first.connected)
    expect(await s.connections()).toMatchObject([{ id: second.connected, account: OTHER[provider] }])
    expect(
      await ask(
        s.deps,
        s.workspaceId,
        `select state, sealed_secret, sealed_refresh from connections where connection_id = '${first.connected}'`,
      ),
    ).toEqual([{ state: 'disconnected', sealed_secret: null, sealed_refresh: null }])
  },
)

test('CAL-SECOND another account connected while somebody was at their provider: asked, not overwritten', async () => {
  const s = await giulia()
  const back = await s.walk((await s.begin('google')).body.url, { email: ME.google })
  const { connected } = await s.trip('microsoft')
  const { location } = await s.comeBack(back)
  const token = new URL(location!, 'http://x').searchParams.get('landing')
  expect(await s.land(token)).toMatchObject({
    code: 'CAL-SECOND',
    text: `You already have ${ME.microsoft}. Replace it or add ${ME.google} only to check conflicts?`,
    ways: ['replace'],
  })
  expect(await s.connections()).toMatchObject([{ id: connected }])
  expect(await s.browser.post(`/connections/landings/${token}/use`, { as: 'replace' })).toMatchObject({
    status: 201,
    body: { account: ME.google },
  })
  expect(await s.connections()).toMatchObject([{ account: ME.google }])
})

test.each(OAUTH)(
  'the same account once more is no second one: its grant is renewed, its choices stay (%s)',
  async (provider) => {
    const s = await giulia()
    const { connected } = await s.trip(provider)
    const back = await s.trip(provider, { email: ME[provider] }, { as: 'replace' })
    expect(back.connected).toBe(connected)
    expect(await s.connections()).toHaveLength(1)
  },
)

test.each(OAUTH)(
  'CAL-ALREADY-USED I18 %s: an account serves one person, whoever asks first',
  async (provider) => {
    const s = await giulia()
    await s.trip(provider)
    const luca = await signedInAs(s.deps, s.app, await aColleague(s.deps, s.workspaceId))
    const { landing } = await world.trip(provider, { email: ME[provider] }, {}, luca)
    expect(await world.land(landing, luca)).toMatchObject({
      code: 'CAL-ALREADY-USED',
      text: `${ME[provider]} è già collegata da Giulia Ferri.`,
      ways: ['other'],
    })
    expect(await s.connections()).toHaveLength(1)
    // In another workspace it is nobody's business.
    const elsewhere = await giulia()
    expect((await elsewhere.trip(provider)).connected).not.toBeNull()
  },
)

test.each(OAUTH)(
  'S-015 CAL-NO-PERMISSION %s: without access to a personal mailbox nothing begins, and what was begun does not end',
  async (provider) => {
    const s = await giulia()
    const back = await s.walk((await s.begin(provider)).body.url, { email: ME[provider] })
    await ask(s.deps, s.workspaceId, `update roles set built_in = null, permissions = '{}'`)
    expect(await s.begin(provider)).toMatchObject({
      status: 403,
      body: { code: 'CAL-NO-PERMISSION', detail: 'Your role cannot connect a personal mailbox.' },
    })
    const { location } = await s.comeBack(back)
    expect((await s.land(new URL(location!, 'http://x').searchParams.get('landing'))).code).toBe(
      'CAL-NO-PERMISSION',
    )
    expect(await ask(s.deps, s.workspaceId, 'select 1 from connections')).toEqual([])
  },
)

test.each(OAUTH)(
  'S-021 S-022 S-026 CAL-SHARED-INBOX %s: a team’s inbox is refused before leaving and after coming back',
  async (provider) => {
    const s = await giulia()
    expect(
      (
        await s.browser.post('/shared-inboxes', {
          address: ME[provider].toUpperCase(),
          provider,
          name: 'Team',
          members: [s.userId],
        })
      ).status,
    ).toBe(201)
    expect(await s.begin(provider, { loginHint: ME[provider] })).toMatchObject({
      status: 409,
      body: {
        code: 'CAL-SHARED-INBOX',
        detail: 'This is a team inbox. Only a personal mailbox can have a calendar here.',
      },
    })
    const { landing } = await s.trip(provider)
    expect(await s.land(landing)).toMatchObject({ code: 'CAL-SHARED-INBOX', ways: ['other'] })
    expect(await s.connections()).toEqual([])
    expect((await s.trip(provider, { email: OTHER[provider] })).connected).not.toBeNull()
  },
)

test('CAL-NO-MAILBOX an account without a calendar at Microsoft is not connected', async () => {
  const s = await giulia()
  s.microsoft.store.addUser({ email: 'bare@contoso.test', name: 'Bare', mailbox: false })
  const { landing } = await s.trip('microsoft', { email: 'bare@contoso.test' })
  expect(await s.land(landing)).toMatchObject({
    code: 'CAL-NO-MAILBOX',
    text: 'This account has no calendar with Microsoft.',
    ways: ['other'],
  })
  expect(await s.connections()).toEqual([])
})

test('CAL-ADMIN-CONSENT an organization that wants its administrator’s yes: a message to copy, with the link for it', async () => {
  const s = await giulia()
  s.microsoft.store.addTenant({ domain: 'strict.test', admin: 'approval' })
  s.microsoft.store.addUser({ email: 'anna@strict.test', name: 'Anna' })
  const { landing } = await s.trip('microsoft', { email: 'anna@strict.test', approval: true })
  const landed = await s.land(landing)
  expect(landed).toMatchObject({
    code: 'CAL-ADMIN-CONSENT',
    text: 'Your organisation wants an administrator to approve.',
  })
  const url = new URL(landed.detail['approvalUrl']!)
  expect(url.pathname).toMatch(/\/v2\.0\/adminconsent$/)
  expect(url.searchParams.get('client_id')).toBe(s.microsoft.clientId)
  expect(landed.detail['message']).toContain(url.href)
})

test.each(OAUTH)(
  'CAL-NOT-CONFIGURED %s: without a client nothing begins; a wrong secret is told to people the same way',
  async (provider) => {
    const s = await giulia()
    const name = provider === 'google' ? 'Google' : 'Microsoft'
    const client = { clientId: s.practice[provider].clientId, clientSecret: 'not-the-secret', testing: false }
    expect((await s.browser.put(`/provider-apps/${provider}`, client)).status).toBe(200)
    const { landing } = await s.trip(provider)
    expect(await s.land(landing)).toMatchObject({
      code: 'CAL-NOT-CONFIGURED',
      text: `${name} is not set up on this server yet.`,
      ways: [],
    })
    expect((await s.browser.delete(`/provider-apps/${provider}`)).status).toBe(204)
    const bare = { ...s.deps, config: { ...s.deps.config, googleClientId: null, microsoftClientId: null } }
    const { createApp } = await import('#server/app.ts')
    const browser = await signedInAs(bare, createApp(bare), s)
    expect(
      await browser.post('/connections/oauth', { provider, mail: true, textVersion: 'x', locale: 'en' }),
    ).toMatchObject({ status: 409, body: { code: 'CAL-NOT-CONFIGURED' } })
    expect(
      (await browser.get<{ providers: { name: string; state: string }[] }>('/connections/offers')).body
        .providers,
    ).toContainEqual({ name: provider, state: 'not-configured', testing: false })
  },
)

test.each(OAUTH)(
  'F04 %s: an address proves nothing: who somebody is, their provider signs with issuer and subject',
  async (provider) => {
    const s = await giulia()
    await s.trip(provider)
    const [row] = await ask<{ issuer: string; subject: string; account: string }>(
      s.deps,
      s.workspaceId,
      'select issuer, subject, account from connections',
    )
    expect(row!.subject).not.toContain('@')
    // Somebody else with the same address under another subject is another account: the colleague's does not become Giulia's.
    const luca = await aColleague(s.deps, s.workspaceId)
    await ask(s.deps, s.workspaceId, `update connections set subject = 'somebody-else'`)
    const theirs = await signedInAs(s.deps, s.app, luca)
    expect((await world.trip(provider, { email: ME[provider] }, {}, theirs)).connected).not.toBeNull()
    expect(
      await ask(s.deps, s.workspaceId, 'select user_id, subject from connections order by created_at'),
    ).toEqual([
      { user_id: s.userId, subject: 'somebody-else' },
      { user_id: luca.userId, subject: row!.subject },
    ])
  },
)

test.each(OAUTH)(
  'B28 S-110 %s: reconnecting with another account is refused; taken on purpose, it comes as a new one',
  async (provider) => {
    const s = await giulia()
    const { connected } = await s.trip(provider)
    await ask(s.deps, s.workspaceId, `update connections set state = 'broken', reason = 'signed-out'`)
    const again = { purpose: 'reconnect', connectionId: connected }
    const elsewhere = async () => {
      const asked = new URL((await s.begin(provider, again)).body.url)
      // At the provider's own page somebody may always choose another account.
      asked.searchParams.delete('login_hint')
      asked.searchParams.set('prompt', 'consent select_account'.slice(provider === 'google' ? 0 : 8))
      const { location } = await s.comeBack(await s.walk(asked.href, { email: OTHER[provider] }))
      return new URL(location!, 'http://x').searchParams.get('landing')
    }
    expect(await s.land(await elsewhere())).toMatchObject({
      code: 'CAL-WRONG-ACCOUNT',
      detail: { a: ME[provider], b: OTHER[provider] },
    })
    expect(await s.connections()).toMatchObject([{ id: connected, state: 'broken', account: ME[provider] }])
    expect((await s.trip(provider, { email: ME[provider] }, again)).connected).toBe(connected)
    expect(await s.connections()).toMatchObject([{ id: connected, state: 'connected', reason: null }])
    await ask(s.deps, s.workspaceId, `update connections set state = 'broken', reason = 'signed-out'`)
    const taken = await s.browser.post<{ id: string; account: string }>(
      `/connections/landings/${await elsewhere()}/use`,
    )
    expect(taken).toMatchObject({ status: 201, body: { account: OTHER[provider] } })
    expect(taken.body.id).not.toBe(connected)
    expect(await s.connections()).toHaveLength(1)
  },
)

test.each(OAUTH)('a provider that does not answer connects nothing, and says so (%s)', async (provider) => {
  const s = await giulia()
  const back = await s.walk((await s.begin(provider)).body.url, { email: ME[provider] })
  s.practice[provider].faults.next({
    match: { method: 'GET', path: /calendarList|\/me\/calendars/ },
    status: 503,
    body: 'down',
    times: 9,
  })
  const { location } = await s.comeBack(back)
  s.practice[provider].faults.clear()
  const landing = await s.land(new URL(location!, 'http://x').searchParams.get('landing'))
  expect(landing).toMatchObject({ code: 'CAL-UNREACHABLE', ways: ['again'] })
  expect(await s.connections()).toEqual([])
})

test('Google’s seven days: a grant of an app in “Testing” carries its end', async () => {
  const s = await giulia()
  s.google.store.addUser({ email: 'tester@gmail.test', name: 'Tester', testing: true })
  await s.trip('google', { email: 'tester@gmail.test' })
  const [connection] = await s.connections()
  expect(Math.abs(connection!.diesAt! - (s.deps.now() + 7 * DAY))).toBeLessThan(MINUTE)
  expect(
    (
      await s.browser.put('/provider-apps/google', {
        clientId: s.google.clientId,
        clientSecret: s.google.clientSecret,
        testing: true,
      })
    ).status,
  ).toBe(200)
  const { body } = await s.browser.get<{ lines: { key: string; text: string }[] }>(
    '/connections/disclosure?provider=google&mail=true',
  )
  expect(body.lines.map(({ key }) => key)).toEqual(expect.arrayContaining(['unverified', 'seven-days']))
})
