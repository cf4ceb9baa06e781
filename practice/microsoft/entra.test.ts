import * as oidc from 'openid-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PERSONAL_TENANT } from './model.ts'
import { startPracticeMicrosoft, type PracticeMicrosoft } from './server.ts'

const BACK = 'http://localhost:4999/oauth/microsoft/callback'
const SCOPE = 'openid profile email offline_access User.Read Calendars.ReadWrite'
let practice: PracticeMicrosoft

beforeEach(async () => {
  practice = await startPracticeMicrosoft({ redirectUris: [BACK] })
  practice.store.addUser({ email: 'giulia@studio.example', name: 'Giulia Riva' })
  practice.store.addUser({ email: 'giulia@outlook.example', name: 'Giulia at home', personal: true })
})
afterEach(() => practice.stop())

/** The judge, at one tenant's door. */
const discover = (tenant: string) =>
  oidc.discovery(
    new URL(`${practice.url}/${tenant}/v2.0/.well-known/openid-configuration`),
    practice.clientId,
    practice.clientSecret,
    undefined,
    { execute: [oidc.allowInsecureRequests] },
  )

async function trip(
  config: oidc.Configuration,
  person: { email: string; answer?: 'yes' | 'no' },
  more: Record<string, string> = {},
) {
  const verifier = oidc.randomPKCECodeVerifier()
  const checks = {
    pkceCodeVerifier: verifier,
    expectedNonce: oidc.randomNonce(),
    expectedState: oidc.randomState(),
    idTokenExpected: true,
  }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: BACK,
    scope: SCOPE,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce: checks.expectedNonce,
    state: checks.expectedState,
    ...more,
  })
  const back = await practice.consent(url, person)
  return { back, checks, exchange: () => oidc.authorizationCodeGrant(config, back, checks) }
}

const token = async (
  fields: Record<string, string>,
  tenant = 'common',
  headers: Record<string, string> = {},
) => {
  const answer = await fetch(`${practice.url}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: practice.clientId,
      client_secret: practice.clientSecret,
      ...fields,
    }),
    headers,
  })
  return {
    status: answer.status,
    body: (await answer.json()) as {
      error?: string
      error_description?: string
      suberror?: string
      refresh_token?: string
      access_token?: string
      scope?: string
    },
  }
}

test('openid-client signs in at a tenant, and reads who came from a signed token', async () => {
  const tenant = practice.store.tenantOf('giulia@studio.example')!.id
  const config = await discover(tenant)
  expect(config.serverMetadata().issuer).toBe(`${practice.url}/${tenant}/v2.0`)
  const tokens = await (await trip(config, { email: 'giulia@studio.example' })).exchange()
  const person = practice.store.person('giulia@studio.example')
  expect(tokens.claims()).toMatchObject({
    iss: `${practice.url}/${tenant}/v2.0`,
    tid: tenant,
    oid: person.id,
    preferred_username: 'giulia@studio.example',
    name: 'Giulia Riva',
  })
  // Pairwise: the subject is not the object id.
  expect(tokens.claims()!.sub).not.toBe(person.id)
  expect(new Set(tokens.scope!.split(' '))).toEqual(new Set(SCOPE.replace('offline_access ', '').split(' ')))
  expect(
    (await fetch(`${practice.url}/v1.0/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } }))
      .status,
  ).toBe(200)
})

test('the door for everyone has a literal {tenantid} in its issuer, the one for homes the tenant of all personal accounts', async () => {
  const read = async (tenant: string) =>
    (
      (await (await fetch(`${practice.url}/${tenant}/v2.0/.well-known/openid-configuration`)).json()) as {
        issuer: string
      }
    ).issuer
  expect(await read('common')).toBe(`${practice.url}/{tenantid}/v2.0`)
  expect(await read('organizations')).toBe(`${practice.url}/{tenantid}/v2.0`)
  expect(await read('consumers')).toBe(`${practice.url}/${PERSONAL_TENANT}/v2.0`)
  expect(await read('studio.example')).toBe(
    `${practice.url}/${practice.store.tenantOf('a@studio.example')!.id}/v2.0`,
  )
  expect((await fetch(`${practice.url}/nowhere/v2.0/.well-known/openid-configuration`)).status).toBe(400)
  expect((await fetch(`${practice.url}/v2.0/.well-known/openid-configuration`)).status).toBe(404)
})

test('a code opens once, with its own verifier and its own address', async () => {
  const config = await discover(practice.store.tenantOf('giulia@studio.example')!.id)
  const first = await trip(config, { email: 'giulia@studio.example' })
  const code = first.back.searchParams.get('code')!
  const grant = { grant_type: 'authorization_code', code, redirect_uri: BACK }
  expect((await token(grant)).body.error_description).toMatch(/^AADSTS50148: /)
  expect((await token({ ...grant, code_verifier: oidc.randomPKCECodeVerifier() })).body.error).toBe(
    'invalid_grant',
  )
  expect((await token({ ...grant, redirect_uri: `${BACK}/` })).body.error_description).toMatch(
    /^AADSTS500112: /,
  )
  await first.exchange()
  expect(await token({ ...grant, code_verifier: first.checks.pkceCodeVerifier })).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', error_description: expect.stringMatching(/^AADSTS54005: /) },
  })
})

test('an app that is unknown, has a wrong secret or an address that is not registered is told so where it can be', async () => {
  const code = {
    grant_type: 'authorization_code',
    code: 'x',
    redirect_uri: BACK,
    code_verifier: 'y'.repeat(43),
  }
  expect(await token({ ...code, client_id: 'someone-else' })).toMatchObject({
    status: 400,
    body: { error: 'unauthorized_client', error_description: expect.stringMatching(/^AADSTS700016: /) },
  })
  expect(await token({ ...code, client_secret: 'wrong' })).toMatchObject({
    status: 401,
    body: { error: 'invalid_client', error_description: expect.stringMatching(/^AADSTS7000215: /) },
  })
  expect(await token(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  expect(await token({ grant_type: 'password' })).toMatchObject({
    status: 400,
    body: { error: 'unsupported_grant_type' },
  })
  const elsewhere = await fetch(
    `${practice.url}/common/oauth2/v2.0/authorize?${new URLSearchParams({ client_id: practice.clientId, response_type: 'code', scope: 'openid', redirect_uri: 'http://localhost:4999/other' })}`,
    { redirect: 'manual' },
  )
  expect([elsewhere.status, await elsewhere.text()]).toEqual([400, expect.stringContaining('AADSTS50011')])
})

test('No at the permissions comes back as access_denied, and Yes is all or nothing', async () => {
  const config = await discover('studio.example')
  const { back } = await trip(config, { email: 'giulia@studio.example', answer: 'no' })
  expect(Object.fromEntries(back.searchParams)).toMatchObject({
    error: 'access_denied',
    error_description: expect.stringContaining('AADSTS65004'),
    state: expect.any(String),
  })
  expect(back.searchParams.has('code')).toBe(false)
  await trip(config, { email: 'giulia@studio.example' })
  expect(practice.store.person('giulia@studio.example').consents[practice.clientId]).toEqual(SCOPE.split(' '))
})

test('where only an administrator may let an app in, the person comes back without, until one did', async () => {
  practice.store.tenantOf('giulia@studio.example')!.admin = 'approval'
  const config = await discover('studio.example')
  const pages: unknown[] = []
  practice.exchanges(({ answer }) => void pages.push(answer))
  const { back } = await trip(config, { email: 'giulia@studio.example' })
  expect(Object.fromEntries(back.searchParams)).toMatchObject({
    error: 'access_denied',
    error_description: expect.stringContaining('AADSTS90094'),
  })
  expect(pages.join()).toContain('Need admin approval')
  expect(pages.join()).not.toContain('Permissions requested')
  const approved = await fetch(`${practice.url}/studio.example/adminconsent`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ redirect_uri: BACK, state: 's' }),
  })
  expect(new URL(approved.headers.get('location')!).searchParams.get('admin_consent')).toBe('True')
  expect((await trip(config, { email: 'giulia@studio.example' })).back.searchParams.has('code')).toBe(true)
})

test('each door lets in its own people only, the hinted one first', async () => {
  const page = async (tenant: string, hint = '') =>
    (
      await fetch(
        `${practice.url}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams({ client_id: practice.clientId, response_type: 'code', scope: 'openid', redirect_uri: BACK, login_hint: hint })}`,
      )
    ).text()
  expect(await page('consumers')).not.toContain('giulia@studio.example')
  expect(await page('organizations')).not.toContain('giulia@outlook.example')
  const both = await page('common', 'giulia@outlook.example')
  expect(both.indexOf('giulia@outlook.example')).toBeLessThan(both.indexOf('giulia@studio.example'))
})

test('without a person in front of it, a sign-in asks for one or for their yes', async () => {
  const quiet = async (hint: string) => {
    const answer = await fetch(
      `${practice.url}/common/oauth2/v2.0/authorize?${new URLSearchParams({ client_id: practice.clientId, response_type: 'code', scope: SCOPE, redirect_uri: BACK, prompt: 'none', login_hint: hint })}`,
      { redirect: 'manual' },
    )
    return new URL(answer.headers.get('location')!).searchParams
  }
  expect((await quiet('')).get('error')).toBe('login_required')
  expect((await quiet('giulia@studio.example')).get('error')).toBe('consent_required')
  practice.grant('giulia@studio.example', SCOPE)
  expect((await quiet('giulia@studio.example')).has('code')).toBe(true)
})

test('each refresh brings a new token and leaves the old one alive', async () => {
  const config = await discover('studio.example')
  const { refreshToken } = practice.grant('giulia@studio.example')
  const fresh = await oidc.refreshTokenGrant(config, refreshToken)
  expect(fresh.refresh_token).not.toBe(refreshToken)
  expect((await oidc.refreshTokenGrant(config, refreshToken)).access_token).not.toBe(fresh.access_token)
})

test('C13 where the old token is killed, a second use of it kills the whole family', async () => {
  practice.store.rotation = 'killed'
  const { refreshToken } = practice.grant('giulia@studio.example')
  const fresh = await token({ grant_type: 'refresh_token', refresh_token: refreshToken })
  expect(await token({ grant_type: 'refresh_token', refresh_token: refreshToken })).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant' },
  })
  expect(
    (await token({ grant_type: 'refresh_token', refresh_token: fresh.body.refresh_token! })).body.error,
  ).toBe('invalid_grant')
})

test('C14 inside the grace a killed token answers once more', async () => {
  practice.store.rotation = 'killed'
  practice.store.rotationGrace = 60_000
  const { refreshToken } = practice.grant('giulia@studio.example')
  const first = await token({ grant_type: 'refresh_token', refresh_token: refreshToken })
  const again = await token({ grant_type: 'refresh_token', refresh_token: refreshToken })
  expect([first.status, again.status]).toEqual([200, 200])
  expect(
    (await token({ grant_type: 'refresh_token', refresh_token: again.body.refresh_token! })).status,
  ).toBe(200)
})

test('C15 a dead grant is invalid_grant with its reason, a wish for another factor interaction_required', async () => {
  const reasons: [Parameters<typeof practice.store.revokeGrant>[1], string, RegExp][] = [
    ['revoked', 'invalid_grant', /^AADSTS50173: /],
    ['inactive', 'invalid_grant', /^AADSTS700082: /],
    ['password', 'invalid_grant', /^AADSTS50173: /],
    ['unconsented', 'invalid_grant', /^AADSTS65001: /],
    ['mfa', 'interaction_required', /^AADSTS50076: /],
  ]
  for (const [why, error, description] of reasons) {
    const { refreshToken } = practice.grant('giulia@studio.example')
    practice.store.revokeGrant('giulia@studio.example', why)
    expect(await token({ grant_type: 'refresh_token', refresh_token: refreshToken })).toMatchObject({
      status: 400,
      body: { error, error_description: expect.stringMatching(description) },
    })
  }
  expect((await token({ grant_type: 'refresh_token', refresh_token: 'made-up' })).body.error).toBe(
    'invalid_grant',
  )
})

test('a refresh cannot reach for more than was said yes to', async () => {
  const { refreshToken } = practice.grant('giulia@studio.example', 'openid offline_access Calendars.Read')
  expect(
    (await token({ grant_type: 'refresh_token', refresh_token: refreshToken, scope: 'Mail.Send' })).body
      .error,
  ).toBe('invalid_grant')
  expect(
    (
      await token({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        scope: 'https://graph.microsoft.com/Calendars.Read',
      })
    ).body.scope,
  ).toContain('Calendars.Read')
})

test('a token that ran out opens Graph no more, and no token never did', async () => {
  const { accessToken } = practice.grant('giulia@studio.example')
  practice.store.expireTokens()
  const me = async (headers: Record<string, string>) => {
    const answer = await fetch(`${practice.url}/v1.0/me`, { headers })
    return {
      status: answer.status,
      code: ((await answer.json()) as { error: { code: string } }).error.code,
      challenge: answer.headers.has('www-authenticate'),
    }
  }
  const closed = { status: 401, code: 'InvalidAuthenticationToken', challenge: true }
  expect(await me({ authorization: `Bearer ${accessToken}` })).toEqual(closed)
  expect(await me({ authorization: 'Bearer made-up' })).toEqual(closed)
  expect(await me({})).toEqual(closed)
})

test('the log holds no token and no secret of a header', async () => {
  const { accessToken } = practice.grant('giulia@studio.example')
  await fetch(`${practice.url}/v1.0/me`, { headers: { authorization: `Bearer ${accessToken}` } })
  expect(JSON.stringify(practice.requests)).not.toContain(accessToken)
  expect(practice.requests.at(-1)).toMatchObject({ user: 'giulia@studio.example', feature: 'GET /me' })
})
