import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { signedIn, withPermission, type SignedIn } from '#server/accounts/gate.ts'
import { body, json, problem, problems, router, text } from '#server/platform/http.ts'
import { findConsent } from './find.ts'
import { findLanding, sentenceOf } from './landing.ts'
import { readAccessLedger, writeCsv } from './ledger-page.ts'
import { CAL_CODES, OAuthProvider, PROVIDER_NAMES, WAYS, type CalCode } from './model.ts'
import { PROBE_OUTCOMES, type ProbeOutcome } from './oauth.ts'
import { offers } from './offers.ts'
import { enterApp, findApp, listApps, removeApp, testApp } from './provider-apps.ts'
import { disclose } from './scopes.ts'
import { beginTrip, BeginTrip } from './trip.ts'

const tags = ['calendars']
const byId = z.object({ id: z.uuid() })
const byProvider = z.object({ provider: OAuthProvider })
const admin = [signedIn(), withPermission('manage-workspace')]
// A trip is a redirect and a few rows; a person makes a handful.
const TRIPS = { name: 'oauth-begin', limit: 40, seconds: 3600 }
const PROBES = { name: 'app-test', limit: 30, seconds: 3600 }

const Offers = z
  .object({
    providers: z.array(
      z.object({
        name: z.enum(['google', 'microsoft', 'exchange', 'caldav']),
        state: z.enum(['ready', 'not-configured', 'later']),
        testing: z.boolean(),
      }),
    ),
    permitted: z.boolean(),
    connections: z.number(),
    rule: z.enum(['one', 'several', 'legacy']),
    mayAdd: z.boolean(),
    legacy: z.object({ eligible: z.boolean(), burned: z.boolean() }),
  })
  .openapi('Offers')
const Disclosure = z
  .object({
    version: z.string(),
    lines: z.array(z.object({ key: z.string(), text: z.string() })),
    scopes: z.array(z.object({ scope: z.string(), why: z.string() })),
  })
  .openapi('Disclosure')
const Landing = z
  .object({
    code: z.enum(CAL_CODES),
    provider: OAuthProvider,
    detail: z
      .object({
        a: z.string(),
        b: z.string(),
        scope: z.string(),
        effect: z.string(),
        name: z.string(),
        mail: z.string(),
        approvalUrl: z.string(),
        message: z.string(),
      })
      .partial(),
    ways: z.array(z.enum(WAYS)),
    text: z.string(),
  })
  .openapi('Landing')
const Consent = z
  .object({
    who: z.string(),
    provider: z.enum(['google', 'microsoft', 'exchange', 'caldav']),
    account: z.string(),
    textVersion: z.string(),
    locale: z.enum(['en', 'it']),
    lines: z.array(z.string()),
    scopes: z.array(z.string()),
    refused: z.array(z.string()),
    mail: z.boolean(),
    givenAt: z.number(),
  })
  .openapi('Consent')
const LedgerEntry = z
  .object({
    id: z.uuid(),
    account: z.string(),
    provider: z.enum(['google', 'microsoft', 'exchange', 'caldav']),
    feature: z.string(),
    act: z.enum(['read', 'create', 'change', 'delete', 'send', 'watch', 'sign-in']),
    calendar: z.string().nullable(),
    subject: z.string().nullable(),
    times: z.number(),
    firstAt: z.number(),
    lastAt: z.number(),
  })
  .openapi('LedgerEntry')
const ProviderApp = z
  .object({
    provider: OAuthProvider,
    clientId: z.string().nullable(),
    source: z.enum(['settings', 'workspace', 'none']),
    redirectUri: z.string(),
    tenant: z.string().nullable(),
    testing: z.boolean(),
    testedAt: z.number().nullable(),
    testOutcome: z.enum(PROBE_OUTCOMES).nullable(),
  })
  .openapi('ProviderApp')
const ProviderAppDraft = z.strictObject({
  clientId: z.string().regex(/^[\x21-\x7e]{1,400}$/),
  clientSecret: z
    .string()
    .regex(/^[\x21-\x7e]{1,1000}$/)
    .optional(),
  tenant: z
    .string()
    .regex(/^[\w.-]{0,200}$/)
    .optional(),
  testing: z.boolean(),
})

const getOffers = createRoute({
  method: 'get',
  path: '/connections/offers',
  tags,
  middleware: signedIn(),
  responses: { 200: json(Offers, 'What can be connected here, and what of it by me'), ...problems(401) },
})
const getDisclosure = createRoute({
  method: 'get',
  path: '/connections/disclosure',
  tags,
  middleware: signedIn(),
  request: {
    query: z.object({
      provider: z.enum(['google', 'microsoft', 'caldav']),
      mail: z.enum(['true', 'false']).default('true'),
    }),
  },
  responses: {
    200: json(Disclosure, 'What is read before the way leads to the provider'),
    ...problems(400, 401),
  },
})
const postOauth = createRoute({
  method: 'post',
  path: '/connections/oauth',
  tags,
  middleware: signedIn(),
  request: { body: body(BeginTrip) },
  responses: {
    201: json(z.object({ url: z.string() }), 'Where the person says yes'),
    ...problems(400, 401, 403, 404, 409, 429),
  },
})
const getLanding = createRoute({
  method: 'get',
  path: '/connections/landings/{token}',
  tags,
  middleware: signedIn(),
  request: { params: z.object({ token: z.string().max(100) }) },
  responses: { 200: json(Landing, 'How a trip to a provider ended'), ...problems(401, 404) },
})
const getConsent = createRoute({
  method: 'get',
  path: '/connections/{id}/consent',
  tags,
  middleware: signedIn(),
  request: { params: byId },
  responses: { 200: json(Consent, 'What its owner read and allowed, and when'), ...problems(401, 404) },
})
const getConsentFile = createRoute({
  method: 'get',
  path: '/connections/{id}/consent.json',
  tags,
  middleware: signedIn(),
  request: { params: byId },
  responses: { 200: json(Consent, 'The same as a file'), ...problems(401, 404) },
})
const getLedger = createRoute({
  method: 'get',
  path: '/access-ledger',
  tags,
  middleware: signedIn(),
  request: { query: z.object({ connection: z.uuid().optional(), cursor: text(200).optional() }) },
  responses: {
    200: json(
      z.object({ entries: z.array(LedgerEntry), next: z.string().nullable() }),
      'Everything done in my accounts',
    ),
    ...problems(400, 401),
  },
})
const getLedgerFile = createRoute({
  method: 'get',
  path: '/access-ledger.csv',
  tags,
  middleware: signedIn(),
  responses: {
    200: { content: { 'text/csv': { schema: z.string() } }, description: 'The same as a file' },
    ...problems(401),
  },
})
const getApps = createRoute({
  method: 'get',
  path: '/provider-apps',
  tags,
  middleware: admin,
  responses: {
    200: json(z.object({ apps: z.array(ProviderApp) }), 'This server as each provider knows it'),
    ...problems(401, 403),
  },
})
const putApp = createRoute({
  method: 'put',
  path: '/provider-apps/{provider}',
  tags,
  middleware: admin,
  request: { params: byProvider, body: body(ProviderAppDraft) },
  responses: { 200: json(ProviderApp, 'Entered'), ...problems(400, 401, 403) },
})
const postAppTest = createRoute({
  method: 'post',
  path: '/provider-apps/{provider}/test',
  tags,
  middleware: admin,
  request: { params: byProvider },
  responses: {
    200: json(
      z.object({ outcome: z.enum(PROBE_OUTCOMES), detail: z.string() }),
      'Whether the provider knows us',
    ),
    ...problems(401, 403, 404, 429),
  },
})
const deleteAppRoute = createRoute({
  method: 'delete',
  path: '/provider-apps/{provider}',
  tags,
  middleware: admin,
  request: { params: byProvider },
  responses: { 204: { description: 'Removed' }, ...problems(401, 403, 404) },
})

type Ctx = Context<SignedIn>

const refusal = (
  c: Ctx,
  status: 403 | 409,
  code: CalCode,
  provider: OAuthProvider,
  more: { a?: string; connectionId?: string; mayAdd?: boolean } = {},
) =>
  problem(
    c,
    status,
    code,
    sentenceOf(c.var.locale, code, provider, more.a ? { a: more.a } : {}),
    more.a ? { account: more.a, connectionId: more.connectionId, mayAdd: more.mayAdd } : {},
  )

async function tooOften(c: Ctx, rule: { name: string; limit: number; seconds: number }) {
  const verdict = await c.var.deps.limiter.take(rule, c.var.scope.userId)
  if (verdict.kind === 'within') return null
  c.header('retry-after', String(verdict.retryAfter))
  return problem(c, 429, 'slow-down')
}

/** What a person may ask about accounts of theirs, and an admin about the providers; connecting and choosing calendars is calendars/routes.ts. */
export const routes = router<SignedIn>()
  .openapi(getOffers, async (c) => c.json(await offers(c.var.deps, c.var.scope), 200))
  .openapi(getDisclosure, async (c) => {
    const { deps, scope, locale } = c.var
    const { provider, mail } = c.req.valid('query')
    const app =
      provider === 'google'
        ? await deps.db.inWorkspace(scope.workspaceId, (tx) => findApp(deps, tx, scope.workspaceId, provider))
        : null
    return c.json(disclose(provider, locale, { mail: mail === 'true', testing: app?.testing ?? false }), 200)
  })
  .openapi(postOauth, async (c) => {
    const limited = await tooOften(c, TRIPS)
    if (limited) return limited
    const given = c.req.valid('json')
    const outcome = await beginTrip(c.var.deps, c.var.scope, given)
    switch (outcome.kind) {
      case 'ready':
        return c.json({ url: outcome.url }, 201)
      case 'no-permission':
        return refusal(c, 403, 'CAL-NO-PERMISSION', given.provider)
      case 'not-configured':
        return refusal(c, 409, 'CAL-NOT-CONFIGURED', given.provider)
      case 'shared-inbox':
        return refusal(c, 409, 'CAL-SHARED-INBOX', given.provider)
      case 'second':
        return refusal(c, 409, 'CAL-SECOND', given.provider, {
          a: outcome.account,
          connectionId: outcome.connectionId,
          mayAdd: outcome.mayAdd,
        })
      case 'not-found':
        return problem(c, 404, outcome.kind)
    }
  })
  .openapi(getLanding, async (c) => {
    const landing = await findLanding(c.var.deps, c.var.scope, c.req.valid('param').token, c.var.locale)
    return landing ? c.json(landing, 200) : problem(c, 404, 'not-found')
  })
  .openapi(getConsentFile, async (c) => {
    const consent = await consentOf(c, c.req.valid('param').id)
    if (!consent) return problem(c, 404, 'not-found')
    c.header('content-disposition', 'attachment; filename="ritrovo-consent.json"')
    return c.json(consent, 200)
  })
  .openapi(getConsent, async (c) => {
    const consent = await consentOf(c, c.req.valid('param').id)
    return consent ? c.json(consent, 200) : problem(c, 404, 'not-found')
  })
  .openapi(getLedger, async (c) => {
    const { connection, cursor } = c.req.valid('query')
    const read = await readAccessLedger(c.var.deps, c.var.scope, connection ?? null, cursor ?? null)
    return read ? c.json(read, 200) : problem(c, 400, 'bad-input')
  })
  .openapi(getLedgerFile, async (c) =>
    c.body(await writeCsv(c.var.deps, c.var.scope), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="ritrovo-access-ledger.csv"',
    }),
  )
  .openapi(getApps, async (c) => c.json({ apps: await listApps(c.var.deps, c.var.scope.workspaceId) }, 200))
  .openapi(putApp, async (c) => {
    const { provider } = c.req.valid('param')
    const outcome = await enterApp(c.var.deps, c.var.scope, provider, c.req.valid('json'))
    if (outcome.kind === 'secret-missing')
      return problem(c, 400, 'bad-input', undefined, { fields: { clientSecret: 'too-short' } })
    const apps = await listApps(c.var.deps, c.var.scope.workspaceId)
    return c.json(
      apps.find((app) => app.provider === provider)!,
      200,
    )
  })
  .openapi(postAppTest, async (c) => {
    const limited = await tooOften(c, PROBES)
    if (limited) return limited
    const { provider } = c.req.valid('param')
    const outcome = await testApp(c.var.deps, c.var.scope, provider)
    if (!outcome) return problem(c, 404, 'not-found')
    return c.json({ outcome, detail: sayProbe(c, provider, outcome) }, 200)
  })
  .openapi(deleteAppRoute, async (c) =>
    (await removeApp(c.var.deps, c.var.scope, c.req.valid('param').provider))
      ? c.body(null, 204)
      : problem(c, 404, 'not-found'),
  )

const sayProbe = (c: Ctx, provider: OAuthProvider, outcome: ProbeOutcome): string =>
  speak(connectionWords, c.var.locale)(
    outcome === 'good' && provider === 'microsoft' ? 'probe.good-microsoft' : `probe.${outcome}`,
    { provider: PROVIDER_NAMES[provider] },
  )

const consentOf = (c: Ctx, id: string) => {
  const { workspaceId, userId } = c.var.scope
  return c.var.deps.db.inWorkspace(workspaceId, (tx) => findConsent(tx, workspaceId, userId, id))
}
