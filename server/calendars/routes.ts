import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { speak } from '#core/locale/say.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { signedIn, withPermission, type SignedIn } from '#server/accounts/gate.ts'
import { findLanding, sentenceOf } from '#server/connections/landing.ts'
import { OAuthProvider, type ReasonCode } from '#server/connections/model.ts'
import { SharedInbox, SharedInboxChange, SharedInboxDraft } from '#server/connections/shared-inboxes.ts'
import { beginTrip } from '#server/connections/trip.ts'
import { body, json, problem, problems, router, text } from '#server/platform/http.ts'
import { checkConnection } from './check.ts'
import { chooseCalendar } from './choose.ts'
import { connectCaldav } from './connect.ts'
import { takeLanded } from './connect-oauth.ts'
import { disconnect, disconnectCalendar, unlinkMailbox } from './disconnect.ts'
import { getConnection, listConnections } from './list.ts'
import { CalendarChange, CheckStep, ConnectCaldav, Connection, Retry, RolesChange } from './model.ts'
import { reconnect } from './reconnect.ts'
import { changeRoles } from './roles.ts'
import {
  editSharedInbox,
  listSharedInboxes,
  registerSharedInbox,
  withdrawSharedInbox,
} from './shared-inbox.ts'

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
const deleteMailbox = createRoute({
  method: 'delete',
  path: '/connections/{id}/mailbox',
  tags,
  middleware: signedIn(),
  request: { params: byId },
  responses: { 204: { description: 'Unlinked; the calendar stays' }, ...problems(401, 404) },
})
const postMailbox = createRoute({
  method: 'post',
  path: '/connections/{id}/mailbox',
  tags,
  middleware: signedIn(),
  request: {
    params: byId,
    body: body(
      z.strictObject({
        provider: OAuthProvider,
        textVersion: text(40, { min: 1 }),
        locale: z.enum(['en', 'it']),
      }),
    ),
  },
  responses: {
    201: json(z.object({ url: z.string() }), 'Where the person says yes to their mailbox'),
    ...problems(400, 401, 403, 404, 409, 429),
  },
})
const deleteCalendar = createRoute({
  method: 'delete',
  path: '/connections/{id}/calendar',
  tags,
  middleware: signedIn(),
  request: { params: byId },
  responses: {
    200: json(
      z.object({ offlinePages: z.number(), keptMeetings: z.number() }),
      'Its mailbox stays, if it is linked',
    ),
    ...problems(401, 404),
  },
})
const patchConnection = createRoute({
  method: 'patch',
  path: '/connections/{id}',
  tags,
  middleware: signedIn(),
  request: { params: byId, body: body(RolesChange) },
  responses: { 200: json(Connection, 'Changed'), ...problems(400, 401, 404, 409) },
})
const postUse = createRoute({
  method: 'post',
  path: '/connections/landings/{token}/use',
  tags,
  middleware: signedIn(),
  request: {
    params: z.object({ token: z.string().max(100) }),
    body: body(z.strictObject({ as: z.enum(['replace', 'add']).optional() })),
  },
  responses: {
    201: json(Connection, 'Connected; its calendars are being read'),
    ...problems(400, 401, 403, 404, 409),
  },
})
const inboxAdmin = [signedIn(), withPermission('manage-workspace')]
const Inboxes = z.object({ inboxes: z.array(SharedInbox) })
const getInboxes = createRoute({
  method: 'get',
  path: '/shared-inboxes',
  tags,
  middleware: inboxAdmin,
  responses: { 200: json(Inboxes, 'The team’s mailboxes'), ...problems(401, 403) },
})
const postInbox = createRoute({
  method: 'post',
  path: '/shared-inboxes',
  tags,
  middleware: inboxAdmin,
  request: { body: body(SharedInboxDraft) },
  responses: { 201: json(SharedInbox, 'Registered'), ...problems(400, 401, 403, 409) },
})
const patchInbox = createRoute({
  method: 'patch',
  path: '/shared-inboxes/{id}',
  tags,
  middleware: inboxAdmin,
  request: { params: byId, body: body(SharedInboxChange) },
  responses: { 200: json(SharedInbox, 'Changed'), ...problems(400, 401, 403, 404) },
})
const deleteInbox = createRoute({
  method: 'delete',
  path: '/shared-inboxes/{id}',
  tags,
  middleware: inboxAdmin,
  request: { params: byId },
  responses: { 204: { description: 'Withdrawn' }, ...problems(401, 403, 404) },
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
    // Nobody tells whether two-step sign-in is on: whoever is refused should know about it in any case.
    reason === 'wrong-password'
      ? { host, hint: { code: 'CAL-APP-PASSWORD', text: say('cal-error.CAL-APP-PASSWORD') } }
      : { host },
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
          { account: outcome.account, connectionId: outcome.connectionId, mayAdd: outcome.mayAdd },
        )
      case 'shared-inbox':
        return problem(
          c,
          409,
          'CAL-SHARED-INBOX',
          speak(connectionWords, locale)('cal-error.CAL-SHARED-INBOX'),
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
  .openapi(deleteMailbox, async (c) => {
    const outcome = await unlinkMailbox(c.var.deps, c.var.scope, c.req.valid('param').id)
    return outcome.kind === 'unlinked' ? c.body(null, 204) : problem(c, 404, outcome.kind)
  })
  .openapi(postMailbox, async (c) => {
    const limited = await tooOften(c)
    if (limited) return limited
    const given = c.req.valid('json')
    const outcome = await beginTrip(c.var.deps, c.var.scope, {
      ...given,
      mail: true,
      purpose: 'scopes',
      connectionId: c.req.valid('param').id,
    })
    switch (outcome.kind) {
      case 'ready':
        return c.json({ url: outcome.url }, 201)
      case 'no-permission':
        return problem(
          c,
          403,
          'CAL-NO-PERMISSION',
          sentenceOf(c.var.locale, 'CAL-NO-PERMISSION', given.provider),
        )
      case 'shared-inbox':
        return problem(
          c,
          409,
          'CAL-SHARED-INBOX',
          sentenceOf(c.var.locale, 'CAL-SHARED-INBOX', given.provider),
        )
      case 'not-configured':
        return problem(
          c,
          409,
          'CAL-NOT-CONFIGURED',
          sentenceOf(c.var.locale, 'CAL-NOT-CONFIGURED', given.provider),
        )
      case 'second':
      case 'not-found':
        return problem(c, 404, 'not-found')
    }
  })
  .openapi(deleteCalendar, async (c) => {
    const outcome = await disconnectCalendar(c.var.deps, c.var.scope, c.req.valid('param').id)
    if (outcome.kind === 'not-found') return problem(c, 404, outcome.kind)
    const { kind: _, ...counts } = outcome
    return c.json(counts, 200)
  })
  .openapi(patchConnection, async (c) => {
    const { id } = c.req.valid('param')
    const outcome = await changeRoles(c.var.deps, c.var.scope, id, c.req.valid('json').roles)
    switch (outcome.kind) {
      case 'changed':
        return c.json((await getConnection(c.var.deps, c.var.scope, id))!, 200)
      case 'one-account':
        return problem(c, 409, outcome.kind)
      case 'not-found':
        return problem(c, 404, outcome.kind)
    }
  })
  .openapi(postUse, async (c) => {
    const { deps, scope, locale } = c.var
    const outcome = await takeLanded(deps, scope, c.req.valid('param').token, c.req.valid('json').as ?? null)
    switch (outcome.kind) {
      case 'connected':
        return c.json((await getConnection(deps, scope, outcome.connectionId))!, 201)
      case 'landed': {
        const next = (await findLanding(deps, scope, outcome.landing, locale))!
        return problem(c, 409, next.code, next.text, { landing: outcome.landing })
      }
      case 'stale':
        return problem(c, 404, 'not-found')
    }
  })
  .openapi(getInboxes, async (c) =>
    c.json({ inboxes: await listSharedInboxes(c.var.deps, c.var.scope) }, 200),
  )
  .openapi(postInbox, async (c) => {
    const outcome = await registerSharedInbox(c.var.deps, c.var.scope, c.req.valid('json'))
    switch (outcome.kind) {
      case 'registered':
        return c.json(outcome.inbox, 201)
      case 'known':
        return problem(c, 409, 'known-inbox')
      case 'has-calendars':
        return problem(c, 409, 'has-calendars', undefined, { calendars: outcome.calendars })
    }
  })
  .openapi(patchInbox, async (c) => {
    const inbox = await editSharedInbox(c.var.deps, c.var.scope, c.req.valid('param').id, c.req.valid('json'))
    return inbox ? c.json(inbox, 200) : problem(c, 404, 'not-found')
  })
  .openapi(deleteInbox, async (c) =>
    (await withdrawSharedInbox(c.var.deps, c.var.scope, c.req.valid('param').id))
      ? c.body(null, 204)
      : problem(c, 404, 'not-found'),
  )
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
