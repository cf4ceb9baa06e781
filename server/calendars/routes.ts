import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { signedIn, withPermission, type SignedIn } from '#server/accounts/gate.ts'
import type { ReasonCode } from '#server/connections/model.ts'
import { body, json, problem, problems, router } from '#server/platform/http.ts'
import { checkConnection } from './check.ts'
import { chooseCalendar } from './choose.ts'
import { connectCaldav } from './connect.ts'
import { disconnect } from './disconnect.ts'
import { getConnection, listConnections } from './list.ts'
import { CalendarChange, CheckStep, ConnectCaldav, Connection, Retry } from './model.ts'
import { reconnect } from './reconnect.ts'

const byId = z.object({ id: z.uuid() })
const tags = ['calendars']
// An address and a password of one's choice make us knock at a stranger's door: not often enough to guess with.
const TRIES = { name: 'connect', limit: 20, seconds: 3600 }

const getConnections = createRoute({
  method: 'get',
  path: '/connections',
  tags,
  middleware: signedIn(),
  responses: {
    200: json(z.object({ connections: z.array(Connection) }), 'My connections with their calendars'),
    ...problems(401),
  },
})
const postCaldav = createRoute({
  method: 'post',
  path: '/connections/caldav',
  tags,
  middleware: [signedIn(), withPermission('personal-email')],
  request: { body: body(ConnectCaldav) },
  responses: {
    201: json(Connection, 'Connected; its calendars are being read'),
    ...problems(400, 401, 403, 409, 422, 429),
  },
})
const postRetry = createRoute({
  method: 'post',
  path: '/connections/{id}/retry',
  tags,
  middleware: [signedIn(), withPermission('personal-email')],
  request: { params: byId, body: body(Retry) },
  responses: { 200: json(Connection, 'Connected again'), ...problems(400, 401, 403, 404, 422, 429) },
})
const deleteConnection = createRoute({
  method: 'delete',
  path: '/connections/{id}',
  tags,
  middleware: signedIn(),
  request: { params: byId },
  responses: {
    200: json(z.object({ offlinePages: z.number(), keptMeetings: z.number() }), 'Disconnected'),
    ...problems(401, 404),
  },
})
const postCheck = createRoute({
  method: 'post',
  path: '/connections/{id}/check',
  tags,
  middleware: signedIn(),
  request: { params: byId },
  responses: {
    200: json(z.object({ steps: z.array(CheckStep) }), 'What was tried and how it went'),
    ...problems(401, 404, 429),
  },
})
const patchCalendar = createRoute({
  method: 'patch',
  path: '/calendars/{id}',
  tags,
  middleware: signedIn(),
  request: { params: byId, body: body(CalendarChange) },
  responses: { 200: json(Connection, 'Changed'), ...problems(400, 401, 404, 422) },
})

type Ctx = Context<SignedIn>

/** One line for the cause, one for the way out; the code is what a program switches on. */
function refused(c: Ctx, reason: ReasonCode, host: string) {
  const say = speak(connectionWords, c.var.locale)
  return problem(
    c,
    422,
    reason,
    `${say(`reason.${reason}.cause`, { host })} ${say(`reason.${reason}.way`, { host })}`,
    { host },
  )
}

async function tooOften(c: Ctx) {
  const { deps, scope } = c.var
  const verdict = await deps.limiter.take(TRIES, scope.userId)
  if (verdict.kind === 'within') return null
  c.header('retry-after', String(verdict.retryAfter))
  return problem(c, 429, 'slow-down')
}

/** What signed-in people do with their calendars. */
export const routes = router<SignedIn>()
  .openapi(getConnections, async (c) =>
    c.json({ connections: await listConnections(c.var.deps, c.var.scope) }, 200),
  )
  .openapi(postCaldav, async (c) => {
    const { deps, scope, locale } = c.var
    const limited = await tooOften(c)
    if (limited) return limited
    const outcome = await connectCaldav(deps, scope, c.req.valid('json'))
    switch (outcome.kind) {
      case 'connected':
        return c.json((await getConnection(deps, scope, outcome.connectionId))!, 201)
      case 'refused':
        return refused(c, outcome.reason, outcome.host)
      case 'already-connected':
        return problem(
          c,
          409,
          outcome.kind,
          speak(connectionWords, locale)('refused.already-connected', { account: outcome.account }),
        )
      case 'no-personal-email':
        return problem(c, 403, outcome.kind, speak(connectionWords, locale)('refused.no-personal-email'))
    }
  })
  .openapi(postRetry, async (c) => {
    const limited = await tooOften(c)
    if (limited) return limited
    const { id } = c.req.valid('param')
    const outcome = await reconnect(c.var.deps, c.var.scope, id, c.req.valid('json').password ?? null)
    switch (outcome.kind) {
      case 'connected':
        return c.json((await getConnection(c.var.deps, c.var.scope, id))!, 200)
      case 'refused':
        return refused(c, outcome.reason, outcome.host)
      case 'not-found':
        return problem(c, 404, outcome.kind)
    }
  })
  .openapi(deleteConnection, async (c) => {
    const outcome = await disconnect(c.var.deps, c.var.scope, c.req.valid('param').id)
    if (outcome.kind === 'not-found') return problem(c, 404, outcome.kind)
    const { kind: _, ...counts } = outcome
    return c.json(counts, 200)
  })
  .openapi(postCheck, async (c) => {
    const limited = await tooOften(c)
    if (limited) return limited
    const steps = await checkConnection(c.var.deps, c.var.scope, c.req.valid('param').id)
    return steps ? c.json({ steps }, 200) : problem(c, 404, 'not-found')
  })
  .openapi(patchCalendar, async (c) => {
    const outcome = await chooseCalendar(
      c.var.deps,
      c.var.scope,
      c.req.valid('param').id,
      c.req.valid('json'),
    )
    switch (outcome.kind) {
      case 'chosen':
        return c.json((await getConnection(c.var.deps, c.var.scope, outcome.connectionId))!, 200)
      case 'not-found':
        return problem(c, 404, outcome.kind)
      case 'read-only':
        return problem(
          c,
          422,
          outcome.kind,
          speak(connectionWords, c.var.locale)('refused.read-only', { calendar: outcome.name }),
        )
    }
  })
