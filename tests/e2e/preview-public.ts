/*
 * The public pages on their own: `node tests/e2e/preview-public.ts` serves every state, and one page that can be booked, with
 * made-up times, so that they can be seen, measured and tried without a database. What the routes do is tried in the journeys.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, createServer as createVite } from 'vite'
import { findZones } from '#core/locale/cities.ts'
import type { Locale } from '#core/locale/locale.ts'
import { HOUR, type Instant } from '#core/time/model.ts'
import type { FieldError, PickerView, Query, Typed } from '#server/bookings/views.ts'
import { ROOT } from '#server/platform/root.ts'
import { FONT, frameOf, NONCE, SCRIPT, STATES, type Pages } from './public-gallery.ts'
import { booking, calendarOf, clock, EMPTY, form, FREE, picker, QUESTIONS, ROME } from './public-states.ts'

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

/** What one visit to the preview has done. */
export type World = {
  taken: Set<Instant>
  /** Whether the calendar has read the booking back. */
  standing: boolean
  seen: { method: string; path: string; body: string }[]
}

type Reply = { status: number; html: string } | { status: 303; to: string }

const PAGE = '/giulia/consulenza'
const QUERY = ['week', 'day', 'zone', 'lang', 'length', 'clock', 'slot', 'hold', 'ask'] as const

const typedOf = (body: URLSearchParams): Typed => ({
  name: body.get('name') ?? '',
  email: body.get('email') ?? '',
  guests: body.get('guests') ?? '',
  consent: body.get('consent') === 'yes',
  answers: Object.fromEntries(QUESTIONS.map(({ id }) => [id, body.getAll(`q-${id}`)])),
})

function errorsIn({ name, email }: Typed): Record<string, FieldError> {
  const errors: Record<string, FieldError> = {}
  if (name === '') errors['name'] = 'required'
  if (!/.@.+\./.test(email)) errors['email'] = email === '' ? 'required' : 'email'
  return errors
}

/** What the routes of one page will do, in small. */
function answer(pages: Pages, world: World, path: string, fields: URLSearchParams, posted: boolean): Reply {
  const query: Query = {}
  for (const name of QUERY) if (fields.has(name)) query[name] = fields.get(name) ?? ''
  const locale: Locale = query.lang === 'it' ? 'it' : 'en'
  const asked = query.zone
  const found = asked === undefined ? [] : findZones(asked)
  const [zone = ROME] = found.length === 1 ? found : []
  if (found.length === 1) query.zone = zone
  else delete query.zone

  const free = FREE.filter((start) => !world.taken.has(start))
  const show = (more: Partial<PickerView>, status = 200): Reply => ({
    status,
    html: pages.renderPicker(
      frameOf(PAGE, query, locale),
      picker(locale, query, {
        clock: clock({ zone, zoneChosen: found.length === 1, hour12: query.clock === '12' }),
        calendar: calendarOf(zone, query, free),
        zoneSearch: !posted && asked !== undefined && found.length !== 1 ? { text: asked, found } : null,
        ...more,
      }),
    ),
  })
  const start = Number(query.slot)
  const typed = posted ? typedOf(fields) : EMPTY
  const kept = typed.name === '' && typed.email === '' ? null : typed
  const nearest = free.filter((other) => Math.abs(other - start) < 3 * HOUR).slice(0, 2)
  const lost = (): Reply => show({ panel: { kind: 'taken', lost: start, nearest }, kept }, 409)

  switch (path) {
    case PAGE:
      return show(query.slot ? { panel: { kind: 'form', form: form({ start }) } } : {})
    case `${PAGE}/hold`: {
      if (world.taken.has(start)) return lost()
      if (kept) return show({ panel: { kind: 'form', form: form({ start, typed }) } })
      const next = new URLSearchParams({ ...query, hold: 'hold-token' })
      return { status: 303, to: `${PAGE}?${next}` }
    }
    case `${PAGE}/release`:
      return show({ kept })
    case `${PAGE}/book`: {
      if (world.taken.has(start)) return lost()
      const errors = errorsIn(typed)
      if (Object.keys(errors).length > 0)
        return show({ panel: { kind: 'form', form: form({ start, typed, errors }) } }, 422)
      world.taken.add(start)
      return { status: 303, to: `/b/T0ken?new=1&lang=${locale}` }
    }
    case '/b/T0ken': {
      const view = booking(locale, {
        calendar: world.standing ? 'standing' : 'writing',
        fresh: fields.has('new') ? 'booked' : null,
      })
      return { status: 200, html: pages.renderBooking(frameOf(path, query, locale), view) }
    }
    default: {
      const state = STATES[path.replace('/states/', '')]
      if (state) return { status: 200, html: state(pages, locale) }
      return {
        status: 404,
        html: pages.renderMessage(frameOf(path, {}, locale), {
          kind: 'not-found',
          requestId: null,
          retryAfter: null,
          contact: null,
          back: null,
        }),
      }
    }
  }
}

const POLICY = `default-src 'none'; script-src 'self' 'nonce-${NONCE}'; style-src 'self' 'nonce-${NONCE}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'`

export type Preview = { url: string; world: World; close: () => Promise<void> }

/** Serves the pages on the loopback, on a free port unless told which. */
export async function startPreview(pages: Pages, script: string, port = 0): Promise<Preview> {
  const font = readFileSync(
    join(ROOT, 'node_modules/@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2'),
  )
  const world: World = { taken: new Set(), standing: false, seen: [] }
  const files: Record<string, { type: string; content: Buffer; encoding: string }> = {
    [SCRIPT]: { type: 'text/javascript', content: gzipSync(script), encoding: 'gzip' },
    [FONT]: { type: 'font/woff2', content: font, encoding: 'identity' },
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const file = files[pathname]
    if (file) {
      response
        .writeHead(200, { 'content-type': file.type, 'content-encoding': file.encoding })
        .end(file.content)
      return
    }
    const body = await text(request)
    world.seen.push({ method: request.method ?? '', path: pathname, body })
    const posted = request.method === 'POST'
    const reply = answer(pages, world, pathname, posted ? new URLSearchParams(body) : searchParams, posted)
    if ('to' in reply) response.writeHead(reply.status, { location: reply.to }).end()
    else
      response
        .writeHead(reply.status, {
          'content-type': 'text/html; charset=utf-8',
          'content-encoding': 'gzip',
          'content-security-policy': POLICY,
        })
        .end(gzipSync(reply.html))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    world,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

if (import.meta.main) {
  const vite = await createVite({
    configFile: false,
    root: ROOT,
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false },
    optimizeDeps: { noDiscovery: true },
  })
  // JSX is not for Node alone to read.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const pages = (await vite.ssrLoadModule('/server/bookings/pages.tsx')) as Pages
  const { url } = await startPreview(pages, await buildIsland(), Number(process.env['PORT'] ?? 0))
  await vite.close()
  process.stdout.write(
    `${[PAGE, ...Object.keys(STATES).map((name) => `/states/${name}?lang=it`)].map((path) => url + path).join('\n')}\n`,
  )
}
