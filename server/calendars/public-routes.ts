import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { findScope } from '#server/accounts/gate.ts'
import { OAuthProvider } from '#server/connections/model.ts'
import { problem, router, type Env } from '#server/platform/http.ts'
import { finishTrip } from './connect-oauth.ts'
import { knock } from './knock.ts'

const RETURN = { name: 'oauth-return', limit: 60, seconds: 3600 }
const FORGED = { name: 'push-forged', limit: 60, seconds: 60 }
const HANDSHAKE = { name: 'push-handshake', limit: 300, seconds: 60 }

const callback = createRoute({
  method: 'get',
  path: '/oauth/{provider}/callback',
  tags: ['calendars'],
  request: { params: z.object({ provider: OAuthProvider }) },
  responses: {
    303: { description: 'On to the meetings dashboard' },
    400: { description: 'Not a trip of this browser' },
  },
})

const notices = z.object({
  value: z
    .array(
      z.object({
        clientState: z.string().max(200).optional(),
        lifecycleEvent: z.enum(['reauthorizationRequired', 'subscriptionRemoved', 'missed']).optional(),
      }),
    )
    .max(1000),
})

/** Where providers send people back to, and where they knock. At the root of the site: these addresses stand in their settings. */
export const publicCalendars = router()
  // The one GET that changes something: RFC 6749 §4.1.2 sends people back by a redirect, which is a GET. It does only what this very
  // browser session asked for a moment ago, once: without the session's cookie and its unspent state it does nothing (F01).
  .openapi(callback, async (c) => {
    const { deps, client } = c.var
    const scope = await findScope(c)
    const { provider } = c.req.valid('param')
    const query = (name: string) => c.req.query(name)?.slice(0, 4000) ?? null
    // An administrator who approved for everybody comes back here too, from a browser that need not know us.
    if (query('admin_consent') !== null) return c.redirect('/meetings?approved=1', 303)
    if ((await deps.limiter.take(RETURN, scope?.userId ?? client)).kind === 'over') return stale(c, 429)
    const state = query('state')
    if (!scope || state === null) return stale(c, 400)
    const outcome = await finishTrip(deps, scope, provider, {
      state,
      code: query('code'),
      error: query('error'),
      words: query('error_description') ?? '',
    })
    switch (outcome.kind) {
      case 'connected': {
        const without = outcome.refused.length > 0 ? '&without=mail' : ''
        return c.redirect(`/meetings?connected=${outcome.connectionId}&choose=1${without}`, 303)
      }
      case 'landed':
        return c.redirect(`/meetings?landing=${outcome.landing}`, 303)
      case 'stale':
        return stale(c, 400)
    }
  })
  .post('/push/google/:token', async (c) => {
    const secret = c.req.header('x-goog-channel-token') ?? ''
    // The first knock only says that the line stands.
    if (c.req.header('x-goog-resource-state') === 'sync') return c.body(null, 204)
    const proven = await knock(c.var.deps, {
      provider: 'google',
      token: c.req.param('token'),
      secret,
      lifecycle: null,
    })
    return proven ? c.body(null, 204) : turnedAway(c)
  })
  .post('/push/microsoft/:token', async (c) => {
    const { deps } = c.var
    const handshake = c.req.query('validationToken')
    if (handshake !== undefined) return shakeHands(c, handshake)
    const read = notices.safeParse(await c.req.json().catch(() => null))
    if (!read.success) return turnedAway(c)
    // Many notices come in one body; of each kind one is enough (B09).
    const seen = new Set<string>()
    for (const { clientState = '', lifecycleEvent = null } of read.data.value) {
      const kind = `${lifecycleEvent} ${clientState}`
      if (seen.has(kind)) continue
      seen.add(kind)
      if (seen.size > 4) return turnedAway(c)
      const proven = await knock(deps, {
        provider: 'microsoft',
        token: c.req.param('token'),
        secret: clientState,
        lifecycle: lifecycleEvent,
      })
      if (!proven) return turnedAway(c)
    }
    return c.body(null, 202)
  })

/** Graph wants its own word back as plain text before it promises anything (B16); `nosniff` stands on every answer. */
async function shakeHands(c: Context<Env>, word: string) {
  const { deps, client } = c.var
  if (word.length > 2000 || (await deps.limiter.take(HANDSHAKE, client)).kind === 'over')
    return c.body(null, 400)
  return c.body(word, 200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
}

/** A stranger learns nothing from the answer, not even that there is something to learn; one who goes on is turned away unheard (B13). */
async function turnedAway(c: Context<Env>) {
  const { deps, client } = c.var
  const verdict = await deps.limiter.take(FORGED, client)
  if (verdict.kind === 'within') return c.body(null, 204)
  c.header('retry-after', String(verdict.retryAfter))
  return c.body(null, 429)
}

function stale(c: Context<Env>, status: 400 | 429) {
  if (c.req.header('accept')?.includes('application/json')) return problem(c, status, 'stale-trip')
  const say = speak(connectionWords, c.var.locale)
  // Fixed words only: nothing that came with the request is in it.
  const page = `<!doctype html><html lang="${c.var.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${say('oauth.stale.title')}</title><style nonce="${c.var.nonce}">body{margin:0;background:#fbfaf7;color:#1b211e;font:17px/1.5 Figtree,system-ui,sans-serif}main{max-width:32rem;margin:12vh auto;padding:0 24px}a{color:#17624f;font-weight:600}@media(prefers-color-scheme:dark){body{background:#0f1513;color:#ecf0ed}a{color:#6fcbae}}</style></head><body><main><h1>${say('oauth.stale.title')}</h1><p>${say('oauth.stale.line')}</p><p><a href="/app/settings/calendar">${say('oauth.stale.action')}</a></p></main></body></html>`
  return c.html(page, status)
}
