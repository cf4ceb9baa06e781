import { createRoute, z } from '@hono/zod-openapi'
import { daysOf } from '#core/availability/days.ts'
import { LOCALES } from '#core/locale/locale.ts'
import { DAY } from '#core/time/model.ts'
import { parseInstant } from '#core/time/wall.ts'
import { zone as readZone } from '#core/time/zone.ts'
import { body, emailAddress, json, problem, problems, router, text } from '#server/platform/http.ts'
import { book } from './book.ts'
import { loadInputs } from './inputs.ts'
import { allows } from './limits.ts'
import { slotsOf } from './slots.ts'
import { readVisitor } from './visitor-form.ts'

const tags = ['public']
const address = z.object({ host: z.string().max(63), page: z.string().max(63) })
const MAX_DAYS = 62

const Slots = z
  .object({
    mode: z.enum(['bookable', 'requests', 'closed']),
    zone: z.string(),
    length: z.number(),
    days: z.array(z.object({ date: z.string(), runs: z.array(z.object({ offset: z.number(), minutes: z.array(z.number()) })) })),
  })
  .openapi('Slots')

const getSlots = createRoute({
  method: 'get', path: '/{host}/{page}/slots', tags,
  description: 'Starts of free slots: minutes after midnight per day on the wall clock of `zone`, grouped by the offset (minutes from UTC) that clock has then.',
  request: { params: address, query: z.object({ from: z.string().max(40), to: z.string().max(40), length: z.coerce.number().int().min(5).max(1440).optional(), zone: z.string().max(64).optional() }) },
  responses: { 200: json(Slots, 'What may be chosen now'), ...problems(400, 404, 429) },
})

const Wish = z.strictObject({
  start: z.union([z.int().min(0), z.string().max(40)]),
  length: z.int().min(5).max(1440).optional(),
  zone: z.string().max(64),
  name: text(200, { min: 1 }),
  email: emailAddress,
  answers: z.record(z.string().max(60), z.union([z.string().max(5000), z.array(z.string().max(500)).max(50)])).default({}),
  guests: z.array(emailAddress).max(50).default([]),
  consent: z.boolean().default(false),
  locale: z.enum(LOCALES).default('en'),
  hold: z.string().max(100).optional(),
})
const Result = z.object({ state: z.enum(['booked', 'requested']), id: z.uuid(), manageUrl: z.string() }).openapi('BookingResult')

const postBooking = createRoute({
  method: 'post', path: '/{host}/{page}/bookings', tags,
  description: 'Books a slot, or asks for it where the page takes requests. Send an Idempotency-Key: the same key with the same body has the same answer. 409 `slot-taken` carries the nearest free starts in `alternatives`.',
  request: { params: address, headers: z.object({ 'idempotency-key': z.string().min(8).max(200).optional() }), body: body(Wish) },
  responses: { 201: json(Result, 'Taken for this visitor; the calendar is written and read back next'), ...problems(400, 404, 409, 422, 429) },
})

/** The visitor's side of Ritrovo for programs; the pages are built on the same verbs. */
export const publicBookingsApi = router()
  .openapi(getSlots, async (c) => {
    const query = c.req.valid('query')
    const from = parseInstant(query.from)
    const to = parseInstant(query.to)
    const zone = query.zone === undefined ? null : readZone(query.zone)
    if (from === null || to === null || to <= from || to - from > MAX_DAYS * DAY) return problem(c, 400, 'bad-range', `Ask for up to ${MAX_DAYS} days, as RFC 3339 instants.`)
    if (query.zone !== undefined && zone === null) return problem(c, 400, 'bad-zone')
    const inputs = await loadInputs(c.var.deps.db, c.req.valid('param'))
    if (!inputs) return problem(c, 404, 'not-found')
    const length = query.length ?? inputs.type.durations[0]!
    const now = c.var.deps.now()
    const { mode, slots } = slotsOf(inputs, length, { start: Math.max(from, now), end: to }, now)
    const shown = zone ?? inputs.hosts[0]?.schedule.zone ?? 'UTC'
    c.header('cache-control', 'no-store')
    return c.json({ mode: mode.kind, zone: shown, length, days: daysOf(slots, shown) }, 200)
  })
  .openapi(postBooking, async (c) => {
    if (!(await allows(c, 'book'))) return problem(c, 429, 'slow-down')
    const wish = c.req.valid('json')
    const ref = c.req.valid('param')
    const zone = readZone(wish.zone)
    const start = typeof wish.start === 'number' ? wish.start : parseInstant(wish.start)
    if (!zone) return problem(c, 400, 'bad-zone')
    if (start === null) return problem(c, 400, 'bad-start')
    const inputs = await loadInputs(c.var.deps.db, ref)
    if (!inputs) return problem(c, 404, 'not-found')
    const typed = {
      name: wish.name,
      email: wish.email,
      guests: wish.guests.join(','),
      consent: wish.consent,
      answers: Object.fromEntries(inputs.type.questions.map(({ id }) => [id, [wish.answers[id] ?? []].flat()])),
    }
    const read = readVisitor(typed, inputs.type, { zone, locale: wish.locale, now: c.var.deps.now() })
    if (!read.visitor) return problem(c, 422, 'bad-input', undefined, { fields: read.errors })
    const outcome = await book(c.var.deps, ref, { start, duration: wish.length ?? inputs.type.durations[0]!, visitor: read.visitor, hold: wish.hold ?? null, key: c.req.valid('header')['idempotency-key'] ?? null }, inputs)
    switch (outcome.kind) {
      case 'booked':
      case 'requested':
        return c.json({ state: outcome.kind, id: outcome.bookingId, manageUrl: `${(c.var.deps.config.url ?? '').replace(/\/$/, '')}/b/${outcome.token}` }, 201)
      case 'slot-taken':
        return problem(c, 409, 'slot-taken', undefined, { alternatives: outcome.alternatives })
      case 'closed':
        return problem(c, 409, 'closed')
      case 'key-reused':
        return problem(c, 422, 'idempotency_mismatch')
      case 'not-found':
        return problem(c, 404, 'not-found')
    }
  })
