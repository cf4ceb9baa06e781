import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '#server/app.ts'
import {
  newTrip,
  authorizeUrl,
  exchangeCode,
  probeApp,
  refreshTokens,
  revokeTokens,
} from '#server/connections/oauth.ts'
import type { OAuthProvider } from '#server/connections/model.ts'
import { scopesAsked } from '#server/connections/scopes.ts'
import { providers } from '#server/providers/registry.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { ask } from '#tests/connected.ts'
import { signedInAs, type Browser } from '#tests/house.ts'

// The judge of our OAuth: somebody else's Google and Entra (emulate 0.12.2). What it does not do is in docs/providers.
const EMAIL = { google: 'alice@example.com', microsoft: 'alice@contoso.com' } as const
const SECRET = 'emulated-secret'
const client = (id: string) => ({
  client_id: id,
  client_secret: SECRET,
  name: 'Ritrovo',
  redirect_uris: [
    'http://localhost:3000/oauth/google/callback',
    'http://localhost:3000/oauth/microsoft/callback',
  ],
})

let google: Emulator
let microsoft: Emulator
beforeAll(async () => {
  google = await createEmulator({
    service: 'google',
    port: 0,
    seed: {
      google: {
        users: [{ email: EMAIL.google, name: 'Alice' }],
        oauth_clients: [client('emulated-google')],
        calendars: [
          {
            id: 'primary',
            user_email: EMAIL.google,
            summary: 'alice',
            primary: true,
            time_zone: 'Europe/Berlin',
          },
        ],
      },
    },
  })
  microsoft = await createEmulator({
    service: 'microsoft',
    port: 0,
    seed: {
      microsoft: {
        users: [{ email: EMAIL.microsoft, name: 'Alice' }],
        oauth_clients: [client('emulated-microsoft')],
      },
    },
  })
})
afterAll(() => Promise.all([google.close(), microsoft.close()]))

async function setting() {
  const [g, m] = [google.url, microsoft.url]
  const { deps } = await freshDatabase(
    {
      RITROVO_GOOGLE_CLIENT_ID: 'emulated-google',
      RITROVO_GOOGLE_CLIENT_SECRET: SECRET,
      RITROVO_GOOGLE_ISSUER: g,
      RITROVO_GOOGLE_AUTHORIZE_URL: `${g}/o/oauth2/v2/auth`,
      RITROVO_GOOGLE_TOKEN_URL: `${g}/oauth2/token`,
      RITROVO_GOOGLE_REVOKE_URL: `${g}/oauth2/revoke`,
      RITROVO_GOOGLE_JWKS_URL: `${g}/oauth2/v3/certs`,
      RITROVO_GOOGLE_CALENDAR_API: `${g}/calendar/v3`,
      RITROVO_MICROSOFT_CLIENT_ID: 'emulated-microsoft',
      RITROVO_MICROSOFT_CLIENT_SECRET: SECRET,
      RITROVO_MICROSOFT_ISSUER: `${m}/{tenantid}/v2.0`,
      RITROVO_MICROSOFT_AUTHORIZE_URL: `${m}/oauth2/v2.0/authorize`,
      RITROVO_MICROSOFT_TOKEN_URL: `${m}/oauth2/v2.0/token`,
      RITROVO_MICROSOFT_JWKS_URL: `${m}/discovery/v2.0/keys`,
      RITROVO_MICROSOFT_GRAPH_API: `${m}/v1.0`,
      RITROVO_EGRESS_ALLOW: `localhost:${new URL(g).port},localhost:${new URL(m).port}`,
    },
    { providers },
  )
  const app = { google: { clientId: 'emulated-google' }, microsoft: { clientId: 'emulated-microsoft' } }
  const appOf = (provider: OAuthProvider, clientSecret = SECRET) => ({
    clientId: app[provider].clientId,
    clientSecret,
    tenant: null,
    testing: false,
    source: 'settings' as const,
  })
  return { deps, appOf }
}

/** Presses the button of the emulated page: posts what its form would. */
async function press(provider: OAuthProvider, address: string): Promise<URL> {
  const url = new URL(address)
  const form = new URLSearchParams({ ...Object.fromEntries(url.searchParams), email: EMAIL[provider] })
  const action = provider === 'google' ? '/o/oauth2/v2/auth/callback' : '/oauth2/v2.0/authorize/callback'
  expect((await fetch(address)).status).toBe(200)
  const answer = await fetch(new URL(action, url), { method: 'POST', body: form, redirect: 'manual' })
  return new URL(answer.headers.get('location')!)
}

const PROVIDERS: OAuthProvider[] = ['google', 'microsoft']

test.each(PROVIDERS)(
  'S-036 S-039 %s, emulated: code, PKCE, nonce and signature, then refresh and its end',
  async (provider) => {
    const { deps, appOf } = await setting()
    const trip = newTrip('a-state-of-our-own')
    const url = await authorizeUrl(deps, provider, appOf(provider), trip, {
      scopes: scopesAsked(provider, true),
      loginHint: null,
      chooseAccount: true,
      further: false,
    })
    const back = await press(provider, url)
    expect(back.searchParams.get('state')).toBe('a-state-of-our-own')
    const code = back.searchParams.get('code')!
    const answer = await exchangeCode(deps, provider, appOf(provider), code, trip)
    if (answer.kind !== 'exchanged') throw new Error(answer.kind)
    expect(answer.identity.email).toBe(EMAIL[provider])
    expect(answer.identity.issuer).toMatch(
      provider === 'google' ? /^http:\/\/localhost:\d+$/ : /^http:\/\/localhost:\d+\/[\da-f-]{36}\/v2\.0$/,
    )
    expect(answer.tokens.refresh).not.toBeNull()

    // A code works once, and not with a verifier that is not its own (F03).
    expect((await exchangeCode(deps, provider, appOf(provider), code, trip)).kind).toBe('tokens-refused')
    const other = newTrip('another')
    const theirs = (
      await press(
        provider,
        await authorizeUrl(deps, provider, appOf(provider), other, {
          scopes: ['openid', 'email'],
          loginHint: null,
          chooseAccount: true,
          further: false,
        }),
      )
    ).searchParams.get('code')!
    expect(
      (await exchangeCode(deps, provider, appOf(provider), theirs, { ...other, verifier: trip.verifier }))
        .kind,
    ).toBe('tokens-refused')
    const third = newTrip('a third')
    const replayed = (
      await press(
        provider,
        await authorizeUrl(deps, provider, appOf(provider), third, {
          scopes: ['openid', 'email'],
          loginHint: null,
          chooseAccount: true,
          further: false,
        }),
      )
    ).searchParams.get('code')!
    expect(
      await exchangeCode(deps, provider, appOf(provider), replayed, { ...third, nonce: 'not the nonce' }),
    ).toMatchObject({ kind: 'unreachable', reason: 'bad-answer' })

    const renewed = await refreshTokens(deps, provider, appOf(provider), answer.tokens.refresh!)
    if (renewed.kind !== 'refreshed') throw new Error(renewed.kind)
    expect(renewed.tokens.access).not.toBe(answer.tokens.access)
    // Google's stays what it was; this Entra gives a new one and ends the old.
    expect(renewed.tokens.refresh === null).toBe(provider === 'google')
    if (provider === 'microsoft')
      expect((await refreshTokens(deps, provider, appOf(provider), answer.tokens.refresh!)).kind).toBe(
        'tokens-refused',
      )
    else {
      expect(await revokeTokens(deps, provider, appOf(provider), answer.tokens.refresh!)).toBe(true)
      expect((await refreshTokens(deps, provider, appOf(provider), answer.tokens.refresh!)).kind).toBe(
        'tokens-refused',
      )
    }
  },
)

test.each(PROVIDERS)(
  '%s, emulated: whether it knows this server shows without anybody signing in',
  async (provider) => {
    const { deps, appOf } = await setting()
    expect(await probeApp(deps, provider, appOf(provider))).toBe('good')
    expect(['wrong-secret', 'unknown-client']).toContain(
      await probeApp(deps, provider, appOf(provider, 'wrong')),
    )
  },
)

async function throughTheBrowser(provider: OAuthProvider) {
  const { deps } = await setting()
  const who = await aWorkspace(deps)
  const app = createApp(deps)
  const browser: Browser = await signedInAs(deps, app, who)
  const { body } = await browser.post<{ url: string }>('/connections/oauth', {
    provider,
    mail: true,
    textVersion: '2026-11',
    locale: 'en',
  })
  const back = await press(provider, body.url)
  const answer = await app.request(`${back.pathname}${back.search}`, {
    headers: { cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ') },
  })
  return { deps, who, browser, location: answer.headers.get('location') ?? '' }
}

test('S-036 S-040 Google, emulated: from the dialog to a connected calendar', async () => {
  const { deps, who, location } = await throughTheBrowser('google')
  expect(location).toMatch(/^\/meetings\?connected=[\da-f-]{36}&choose=1$/)
  expect(await ask(deps, who.workspaceId, 'select account, state from connections')).toEqual([
    { account: EMAIL.google, state: 'connected' },
  ])
  expect(await ask(deps, who.workspaceId, 'select zone from calendars')).toEqual([{ zone: 'Europe/Berlin' }])
})

test('CAL-NO-MAILBOX Entra, emulated: signed in, identity proven, and no calendar behind it', async () => {
  // The emulator has Entra but no Graph calendar: what a directory account without a mailbox looks like.
  const { deps, who, browser, location } = await throughTheBrowser('microsoft')
  const landing = new URL(location, 'http://x').searchParams.get('landing')
  expect((await browser.get<{ code: string }>(`/connections/landings/${landing}`)).body.code).toBe(
    'CAL-NO-MAILBOX',
  )
  expect(await ask(deps, who.workspaceId, 'select 1 from connections')).toEqual([])
})
