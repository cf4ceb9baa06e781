import { randomUUID } from 'node:crypto'
import { getConnInfo } from '@hono/node-server/conninfo'
import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import type { MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { HTTPException } from 'hono/http-exception'
import { chooseLocale } from '#core/locale/locale.ts'
import { problem, sameOrigin, secureHeaders, type Env } from '#server/platform/http.ts'
import type { Deps } from '#server/platform/deps.ts'
import { clientAddress } from '#server/platform/limits.ts'
import { signedIn } from './accounts/gate.ts'
import { accounts } from './accounts/routes.ts'
import { publicAccounts } from './accounts/public-routes.ts'
import { publicBookings } from './bookings/public-routes.ts'
import { publicBookingsApi } from './bookings/public-api.ts'
import { routes as bookings } from './bookings/routes.ts'
import { publicCalendars } from './calendars/public-routes.ts'
import { routes as calendars } from './calendars/routes.ts'
import { routes as connections } from './connections/routes.ts'
import { contacts } from './contacts/routes.ts'
import { routes as eventTypes } from './event-types/routes.ts'
import { firstRun } from './first-run.ts'
import { health } from './health.ts'
import { routes as mail } from './mail/routes.ts'
import { webApp } from './web-app.ts'
import { errorPage, missingPage } from './bookings/messages.ts'

const BODY_LIMIT = 256 * 1024

/** All routes, one list. */
export function createApp(deps: Deps) {
  const app = new OpenAPIHono<Env>()
  app.use(async (c, next) => {
    c.set('deps', deps)
    c.set('requestId', randomUUID())
    c.set('locale', chooseLocale(c.req.header('accept-language')))
    c.set('client', clientAddress(peerOf(c), c.req.header('x-forwarded-for'), deps.config.trustProxy))
    await next()
    c.res.headers.set('x-request-id', c.get('requestId'))
  })
  app.use(secureHeaders())
  app.use(compress())
  app.use(bodyLimit({ maxSize: BODY_LIMIT, onError: (c) => problem(c, 413, 'too-large') }))
  app.use(sameOrigin())

  app.route('/', health)
  const api = new OpenAPIHono<Env>()
    .route('/', publicAccounts)
    .route('/', firstRun)
    .route('/', accounts)
    .route('/', contacts)
    .route('/', connections)
    .route('/', calendars)
    .route('/', eventTypes)
    .route('/', bookings)
    .route('/', mail(signedIn() as MiddlewareHandler))
  app.route('/api/v1', api)
  app.route('/api/public', publicBookingsApi)
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Ritrovo', version: '1', description: 'Scheduling pages, real calendars and a light CRM.' }, servers: [{ url: deps.config.url ?? '/' }] })
  app.all('/api/*', (c) => problem(c, 404, 'not-found'))
  app.route('/', publicCalendars)
  app.route('/', webApp)
  app.route('/', publicBookings)

  app.notFound((c) => (wantsJson(c.req.path) ? problem(c, 404, 'not-found') : missingPage(c)))
  app.onError((error, c) => {
    // What is not JSON at all is refused by the framework before a schema sees it.
    if (error instanceof HTTPException && wantsJson(c.req.path)) return problem(c, error.status, 'bad-input')
    const broken = (error as { code?: string }).code
    // 57P0x: the database is going down or coming up; 53300: it has no connection left; the rest is Node's way of saying "not there".
    const away = broken !== undefined && (/^57P0|^53300|^08/.test(broken) || ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'].includes(broken))
    deps.log.error({ err: error, request: c.get('requestId'), path: c.req.routePath }, away ? 'the database is away' : 'a request failed in our own code')
    if (away) c.header('retry-after', '2')
    if (wantsJson(c.req.path)) return problem(c, away ? 503 : 500, away ? 'away' : 'bug')
    return errorPage(c, away ? 503 : 500)
  })
  return app
}

export type App = ReturnType<typeof createApp>

const wantsJson = (path: string): boolean => path.startsWith('/api/')

function peerOf(c: Parameters<typeof getConnInfo>[0]): string {
  try {
    return getConnInfo(c).remote.address ?? ''
  } catch {
    // Asked without a socket, as tests do.
    return ''
  }
}
