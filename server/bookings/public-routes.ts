import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { chooseLocale, isLocale, type Locale } from '#core/locale/locale.ts'
import { dateOf } from '#core/time/wall.ts'
import { writeObject } from '#core/icalendar/write.ts'
import type { Env } from '#server/platform/http.ts'
import { accept } from './accept.ts'
import { book } from './book.ts'
import { findVisit, type Visit } from './visit.ts'
import { calendarOf } from './calendar-view.ts'
import { cancel } from './cancel.ts'
import { effectsOf } from './effects.ts'
import { readToken } from '#server/platform/secrets.ts'
import { invitationOf } from './event.ts'
import { hold, release } from './hold.ts'
import { loadInputs, modeOf, type OwnRow, type PageInputs } from './inputs.ts'
import { allows } from './limits.ts'
import { renderBooking, renderCancel, renderLanding, renderMessage, renderPicker, renderPrivacy, renderProposal } from './pages.tsx'
import { reschedule } from './reschedule.ts'
import { alternativesTo, mayStart } from './slots.ts'
import { contactOf, frameOf, pageFacts, readZoneWish } from './frame.ts'
import { readLanding } from './landing.ts'
import { anythingTyped, readVisitor, typedOf, type Fields } from './visitor-form.ts'
import type { Clock, Form, Panel, PickerView, Query, Typed } from './views.ts'

type C = Context<Env>

const NAMES = ['week', 'day', 'zone', 'lang', 'length', 'clock', 'slot', 'hold', 'ask'] as const
/** How long a submit waits for the calendar before it shows "being written". */
const PATIENCE_MS = 2500

/** What a visitor may do without signing in. GET only shows; everything that changes is a form's POST (I17). */
export const publicBookings = new Hono<Env>()
  .use(async (c, next) => {
    await next()
    c.res.headers.set('cache-control', 'no-store')
    c.res.headers.set('x-robots-tag', c.req.path.startsWith('/b/') ? 'noindex, nofollow' : 'noindex')
  })
  .get('/privacy', (c) => c.html(renderPrivacy(frameOf(c, { locale: localeOf(c), workspace: 'Ritrovo' }), { contact: contactOf(c.var.deps) })))
  .get('/b/:token', async (c) => withVisit(c, async (visit, locale) => c.html(renderBooking(frameOf(c, { locale, workspace: visit.workspace }), visit.view(c.req.query('now-request') === '1' ? 'now-request' : c.req.query('new') === '1' ? 'booked' : c.req.query('moved') === '1' ? 'moved' : null)))))
  .get('/b/:token/event.ics', async (c) =>
    withVisit(c, async (visit) => {
      if (visit.booking.state !== 'confirmed') return gone(c, visit.booking.locale)
      return c.body(writeObject({ ...invitationOf(visit.booking, visit.hosts), stamp: c.var.deps.now() }, 'PUBLISH'), 200, { 'content-type': 'text/calendar; charset=utf-8', 'content-disposition': 'attachment; filename="meeting.ics"' })
    }),
  )
  .get('/b/:token/cancel', async (c) => withVisit(c, async (visit, locale) => c.html(renderCancel(frameOf(c, { locale, workspace: visit.workspace }), { booking: visit.view(null), reason: '', notice: null }))))
  .post('/b/:token/cancel', async (c) =>
    withVisit(c, async (visit, locale) => {
      if (!(await allows(c, 'manage'))) return tooMany(c, locale)
      const fields = await readForm(c)
      const reason = one(fields, 'reason').replace(/\p{Cc}/gu, ' ').trim().slice(0, 1000)
      await cancel(c.var.deps, visit.workspaceId, visit.booking.booking_id, 'visitor', reason)
      return c.redirect(withLang(`/b/${c.req.param('token')}`, c), 303)
    }),
  )
  .get('/b/:token/move', async (c) => withVisit(c, async (visit, locale) => showMove(c, visit, locale)))
  .post('/b/:token/move', async (c) =>
    withVisit(c, async (visit, locale) => {
      if (!(await allows(c, 'manage'))) return tooMany(c, locale)
      const fields = await readForm(c)
      const start = slotOf(one(fields, 'slot'))
      if (start === null) return showMove(c, visit, locale)
      const { zone } = readZoneWish(one(fields, 'zone') || undefined)
      const outcome = await reschedule(c.var.deps, visit.workspaceId, visit.booking.booking_id, { start, duration: null, by: 'visitor', ...(zone ? { visitorZone: zone } : {}) })
      switch (outcome.kind) {
        case 'moved':
          await settled(visit.booking.booking_id)
          return c.redirect(withLang(`/b/${c.req.param('token')}?moved=1`, c), 303)
        case 'slot-taken':
          return showMove(c, visit, locale, { kind: 'taken', lost: start, nearest: outcome.alternatives })
        case 'closed':
        case 'too-late':
        case 'not-found':
          return c.redirect(withLang(`/b/${c.req.param('token')}`, c), 303)
      }
    }),
  )
  .get('/b/:token/proposal', async (c) => withVisit(c, async (visit, locale) => c.html(renderProposal(frameOf(c, { locale, workspace: visit.workspace }), { booking: visit.view(null), chosen: slotOf(c.req.query('start') ?? ''), taken: null }))))
  .post('/b/:token/accept', async (c) =>
    withVisit(c, async (visit, locale) => {
      if (!(await allows(c, 'manage'))) return tooMany(c, locale)
      const start = slotOf(one(await readForm(c), 'slot')) ?? slotOf(one(await readForm(c), 'start'))
      // Only what the host has offered may be taken this way.
      if (start === null || !visit.booking.proposed?.includes(start)) return c.redirect(withLang(`/b/${c.req.param('token')}`, c), 303)
      const outcome = await accept(c.var.deps, visit.workspaceId, visit.booking.booking_id, { start, by: 'visitor' })
      if (outcome.kind === 'slot-taken')
        return c.html(renderProposal(frameOf(c, { locale, workspace: visit.workspace }), { booking: visit.view(null), chosen: null, taken: { lost: start, nearest: outcome.alternatives } }), 409)
      await settled(visit.booking.booking_id)
      return c.redirect(withLang(`/b/${c.req.param('token')}?new=1`, c), 303)
    }),
  )
  .get('/:host', async (c) => {
    const landing = await readLanding(c.var.deps, c.req.param('host'))
    const locale = localeOf(c)
    return landing ? c.html(renderLanding(frameOf(c, { locale, workspace: landing.workspace }), landing.view)) : c.notFound()
  })
  .get('/:host/:page', async (c) => {
    const inputs = await loadInputs(c.var.deps.db, c.req.param())
    if (!inputs) return c.notFound()
    const locale = localeOf(c, inputs)
    const clock = clockOf(c, inputs)
    const query = queryOf(c)
    const start = slotOf(query.slot ?? '')
    const duration = durationOf(inputs, query.length)
    if (start === null) return show(c, inputs, locale, clock, query, { kind: 'times' })
    // A form for a time that is not offered any more would only waste what is typed into it.
    const mine = query.hold ? holdOf(inputs, query.hold) : null
    const mode = modeOf(inputs, clock.now)
    const open = mode.kind !== 'closed' && mayStart(inputs, start, duration, clock.now, mode, { except: (own: OwnRow) => mine !== null && own.holdHash === mine.hash })
    if (!open) return show(c, inputs, locale, clock, query, { kind: 'taken', lost: start, nearest: alternativesTo(inputs, { start, duration }, clock.now) }, { status: 409 })
    return show(c, inputs, locale, clock, query, { kind: 'form', form: formOf(inputs, start, { typed: EMPTY, hold: mine && query.hold ? { token: query.hold, until: mine.until } : null }) })
  })
  .post('/:host/:page/hold', async (c) => {
    const inputs = await loadInputs(c.var.deps.db, c.req.param())
    if (!inputs) return c.notFound()
    const fields = await readForm(c)
    const locale = localeOf(c, inputs, fields)
    if (!(await allows(c, 'hold'))) return tooMany(c, locale)
    const clock = clockOf(c, inputs, fields)
    const query: Query = { ...queryOf(c), ...queryFrom(fields) }
    const start = slotOf(one(fields, 'slot'))
    const duration = durationOf(inputs, query.length)
    if (start === null) return show(c, inputs, locale, clock, query, { kind: 'times' })
    const typed = typedOf(fields, inputs.type.questions)
    const outcome = await hold(c.var.deps, c.req.param(), { start, duration, client: c.var.client, previous: one(fields, 'hold') || null })
    switch (outcome.kind) {
      case 'held':
      case 'not-needed': {
        const kept = outcome.kind === 'held' ? { token: outcome.token, until: outcome.until } : null
        if (anythingTyped(typed)) return show(c, inputs, locale, clock, { ...query, slot: String(start) }, { kind: 'form', form: formOf(inputs, start, { typed, hold: kept }) })
        const target = new URLSearchParams({ ...carried(query), slot: String(start), ...(kept ? { hold: kept.token } : {}) })
        return c.redirect(`${c.req.path.replace(/\/hold$/, '')}?${target}#panel`, 303)
      }
      case 'slot-taken':
        return show(c, inputs, locale, clock, query, { kind: 'taken', lost: start, nearest: outcome.alternatives }, { status: 409, ...(anythingTyped(typed) ? { kept: typed } : {}) })
      case 'closed':
        return show(c, inputs, locale, clock, query, { kind: 'times' })
      case 'not-found':
        return c.notFound()
    }
  })
  .post('/:host/:page/release', async (c) => {
    const inputs = await loadInputs(c.var.deps.db, c.req.param())
    if (!inputs) return c.notFound()
    const fields = await readForm(c)
    const token = one(fields, 'hold')
    if (token) await release(c.var.deps, token)
    const typed = typedOf(fields, inputs.type.questions)
    const { slot: _slot, hold: _hold, ...query } = { ...queryOf(c), ...queryFrom(fields) }
    const fresh = (await loadInputs(c.var.deps.db, c.req.param())) ?? inputs
    return show(c, fresh, localeOf(c, fresh, fields), clockOf(c, fresh, fields), query, { kind: 'times' }, anythingTyped(typed) ? { kept: typed } : {})
  })
  .post('/:host/:page/book', async (c) => {
    const inputs = await loadInputs(c.var.deps.db, c.req.param())
    if (!inputs) return c.notFound()
    const fields = await readForm(c)
    const locale = localeOf(c, inputs, fields)
    if (!(await allows(c, 'book'))) return tooMany(c, locale)
    const clock = clockOf(c, inputs, fields)
    const query: Query = { ...queryOf(c), ...queryFrom(fields) }
    const start = slotOf(one(fields, 'slot'))
    const duration = durationOf(inputs, query.length)
    const typed = typedOf(fields, inputs.type.questions)
    if (start === null) return show(c, inputs, locale, clock, query, { kind: 'times' }, { kept: typed })
    // Only a program fills a field that nobody sees.
    if (one(fields, 'website') !== '') return c.redirect(c.req.path.replace(/\/book$/, ''), 303)
    const token = one(fields, 'hold') || null
    const mine = token ? holdOf(inputs, token) : null
    const form = (more: Partial<Form>): Panel => ({ kind: 'form', form: { ...formOf(inputs, start, { typed, hold: mine && token ? { token, until: mine.until } : null, key: one(fields, 'key') }), ...more } })
    const read = readVisitor(typed, inputs.type, { zone: clock.zone, locale, now: clock.now })
    if (!read.visitor) return show(c, inputs, locale, clock, { ...query, slot: String(start) }, form({ errors: read.errors }), { status: 422 })

    const wasBookable = modeOf(inputs, clock.now).kind === 'bookable'
    const outcome = await book(c.var.deps, c.req.param(), { start, duration, visitor: read.visitor, hold: token, key: one(fields, 'key') || null }, inputs)
    switch (outcome.kind) {
      case 'booked':
        await settled(outcome.bookingId)
        return c.redirect(`/b/${outcome.token}?new=1${query.lang ? `&lang=${query.lang}` : ''}`, 303)
      case 'requested':
        return c.redirect(`/b/${outcome.token}?new=1${wasBookable ? '&now-request=1' : ''}${query.lang ? `&lang=${query.lang}` : ''}`, 303)
      case 'slot-taken':
        return show(c, inputs, locale, clock, query, { kind: 'taken', lost: start, nearest: outcome.alternatives }, { status: 409, kept: typed })
      case 'key-reused':
        return show(c, inputs, locale, clock, { ...query, slot: String(start) }, form({ notice: 'sent-before', key: newKey() }), { status: 422 })
      case 'closed':
        return show(c, inputs, locale, clock, query, { kind: 'times' }, { status: 409, kept: typed })
      case 'not-found':
        return c.notFound()
    }
  })

const EMPTY: Typed = { name: '', email: '', guests: '', consent: false, answers: {} }
const newKey = (): string => randomBytes(18).toString('base64url')

const formOf = (inputs: PageInputs, start: number, options: { typed: Typed; hold: Form['hold']; key?: string }): Form => ({
  start,
  hold: options.hold,
  key: options.key || newKey(),
  typed: options.typed,
  errors: {},
  questions: inputs.type.questions,
  guestsMax: inputs.type.guestsMax,
  consent: inputs.type.consent,
  notice: null,
})

async function show(c: C, inputs: PageInputs, locale: Locale, clock: Clock, query: Query, panel: Panel, options: { status?: 200 | 409 | 422; kept?: Typed } = {}): Promise<Response> {
  const fresh = options.status === 409 ? ((await loadInputs(c.var.deps.db, { host: c.req.param('host')!, page: c.req.param('page')! })) ?? inputs) : inputs
  const duration = durationOf(fresh, query.length)
  const mine = query.hold ? holdOf(fresh, query.hold) : null
  const chosen = panel.kind === 'form' ? panel.form.start : panel.kind === 'taken' ? panel.lost : null
  const day = query.day ?? (chosen === null ? null : dateOf(clock.zone, chosen))
  const view: PickerView = {
    facts: pageFacts(fresh, duration, clock.now, pathOf(c)),
    clock,
    calendar: calendarOf(fresh, { duration, zone: clock.zone, now: clock.now, week: query.week ?? day, day, except: (own) => mine !== null && own.holdHash === mine.hash }),
    panel,
    kept: options.kept ?? null,
    hold: query.hold ?? null,
    zoneSearch: readZoneWish(c.req.query('zone')).search,
    moving: null,
  }
  return c.html(renderPicker(frameOf(c, { locale, workspace: fresh.type.workspaceName, path: pathOf(c), query: resolved(query, clock) }), view), options.status ?? 200)
}

async function showMove(c: C, visit: Visit, locale: Locale, panel: Panel | null = null): Promise<Response> {
  const { booking } = visit
  const inputs = await visit.inputs()
  if (!inputs || !visit.view(null).mayMove) return c.redirect(withLang(`/b/${c.req.param('token')}`, c), 303)
  const query = queryOf(c)
  const clock = { ...clockOf(c, inputs, { zone: query.zone ?? booking.visitor_zone }), zoneChosen: true }
  const duration = (booking.ends_at - booking.starts_at) / 60_000
  const type = { ...inputs.type, durations: [duration] }
  const except = (own: OwnRow) => visit.occupancies.has(own.id)
  const start = slotOf(query.slot ?? '')
  const view: PickerView = {
    facts: pageFacts({ ...inputs, type }, duration, clock.now, pathOf(c)),
    clock,
    calendar: calendarOf({ ...inputs, type }, { duration, zone: clock.zone, now: clock.now, week: query.week ?? query.day ?? dateOf(clock.zone, booking.starts_at), day: query.day ?? null, except }),
    panel: panel ?? (start === null ? { kind: 'times' } : { kind: 'move', to: start }),
    kept: null,
    hold: null,
    zoneSearch: readZoneWish(c.req.query('zone')).search,
    moving: { token: c.req.param('token')!, from: { start: booking.starts_at, end: booking.ends_at } },
  }
  return c.html(renderPicker(frameOf(c, { locale, workspace: visit.workspace, path: pathOf(c), query: resolved(query, clock) }), view), panel ? 409 : 200)
}

async function withVisit(c: C, then: (visit: Visit, locale: Locale) => Promise<Response>): Promise<Response> {
  const visit = await findVisit(c.var.deps, c.req.param('token') ?? '', { hour12: clock12(c) })
  if (!visit) return c.notFound()
  const locale = isLocale(c.req.query('lang')) ? (c.req.query('lang') as Locale) : visit.booking.locale
  return visit.expired ? gone(c, locale) : then(visit, locale)
}

const message = (c: C, locale: Locale, kind: 'gone' | 'too-many', status: 410 | 429, retryAfter: number | null) =>
  c.html(renderMessage(frameOf(c, { locale, workspace: 'Ritrovo' }), { kind, requestId: c.var.requestId, retryAfter, contact: contactOf(c.var.deps), back: null }), status)
const gone = (c: C, locale: Locale) => message(c, locale, 'gone', 410, null)
function tooMany(c: C, locale: Locale) {
  c.header('retry-after', '60')
  return message(c, locale, 'too-many', 429, 60)
}

/** Waits a little for the effects that this request has begun, so that most visitors see the end of it at once. */
const settled = (bookingId: string): Promise<unknown> => Promise.race([effectsOf(bookingId), new Promise((done) => setTimeout(done, PATIENCE_MS))])

const pathOf = (c: C): string => c.req.path.replace(/\/(hold|book|release)$/, '')
const withLang = (path: string, c: C): string => {
  const lang = c.req.query('lang')
  return isLocale(lang) ? `${path}${path.includes('?') ? '&' : '?'}lang=${lang}` : path
}

const one = (fields: Fields, name: string): string => {
  const value = fields[name]
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first : ''
}

const forms = new WeakMap<Request, Promise<Fields>>()
/** The fields of a form or of JSON with the same names; anything else reads as an empty form. */
function readForm(c: C): Promise<Fields> {
  const known = forms.get(c.req.raw)
  if (known) return known
  const reading = (c.req.parseBody({ all: true })).catch(() => ({}))
  forms.set(c.req.raw, reading)
  return reading
}

const queryOf = (c: C): Query => Object.fromEntries(NAMES.map((name) => [name, c.req.query(name)]).filter(([, value]) => typeof value === 'string' && value !== '' && value.length <= 200)) as Query
const queryFrom = (fields: Fields): Query => Object.fromEntries(NAMES.map((name) => [name, one(fields, name)]).filter(([, value]) => value !== '' && value!.length <= 200)) as Query
const carried = (query: Query): Record<string, string> => Object.fromEntries(Object.entries(query).filter(([name, value]) => name !== 'slot' && name !== 'hold' && typeof value === 'string'))

/** A start as it stands in our links: whole minutes within a century, else nothing. */
function slotOf(value: string): number | null {
  if (!/^\d{12,13}$/.test(value)) return null
  const start = Number(value)
  return start % 60_000 === 0 && start < 4_102_444_800_000 ? start : null
}

/** The address carries the zone's own name, and only one that was chosen. */
const resolved = (query: Query, clock: Clock): Query => {
  const { zone: _zone, ...rest } = query
  return clock.zoneChosen ? { ...rest, zone: clock.zone } : rest
}

const durationOf = (inputs: PageInputs, wish: string | undefined): number => (wish !== undefined && inputs.type.durations.includes(Number(wish)) ? Number(wish) : inputs.type.durations[0]!)

/** The hold behind a token while it lives on this page. */
function holdOf(inputs: PageInputs, token: string): { hash: string; until: number } | null {
  const hash = readToken(token)?.hash.toString('hex') ?? null
  const own = inputs.hosts.flatMap((host) => host.own).find((row) => row.holdHash === hash && row.holdUntil !== null)
  return own && hash ? { hash, until: own.holdUntil! } : null
}

function localeOf(c: C, inputs?: PageInputs, fields: Fields = {}): Locale {
  const asked = one(fields, 'lang') || c.req.query('lang')
  if (isLocale(asked)) return asked
  if (inputs && inputs.type.pageLocale !== 'auto') return inputs.type.pageLocale
  return chooseLocale(c.req.header('accept-language'))
}

const clock12 = (c: C): boolean => c.req.query('clock') === '12'

/** The visitor's clock: by the form that was sent, else by the address. */
function clockOf(c: C, inputs: PageInputs, fields: Fields = {}): Clock {
  const wish = one(fields, 'zone') || c.req.query('zone')
  const { zone } = readZoneWish(wish)
  return { now: c.var.deps.now(), zone: zone ?? inputs.hosts[0]?.zone ?? 'UTC', zoneChosen: zone !== null, hour12: (one(fields, 'clock') || c.req.query('clock')) === '12' }
}
