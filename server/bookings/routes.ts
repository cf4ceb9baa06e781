import { createRoute, z } from '@hono/zod-openapi'
import { DAY, type Instant } from '#core/time/model.ts'
import { startOfDay, dateOf } from '#core/time/wall.ts'
import { may, signedIn, type Scope, type SignedIn } from '#server/accounts/gate.ts'
import { body, json, problem, problems, router, text } from '#server/platform/http.ts'
import type { Deps } from '#server/platform/deps.ts'
import { accept } from './accept.ts'
import { cancel } from './cancel.ts'
import { decline } from './decline.ts'
import { findBookings, getBooking } from './find.ts'
import { before, meet } from './meet.ts'
import { Booking, CalendarChangeSeen, MeetingDraft } from './model.ts'
import { propose } from './propose.ts'
import { reschedule } from './reschedule.ts'
import { retryCalendar, sendAgain } from './retry.ts'
import { settle } from './settle-change.ts'
import { countRequests, findChange, hostsOf, listChanges, type SeenChange } from './store.ts'

const tags = ['bookings']
const byId = { params: z.object({ id: z.uuid() }) }
const answer = { 200: json(Booking, 'The booking as it stands now'), ...problems(400, 401, 403, 404, 409) }
const reasonBody = body(z.strictObject({ reason: text(1000, { lines: true }).default('') }))

const list = createRoute({
  method: 'get', path: '/bookings', tags,
  request: { query: z.object({ state: z.enum(['upcoming', 'requests', 'past', 'cancelled']).default('upcoming'), whose: z.enum(['mine', 'all']).default('mine'), cursor: z.coerce.number().int().min(0).max(100_000).default(0) }) },
  responses: { 200: json(z.object({ bookings: z.array(Booking), next: z.string().nullable() }), 'Bookings'), ...problems(400, 401) },
})
const get = createRoute({ method: 'get', path: '/bookings/{id}', tags, request: byId, responses: answer })
const acceptIt = createRoute({ method: 'post', path: '/bookings/{id}/accept', tags, request: byId, responses: answer })
const declineIt = createRoute({ method: 'post', path: '/bookings/{id}/decline', tags, request: { ...byId, body: reasonBody }, responses: answer })
const cancelIt = createRoute({ method: 'post', path: '/bookings/{id}/cancel', tags, request: { ...byId, body: reasonBody }, responses: answer })
const proposeIt = createRoute({ method: 'post', path: '/bookings/{id}/propose', tags, request: { ...byId, body: body(z.strictObject({ starts: z.array(z.int().min(0).max(4_102_444_800_000)).min(1).max(3) })) }, responses: answer })
const moveIt = createRoute({ method: 'post', path: '/bookings/{id}/move', tags, request: { ...byId, body: body(z.strictObject({ start: z.int().min(0).max(4_102_444_800_000), duration: z.int().min(5).max(1440).optional() })) }, responses: answer })
const again = createRoute({ method: 'post', path: '/bookings/{id}/send-again', tags, request: { ...byId, body: body(z.strictObject({ kind: z.enum(['invite', 'uninvite', 'acknowledge', 'propose', 'decline']) })) }, responses: answer })
const retry = createRoute({ method: 'post', path: '/bookings/{id}/retry-calendar', tags, request: byId, responses: answer })
const changes = createRoute({ method: 'get', path: '/calendar-changes', tags, responses: { 200: json(z.object({ changes: z.array(CalendarChangeSeen) }), 'Changes in my calendar that wait for my word'), ...problems(401) } })
const settleIt = createRoute({ method: 'post', path: '/calendar-changes/{id}/settle', tags, request: { ...byId, body: body(z.strictObject({ way: z.enum(['follow', 'keep', 'ignore']) })) }, responses: answer })
const meetBefore = createRoute({ method: 'get', path: '/contacts/{id}/meetings/before', tags, request: byId, responses: { 200: json(z.object({ calendar: z.boolean() }), 'Whether it will be written and invited to, or only noted'), ...problems(401) } })
const meetIt = createRoute({ method: 'post', path: '/contacts/{id}/meetings', tags, request: { ...byId, body: body(MeetingDraft) }, responses: { 201: json(Booking, 'Made'), ...problems(400, 401, 404, 409) } })
const Today = z.object({ requests: z.number(), meetings: z.array(Booking), next: Booking.nullable(), troubled: z.array(Booking) }).openapi('Today')
const today = createRoute({ method: 'get', path: '/today', tags, responses: { 200: json(Today, 'The day of whoever asks'), ...problems(401) } })

const show = async (deps: Deps, scope: Scope, id: string): Promise<Booking | null> => deps.db.inWorkspace(scope.workspaceId, (tx) => getBooking(tx, scope.workspaceId, id, deps.now()))

/** A booking may be changed by the people it books, and by who may edit others' pages; to everyone else it answers as if it were not there. */
async function mine(deps: Deps, scope: Scope, id: string): Promise<boolean> {
  const hosts = await deps.db.inWorkspace(scope.workspaceId, (tx) => hostsOf(tx, scope.workspaceId, id))
  return hosts.some((host) => host.user_id === scope.userId) || (hosts.length > 0 && may(scope, 'edit-others-pages'))
}

/** What signed-in people do with bookings and requests. */
const app = router<SignedIn>()
for (const path of ['/bookings', '/bookings/*', '/today', '/calendar-changes', '/calendar-changes/*', '/contacts/:id/meetings', '/contacts/:id/meetings/*']) app.use(path, signedIn())

export const routes = app
  .openapi(list, async (c) => {
    const { deps, scope } = c.var
    const { state, whose, cursor } = c.req.valid('query')
    return c.json(await deps.db.inWorkspace(scope.workspaceId, (tx) => findBookings(tx, scope.workspaceId, { which: state, hostId: whose === 'mine' ? scope.userId : null, now: deps.now(), offset: cursor })), 200)
  })
  .openapi(today, async (c) => {
    const { deps, scope } = c.var
    const now = deps.now()
    const day = startOfDay(scope.user.zone, dateOf(scope.user.zone, now))
    const [upcoming, requests] = await deps.db.inWorkspace(scope.workspaceId, (tx) =>
      Promise.all([findBookings(tx, scope.workspaceId, { which: 'upcoming', hostId: scope.userId, now, offset: 0 }), countRequests(tx, scope.workspaceId, scope.userId, now)]),
    )
    const meetings = upcoming.bookings.filter((booking) => startsWithin(booking, day, day + DAY))
    return c.json({ requests, meetings, next: upcoming.bookings.find((booking) => booking.start > now) ?? null, troubled: upcoming.bookings.filter((booking) => booking.calendarState === 'failed') }, 200)
  })
  .openapi(get, async (c) => {
    const booking = await show(c.var.deps, c.var.scope, c.req.valid('param').id)
    return booking ? c.json(booking, 200) : (problem(c, 404, 'not-found'))
  })
  .openapi(acceptIt, async (c) => {
    const { deps, scope } = c.var
    const { id } = c.req.valid('param')
    if (!(await mine(deps, scope, id))) return problem(c, 404, 'not-found')
    const outcome = await accept(deps, scope.workspaceId, id, { by: 'host' })
    switch (outcome.kind) {
      case 'accepted':
        return c.json((await show(deps, scope, id))!, 200)
      case 'slot-taken':
      case 'already':
      case 'unreadable':
        return problem(c, 409, outcome.kind)
      case 'not-found':
        return problem(c, 404, 'not-found')
    }
  })
  .openapi(declineIt, async (c) => {
    const { deps, scope } = c.var
    const { id } = c.req.valid('param')
    if (!(await mine(deps, scope, id))) return problem(c, 404, 'not-found')
    const outcome = await decline(deps, scope.workspaceId, id, c.req.valid('json').reason)
    return outcome.kind === 'declined' ? c.json((await show(deps, scope, id))!, 200) : (problem(c, outcome.kind === 'already' ? 409 : 404, outcome.kind))
  })
  .openapi(cancelIt, async (c) => {
    const { deps, scope } = c.var
    const { id } = c.req.valid('param')
    if (!(await mine(deps, scope, id))) return problem(c, 404, 'not-found')
    const outcome = await cancel(deps, scope.workspaceId, id, 'host', c.req.valid('json').reason)
    return outcome.kind === 'cancelled' ? c.json((await show(deps, scope, id))!, 200) : (problem(c, outcome.kind === 'not-found' ? 404 : 409, outcome.kind))
  })
  .openapi(proposeIt, async (c) => {
    const { deps, scope } = c.var
    const { id } = c.req.valid('param')
    if (!(await mine(deps, scope, id))) return problem(c, 404, 'not-found')
    const outcome = await propose(deps, scope.workspaceId, id, c.req.valid('json').starts)
    return outcome.kind === 'proposed' ? c.json((await show(deps, scope, id))!, 200) : (problem(c, outcome.kind === 'not-found' ? 404 : 409, outcome.kind))
  })
  .openapi(moveIt, async (c) => {
    const { deps, scope } = c.var
    const { id } = c.req.valid('param')
    if (!(await mine(deps, scope, id))) return problem(c, 404, 'not-found')
    const { start, duration } = c.req.valid('json')
    const outcome = await reschedule(deps, scope.workspaceId, id, { start, duration: duration ?? null, by: 'host' })
    return outcome.kind === 'moved' ? c.json((await show(deps, scope, id))!, 200) : (problem(c, outcome.kind === 'not-found' ? 404 : 409, outcome.kind))
  })
  .openapi(again, async (c) => {
    const { deps, scope } = c.var
    const { id } = c.req.valid('param')
    if (!(await mine(deps, scope, id))) return problem(c, 404, 'not-found')
    const sent = await sendAgain(deps, scope.workspaceId, id, c.req.valid('json').kind)
    return sent ? c.json((await show(deps, scope, id))!, 200) : (problem(c, 409, 'nothing-to-send'))
  })
  .openapi(retry, async (c) => {
    const { deps, scope } = c.var
    const { id } = c.req.valid('param')
    if (!(await mine(deps, scope, id))) return problem(c, 404, 'not-found')
    await retryCalendar(deps, scope.workspaceId, id)
    return c.json((await show(deps, scope, id))!, 200)
  })
  .openapi(changes, async (c) => {
    const { deps, scope } = c.var
    const found = await deps.db.inWorkspace(scope.workspaceId, (tx) => listChanges(tx, scope.workspaceId, scope.userId, deps.now()))
    return c.json({ changes: found.map(shown) }, 200)
  })
  .openapi(settleIt, async (c) => {
    const { deps, scope } = c.var
    const { id } = c.req.valid('param')
    const change = await deps.db.inWorkspace(scope.workspaceId, (tx) => findChange(tx, scope.workspaceId, id))
    if (!change || !(await mine(deps, scope, change.booking_id))) return problem(c, 404, 'not-found')
    const outcome = await settle(deps, scope.workspaceId, id, c.req.valid('json').way)
    return outcome.kind === 'settled' ? c.json((await show(deps, scope, change.booking_id))!, 200) : problem(c, 409, outcome.kind)
  })
  .openapi(meetBefore, async (c) => c.json(await before(c.var.deps, c.var.scope), 200))
  .openapi(meetIt, async (c) => {
    const { deps, scope } = c.var
    const outcome = await meet(deps, scope, c.req.valid('param').id, c.req.valid('json'))
    switch (outcome.kind) {
      case 'made':
        return c.json((await show(deps, scope, outcome.bookingId))!, 201)
      case 'busy':
        return problem(c, 409, 'busy', undefined, { busy: outcome.busy, ours: outcome.ours })
      case 'unreadable':
      case 'past':
        return problem(c, 409, outcome.kind)
      case 'not-found':
        return problem(c, 404, 'not-found')
    }
  })

const shown = (row: SeenChange): CalendarChangeSeen => ({
  id: row.change_id,
  bookingId: row.booking_id,
  kind: row.kind,
  start: row.starts_at,
  end: row.ends_at,
  who: row.who,
  noticedAt: row.noticed_at,
  booking: { title: row.title, start: row.booked_start, end: row.booked_end, name: row.name },
})

const startsWithin = (booking: { start: Instant; end: Instant }, from: Instant, to: Instant): boolean => booking.start < to && booking.end > from
