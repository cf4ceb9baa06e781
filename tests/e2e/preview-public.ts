/*
 * The public pages in every state, on their own: `node tests/e2e/preview-public.ts` serves them with made-up times, so that they can be
 * seen, measured and tried without a database. What the routes do for real is tried in the journeys.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, createServer as createVite } from 'vite'
import { findZones } from '#core/locale/cities.ts'
import type { Locale } from '#core/locale/locale.ts'
import { MINUTE } from '#core/time/model.ts'
import { zone as knownZone } from '#core/time/zone.ts'
import type { FieldError, Frame, PickerView, Query, Typed } from '#server/bookings/views.ts'
import { ROOT } from '#server/platform/root.ts'
import { booking, calendarOf, clock, EMPTY, facts, form, FREE, MARIO, NOW, picker, QUESTIONS, ROME, TEN } from './public-states.ts'

export type Pages = typeof import('#server/bookings/pages.tsx')

const FONT = '/assets/figtree.woff2'
const SCRIPT = '/assets/public.js'
const NONCE = 'preview'

/** The script as it ships. */
export async function buildIsland(): Promise<string> {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    publicDir: false,
    build: { write: false, rolldownOptions: { input: join(ROOT, 'web/public/island.ts') } },
  })
  const [output] = [built].flat()
  const chunk = output && 'output' in output ? output.output.find((one) => one.type === 'chunk') : undefined
  if (chunk?.type !== 'chunk') throw new Error('the island was not built')
  return chunk.code
}

const frameOf = (path: string, query: Query, locale: Locale): Frame => ({
  locale,
  nonce: NONCE,
  assets: { script: SCRIPT, font: FONT, fontExtended: null },
  workspace: 'Studio Ferri',
  address: { path, query },
})

const requests = { kind: 'requests' } as const
const other = clock({ zone: 'America/New_York' })
const OCTOBER = Date.UTC(2026, 9, 24, 22)

/** Every state with a name, as a function of the language. */
export const STATES: Record<string, (pages: Pages, locale: Locale) => string> = Object.fromEntries(
  Object.entries({
    picker: (l) => picker(l),
    'picker-several': (l) => picker(l, {}, { facts: facts(l, { durations: [30, 60, 90], length: 60, place: { kind: 'place', value: 'Via Roma 1, Milano' } }) }),
    'picker-new-york-12': (l) => picker(l, { day: '2026-11-25' }, { clock: { ...other, hour12: true } }),
    'picker-empty-day': (l) => picker(l, { day: '2026-12-07' }),
    'picker-empty-weeks': (l) => picker(l, {}, { calendar: calendarOf(ROME, { week: '2026-11-16' }, FREE.filter((start) => start > Date.UTC(2027, 0, 10))) }),
    'picker-nothing': (l) => picker(l, {}, { calendar: calendarOf(ROME, {}, [], true) }),
    'picker-offline': (l) => picker(l, undefined, { facts: facts(l, { mode: requests }) }),
    'picker-closed': (l) => picker(l, {}, { facts: facts(l, { mode: { kind: 'closed' } }), calendar: calendarOf(ROME, {}, []) }),
    'picker-zone': (l) => picker(l, undefined, { zoneSearch: { text: '', found: [] } }),
    'picker-zone-unknown': (l) => picker(l, undefined, { zoneSearch: { text: 'Atlantide', found: [] } }),
    'picker-zone-several': (l) => picker(l, undefined, { zoneSearch: { text: 'san', found: findZones('san') } }),
    'picker-clock-change': (l) =>
      picker(l, undefined, {
        clock: clock({ now: OCTOBER - 86_400_000, zone: 'Europe/Berlin' }),
        calendar: { ...calendarOf(ROME, {}, []), days: [{ date: '2026-10-25', slots: [0, 30, 60, 90, 120, 150, 180, 210, 240].map((minutes) => OCTOBER + minutes * MINUTE), reason: null }], day: '2026-10-25', previous: null },
      }),
    'picker-taken': (l) => picker(l, undefined, { panel: { kind: 'taken', lost: TEN, nearest: [TEN - 30 * MINUTE, TEN + 90 * MINUTE] }, kept: MARIO, calendar: calendarOf(ROME, { day: '2026-11-25' }, FREE.filter((start) => start !== TEN)) }),
    'form': (l) => picker(l, undefined, { panel: { kind: 'form', form: form() } }),
    'form-offline': (l) => picker(l, undefined, { facts: facts(l, { mode: requests }), panel: { kind: 'form', form: form({ hold: null }) } }),
    'form-long': (l) => picker(l, undefined, { clock: other, panel: { kind: 'form', form: form({ questions: QUESTIONS, guestsMax: 3, consent: { required: true, text: 'Acconsento all’uso dei miei dati per questo incontro.' } }) } }),
    'form-errors': (l) =>
      picker(l, undefined, {
        panel: {
          kind: 'form',
          form: form({
            questions: QUESTIONS,
            guestsMax: 3,
            typed: { ...MARIO, email: 'mario@', guests: 'a, b' },
            consent: { required: true, text: 'Acconsento all’uso dei miei dati.' },
            errors: { email: 'email', 'q-company': 'required', 'q-how': 'choice', guests: 'guests', consent: 'consent' },
          }),
        },
      }),
    'form-again': (l) => picker(l, undefined, { panel: { kind: 'form', form: form({ notice: 'again', typed: MARIO }) } }),
    'form-now-request': (l) => picker(l, undefined, { facts: facts(l, { mode: requests }), panel: { kind: 'form', form: form({ notice: 'now-request', typed: MARIO, hold: null }) } }),
    'move': (l) => picker(l, undefined, { moving: { token: 'T0ken', from: { start: TEN, end: TEN + 30 * MINUTE } } }),
    'move-question': (l) => picker(l, undefined, { moving: { token: 'T0ken', from: { start: TEN, end: TEN + 30 * MINUTE } }, panel: { kind: 'move', to: TEN + 90 * MINUTE } }),
  } satisfies Record<string, (locale: Locale) => PickerView>).map(([name, view]) => [
    name,
    (pages: Pages, locale: Locale) => {
      const shown = view(locale)
      const day = name === 'picker-empty-day' ? '2026-12-07' : shown.calendar.day
      return pages.renderPicker(frameOf(shown.moving ? '/b/T0ken/move' : '/giulia/consulenza', { lang: locale, ...(day ? { day } : {}) }, locale), shown)
    },
  ]),
)

for (const [name, more] of Object.entries({
  'booked': { fresh: 'booked' },
  'booked-abroad': { fresh: 'booked', clock: other, guests: ['anna@example.it', 'luca@example.it'], invitation: 'waiting' },
  'booked-no-letter': { invitation: 'failed', place: { kind: 'phone', value: '+39 02 1234' } },
  'writing': { fresh: 'booked', calendar: 'writing', invitation: 'waiting' },
  'calendar-failed': { calendar: 'failed' },
  'requested': { state: 'requested', calendar: 'none', fresh: 'booked', invitation: 'none' },
  'proposed': { state: 'requested', calendar: 'none', invitation: 'none', proposed: [TEN + 90 * MINUTE, TEN + 24 * 60 * MINUTE, TEN + 26 * 60 * MINUTE] },
  'declined': { state: 'declined', calendar: 'none', reason: 'In quei giorni non ci sono.' },
  'cancelled': { state: 'cancelled', cancelledBy: 'host', reason: 'Influenza' },
  'expired': { state: 'expired', calendar: 'none' },
  'past': { start: NOW - 86_400_000, end: NOW - 84_000_000 },
} satisfies Record<string, Parameters<typeof booking>[1]>))
  STATES[name] = (pages, locale) => pages.renderBooking(frameOf('/b/T0ken', { lang: locale }, locale), booking(locale, more))

const proposed = [TEN + 90 * MINUTE, TEN + 24 * 60 * MINUTE, TEN + 26 * 60 * MINUTE]
Object.assign(STATES, {
  'cancel': (pages, l) => pages.renderCancel(frameOf('/b/T0ken/cancel', { lang: l }, l), { booking: booking(l), reason: '', notice: null }),
  'withdraw': (pages, l) => pages.renderCancel(frameOf('/b/T0ken/cancel', { lang: l }, l), { booking: booking(l, { state: 'requested', calendar: 'none' }), reason: 'Ho risolto', notice: 'again' }),
  'proposal': (pages, l) => pages.renderProposal(frameOf('/b/T0ken/proposal', { lang: l }, l), { booking: booking(l, { state: 'requested', proposed, clock: other }), chosen: proposed[0]!, taken: null }),
  'proposal-taken': (pages, l) =>
    pages.renderProposal(frameOf('/b/T0ken/proposal', { lang: l }, l), { booking: booking(l, { state: 'requested', proposed }), chosen: null, taken: { lost: proposed[0]!, nearest: [proposed[0]! - 60 * MINUTE, proposed[0]! + 30 * MINUTE] } }),
  'landing': (pages, l) =>
    pages.renderLanding(frameOf('/giulia', { lang: l }, l), {
      name: 'Giulia Ferri',
      pages: [
        { path: '/giulia/consulenza', title: facts(l).title, description: facts(l).description, durations: [30], mode: 'bookings' },
        { path: '/giulia/progetto', title: 'Progetto', description: '', durations: [60, 90], mode: 'requests' },
        { path: '/giulia/visita', title: 'Visita in studio', description: 'Ti mostro come lavoriamo.', durations: [45], mode: 'closed' },
      ],
    }),
  'landing-empty': (pages, l) => pages.renderLanding(frameOf('/giulia', { lang: l }, l), { name: 'Giulia Ferri', pages: [] }),
  'privacy': (pages, l) => pages.renderPrivacy(frameOf('/privacy', { lang: l }, l), { contact: 'privacy@studioferri.example' }),
  ...Object.fromEntries(
    (['not-found', 'gone', 'too-many', 'failed', 'maintenance', 'refused'] as const).map((kind) => [
      `message-${kind}`,
      (pages: Pages, l: Locale) => pages.renderMessage(frameOf('/x', {}, l), { kind, requestId: '7f3a9c', retryAfter: 170, contact: 'it@studioferri.example', back: '/giulia/consulenza' }),
    ]),
  ),
} satisfies typeof STATES)

export type Preview = { url: string; close: () => Promise<void>; taken: Set<number>; seen: { method: string; path: string; body: string }[]; finish: () => void }

const QUERY = ['week', 'day', 'zone', 'lang', 'length', 'clock', 'slot', 'hold', 'ask'] as const

/** The pages on a free port of the loopback, with one page that can be booked. */
export async function startPreview(pages: Pages, script: string, port = 0): Promise<Preview> {
  const font = readFileSync(join(ROOT, 'node_modules/@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2'))
  const taken = new Set<number>()
  const seen: Preview['seen'] = []
  let standing = false
  const typedOf = (body: URLSearchParams): Typed => ({
    name: body.get('name') ?? '',
    email: body.get('email') ?? '',
    guests: body.get('guests') ?? '',
    consent: body.get('consent') === 'yes',
    answers: Object.fromEntries(QUESTIONS.map(({ id }) => [id, body.getAll(`q-${id}`)])),
  })

  function answer(path: string, search: URLSearchParams, body: URLSearchParams | null): { status: number; html?: string; to?: string } {
    const from = body ?? search
    const query = Object.fromEntries(QUERY.flatMap((name) => (from.get(name) === null ? [] : [[name, from.get(name)!]]))) as Query
    const locale: Locale = query.lang === 'it' ? 'it' : 'en'
    const state = /^\/states\/([\w-]+)$/.exec(path)?.[1]
    if (state) return { status: 200, html: STATES[state]!(pages, locale) }
    const found = query.zone === undefined ? [] : findZones(query.zone)
    const zone = found.length === 1 ? found[0]! : (knownZone(query.zone ?? '') ?? ROME)
    if (found.length === 1) query.zone = zone
    else delete query.zone
    const free = FREE.filter((start) => !taken.has(start))
    const show = (more: Partial<PickerView>, status = 200) => ({
      status,
      html: pages.renderPicker(
        frameOf('/giulia/consulenza', query, locale),
        picker(locale, query, {
          clock: clock({ zone, zoneChosen: found.length === 1, hour12: query.clock === '12' }),
          calendar: calendarOf(zone, query, free),
          zoneSearch: search.has('zone') && found.length !== 1 ? { text: search.get('zone')!, found } : null,
          ...more,
        }),
      ),
    })
    const slot = Number(query.slot)
    const typed = body ? typedOf(body) : EMPTY
    const nearest = free.filter((start) => Math.abs(start - slot) < 3 * 60 * MINUTE).slice(0, 2)
    if (path === '/giulia/consulenza/hold') {
      if (taken.has(slot)) return show({ panel: { kind: 'taken', lost: slot, nearest }, kept: typed.name ? typed : null }, 409)
      if (typed.name || typed.email) return show({ panel: { kind: 'form', form: form({ start: slot, typed }) } })
      const { ask: _ask, ...rest } = query
      return { status: 303, to: `/giulia/consulenza?${new URLSearchParams({ ...rest, slot: String(slot), hold: 'hold-token' } as Record<string, string>)}` }
    }
    if (path === '/giulia/consulenza/release') return show({ kept: typed })
    if (path === '/giulia/consulenza/book') {
      if (taken.has(slot)) return show({ panel: { kind: 'taken', lost: slot, nearest }, kept: typed }, 409)
      const errors: Record<string, FieldError> = { ...(typed.name ? {} : { name: 'required' }), ...(/.@.+\./.test(typed.email) ? {} : { email: typed.email ? 'email' : 'required' }) } as const
      if (Object.keys(errors).length > 0) return show({ panel: { kind: 'form', form: form({ start: slot, typed, errors }) } }, 422)
      taken.add(slot)
      return { status: 303, to: `/b/T0ken?new=1&lang=${locale}` }
    }
    if (path === '/giulia/consulenza') return show(query.slot ? { panel: { kind: 'form', form: form({ start: slot }) } } : {})
    if (path === '/b/T0ken')
      return {
        status: 200,
        html: pages.renderBooking(frameOf(path, query, locale), booking(locale, { calendar: standing ? 'standing' : 'writing', fresh: search.has('new') ? 'booked' : null })),
      }
    return { status: 404, html: pages.renderMessage(frameOf(path, {}, locale), { kind: 'not-found', requestId: null, retryAfter: null, contact: null, back: null }) }
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (url.pathname === SCRIPT) return response.writeHead(200, { 'content-type': 'text/javascript', 'content-encoding': 'gzip' }).end(gzipSync(script))
    if (url.pathname === FONT) return response.writeHead(200, { 'content-type': 'font/woff2' }).end(font)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      seen.push({ method: request.method ?? '', path: url.pathname, body: text })
      const { status, html, to } = answer(url.pathname, url.searchParams, request.method === 'POST' ? new URLSearchParams(text) : null)
      if (to) return response.writeHead(status, { location: to }).end()
      response.writeHead(status, {
        'content-type': 'text/html; charset=utf-8',
        'content-encoding': 'gzip',
        'referrer-policy': 'same-origin',
        'content-security-policy': `default-src 'none'; script-src 'self' 'nonce-${NONCE}'; style-src 'self' 'nonce-${NONCE}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'`,
      })
      response.end(gzipSync(html ?? ''))
    })
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((done) => server.close(() => done())),
    taken,
    seen,
    finish: () => {
      standing = true
    },
  }
}

if (import.meta.main) {
  const vite = await createVite({ configFile: false, root: ROOT, appType: 'custom', server: { middlewareMode: true, hmr: false, ws: false }, optimizeDeps: { noDiscovery: true } })
  const pages = (await vite.ssrLoadModule('/server/bookings/pages.tsx')) as Pages
  const { url } = await startPreview(pages, await buildIsland(), Number(process.env['PORT'] ?? 0))
  await vite.close()
  process.stdout.write(`${url}/giulia/consulenza\n${Object.keys(STATES).map((name) => `${url}/states/${name}?lang=it`).join('\n')}\n`)
}
