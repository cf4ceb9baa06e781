import * as oidc from 'openid-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY, MINUTE } from '#core/time/model.ts'
import { startPracticeGoogle, type PracticeGoogle } from './server.ts'
import type { Walker } from './walk.ts'

const AUTH = 'https://www.googleapis.com/auth/'
const EVENTS = `${AUTH}calendar.events`
const LIST = `${AUTH}calendar.calendarlist.readonly`
const BACK = 'http://localhost:5599/oauth/google/callback'
const WHO = 'giulia@example.test'

let google: PracticeGoogle
let config: oidc.Configuration
const discover = (method?: oidc.ClientAuth) =>
  oidc.discovery(new URL(google.url), google.clientId, google.clientSecret, method, {
    execute: [oidc.allowInsecureRequests],
  })

beforeEach(async () => {
  google = await startPracticeGoogle()
  google.store.addUser({ email: WHO, name: 'Giulia Bianchi' })
  config = await discover()
})
afterEach(() => google.stop())

async function ask(parameters: Record<string, string> = {}, person: Partial<Walker> = {}) {
  const verifier = oidc.randomPKCECodeVerifier()
  const nonce = oidc.randomNonce()
  const state = oidc.randomState()
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: BACK,
    scope: `openid email ${EVENTS} ${LIST}`,
    access_type: 'offline',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
    ...parameters,
  })
  const back = await google.consent(url, { email: WHO, ...person })
  return { back, checks: { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state } }
}
async function connect(parameters: Record<string, string> = {}, person: Partial<Walker> = {}) {
  const { back, checks } = await ask(parameters, person)
  return oidc.authorizationCodeGrant(config, back, checks)
}
const failure = async (call: Promise<unknown>): Promise<{ error: string; status: number }> => {
  const thrown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  if (!(thrown instanceof oidc.ResponseBodyError) && !(thrown instanceof oidc.AuthorizationResponseError))
    throw new Error(`not refused as OAuth refuses: ${String(thrown)}`)
  return { error: thrown.error, status: thrown instanceof oidc.ResponseBodyError ? thrown.status : 302 }
}
const callsApi = async (token: string): Promise<number> =>
  (
    await fetch(`${google.url}/calendar/v3/calendars/primary/events`, {
      headers: { authorization: `Bearer ${token}` },
    })
  ).status

test('openid-client goes through sign-in: signature, nonce, state, PKCE, scopes, refresh', async () => {
  const tokens = await connect()
  const claims = tokens.claims()!
  expect({
    iss: claims.iss,
    email: claims['email'],
    verified: claims['email_verified'],
    azp: claims['azp'],
  }).toEqual({ iss: google.url, email: WHO, verified: true, azp: google.clientId })
  expect(tokens.scope!.split(' ').sort()).toEqual(
    [`${AUTH}calendar.calendarlist.readonly`, EVENTS, `${AUTH}userinfo.email`, 'openid'].sort(),
  )
  expect(tokens.expiresIn()).toBeGreaterThan(3000)
  expect(await callsApi(tokens.access_token)).toBe(200)
  const again = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
  expect(again.refresh_token).toBeUndefined()
  expect((await oidc.refreshTokenGrant(config, tokens.refresh_token!)).access_token).not.toBe(
    again.access_token,
  )
  const who = await oidc.fetchUserInfo(config, again.access_token, claims.sub)
  expect(who.email).toBe(WHO)
})

test('the client may prove itself in the form or by Basic, and a wrong one is refused', async () => {
  const { refresh_token: token } = await connect()
  for (const way of [oidc.ClientSecretPost(google.clientSecret), oidc.ClientSecretBasic(google.clientSecret)])
    expect((await oidc.refreshTokenGrant(await discover(way), token!)).token_type).toBe('bearer')
  expect(
    await failure(oidc.refreshTokenGrant(await discover(oidc.ClientSecretPost('wrong')), token!)),
  ).toEqual({ error: 'invalid_client', status: 401 })
  const strange = await oidc.discovery(new URL(google.url), 'nobody', 'x', undefined, {
    execute: [oidc.allowInsecureRequests],
  })
  expect(await failure(oidc.refreshTokenGrant(strange, token!))).toEqual({
    error: 'invalid_client',
    status: 401,
  })
})

test('F03 a code works once, for a minute, and only with its own verifier', async () => {
  const first = await ask()
  await oidc.authorizationCodeGrant(config, first.back, first.checks)
  expect(await failure(oidc.authorizationCodeGrant(config, first.back, first.checks))).toEqual({
    error: 'invalid_grant',
    status: 400,
  })
  const late = await ask()
  google.store.pass(MINUTE)
  expect((await failure(oidc.authorizationCodeGrant(config, late.back, late.checks))).error).toBe(
    'invalid_grant',
  )
  const other = await ask()
  expect(
    (
      await failure(
        oidc.authorizationCodeGrant(config, other.back, {
          ...other.checks,
          pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
        }),
      )
    ).error,
  ).toBe('invalid_grant')
  const { pkceCodeVerifier: _, ...without } = (await ask()).checks
  const third = await ask()
  expect(
    (
      await failure(
        oidc.authorizationCodeGrant(config, third.back, {
          ...without,
          expectedNonce: third.checks.expectedNonce,
          expectedState: third.checks.expectedState,
        }),
      )
    ).error,
  ).toBe('invalid_grant')
})

test('C16 a refresh token comes only offline, and only the first time or when consent is asked for', async () => {
  expect((await connect({ access_type: 'online' })).refresh_token).toBeUndefined()
  expect((await connect()).refresh_token).toBeUndefined()
  expect((await connect({ prompt: 'consent' })).refresh_token).toBeDefined()
  google.store.revokeGrant(WHO)
  expect((await connect()).refresh_token).toBeDefined()
})

test('C16 an unticked box is missing in the granted scope, and the token cannot do it', async () => {
  const tokens = await connect({}, { untick: [EVENTS] })
  expect(tokens.scope).not.toContain(EVENTS)
  expect(await callsApi(tokens.access_token)).toBe(403)
  const more = await connect({ scope: `openid email ${EVENTS}`, include_granted_scopes: 'true' })
  expect(more.scope!.split(' ').sort()).toEqual([EVENTS, LIST, `${AUTH}userinfo.email`, 'openid'].sort())
})

test('Cancel comes back as access_denied, from the consent and from the warning', async () => {
  const { back, checks } = await ask({}, { cancel: true })
  expect(await failure(oidc.authorizationCodeGrant(config, back, checks))).toEqual({
    error: 'access_denied',
    status: 302,
  })
  google.store.addUser({ email: 'u@example.test', name: 'Ugo', unverified: true })
  expect((await ask({}, { email: 'u@example.test', cancel: true })).back.searchParams.get('error')).toBe(
    'access_denied',
  )
})

test('the pages come in Google’s order: account, warning for some, boxes', async () => {
  google.store.addUser({ email: 'u@example.test', name: 'Ugo', unverified: true })
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: BACK,
    scope: `openid ${EVENTS} ${LIST}`,
    state: 's',
  })
  const read = async (more: string) => (await fetch(`${url}${more}`)).text()
  expect(await read('')).toContain('Choose an account')
  expect(await read('&login_hint=u@example.test')).toContain('hasn’t verified this app')
  expect(await read('&account=u@example.test&prompt=select_account')).toContain('hasn’t verified this app')
  const boxes = await read('&login_hint=u@example.test&proceed=1')
  expect(boxes.match(/type="checkbox"/g)).toHaveLength(2)
  expect(await read('&login_hint=u@example.test&prompt=select_account')).toContain('Choose an account')
  await connect({}, { email: 'u@example.test' })
  expect(await read('&login_hint=u@example.test&proceed=1')).toContain('You’re signing back in')
})

test('what an app asks wrongly is shown to the person and never sent back', async () => {
  const status = async (change: Record<string, string>) => {
    const url = oidc.buildAuthorizationUrl(config, { redirect_uri: BACK, scope: 'openid', ...change })
    const answer = await fetch(url, { redirect: 'manual' })
    return `${answer.status} ${/Error \d+: (\w+)/.exec(await answer.text())?.[1]}`
  }
  expect(await status({ redirect_uri: 'https://evil.example/cb' })).toBe('400 redirect_uri_mismatch')
  expect(await status({ client_id: 'other' })).toBe('401 invalid_client')
  expect(await status({ scope: 'openid calendar' })).toBe('400 invalid_scope')
  expect(await status({ response_type: 'token' })).toBe('400 invalid_request')
  expect(await status({ colour: 'blue' })).toBe('400 invalid_request')
})

test('C15 after a revocation nothing works any more', async () => {
  for (const kind of ['access_token', 'refresh_token'] as const) {
    const tokens = await connect()
    await oidc.tokenRevocation(config, tokens[kind]!)
    expect(await failure(oidc.refreshTokenGrant(config, tokens.refresh_token!))).toEqual({
      error: 'invalid_grant',
      status: 400,
    })
    expect(await callsApi(tokens.access_token)).toBe(401)
  }
  expect(await failure(oidc.tokenRevocation(config, 'nonsense'))).toMatchObject({ status: 400 })
})

test('C16 an app in testing loses its refresh token after seven days, unless it only asked who you are', async () => {
  google.store.addUser({ email: 't@example.test', name: 'Tea', testing: true })
  const calendar = await connect({}, { email: 't@example.test' })
  expect(calendar['refresh_token_expires_in']).toBe(7 * 86_400)
  google.store.revokeGrant(WHO)
  const ordinary = await connect()
  google.store.pass(7 * DAY)
  expect((await failure(oidc.refreshTokenGrant(config, calendar.refresh_token!))).error).toBe('invalid_grant')
  expect((await oidc.refreshTokenGrant(config, ordinary.refresh_token!)).access_token).toBeTruthy()
  google.store.addUser({ email: 's@example.test', name: 'Sara', testing: true })
  const signIn = await connect({ scope: 'openid email' }, { email: 's@example.test' })
  google.store.pass(8 * DAY)
  expect((await oidc.refreshTokenGrant(config, signIn.refresh_token!)).access_token).toBeTruthy()
})

test('the hundred and first refresh token ends the oldest without a word', async () => {
  const first = await connect()
  const second = await connect({ prompt: 'consent' })
  for (let i = 0; i < 99; i++) google.grant(WHO)
  expect((await failure(oidc.refreshTokenGrant(config, first.refresh_token!))).error).toBe('invalid_grant')
  expect((await oidc.refreshTokenGrant(config, second.refresh_token!)).access_token).toBeTruthy()
})

test('C32 access tokens end after an hour, or at once when the test says so', async () => {
  const tokens = await connect()
  google.store.expireTokens(WHO)
  expect(await callsApi(tokens.access_token)).toBe(401)
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
  expect(await callsApi(next.access_token)).toBe(200)
  google.store.pass(60 * MINUTE)
  expect(await callsApi(next.access_token)).toBe(401)
})

test('a page from elsewhere cannot press Allow', async () => {
  const answer = await fetch(`${google.url}/o/oauth2/v2/auth`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
    body: new URLSearchParams({ decision: 'allow', account: WHO }),
    redirect: 'manual',
  })
  expect(answer.status).toBe(403)
})
