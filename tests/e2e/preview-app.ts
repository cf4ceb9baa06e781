/** Serves the built web app with canned answers on 127.0.0.1: to look at screens and to check them, not to run the product. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import * as data from './preview-data.ts'
import type { Permission } from '#web/api-types.ts'
import type { Scene } from './preview-data.ts'

const BUILT = new URL('../../dist/web/', import.meta.url).pathname
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
}
const BODY_LIMIT = 100_000

export type PreviewOptions = {
  scene: Scene
  locale: 'en' | 'it'
  theme?: 'system' | 'light' | 'dark'
  web?: string
  without?: Permission
  staleOnce?: boolean
  /** No app at Google or Microsoft has been set up. */
  unset?: boolean
  /** A code that POST /connections/oauth answers with. */
  refuses?: string
}
export type Preview = { url: string; asked: string[]; options: PreviewOptions; close: () => Promise<void> }

/** Starts one; `asked` collects what the app asked for, `options` may be changed while it runs. */
export async function startPreview(options: PreviewOptions): Promise<Preview> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    void answer(request, response, options, asked).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    options,
    close: () => new Promise((resolve) => void (server.closeAllConnections(), server.close(() => resolve()))),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: PreviewOptions,
  asked: string[],
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname.startsWith('/assets/')) return file(response, options.web ?? BUILT, url.pathname)
  if (!url.pathname.startsWith('/api/')) return page(response, options.web ?? BUILT, url.pathname)
  asked.push(`${request.method} ${url.pathname}${url.search}`)
  if (url.pathname.endsWith('/html'))
    return send(
      response,
      200,
      data.letterHtml,
      'text/html',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
    )
  const body = await read(request)
  const said = api(
    `${request.method} ${url.pathname.replace(/^\/api\/v1/, '')}`,
    body,
    options,
    url.searchParams,
  )
  if (said === undefined) return problem(response, 404, 'not-found')
  if ('code' in said && 'status' in said)
    return problem(response, said.status as number, said.code as string, said)
  if ('nothing' in said) return void response.writeHead(204).end()
  send(response, 200, JSON.stringify(said), 'application/json')
}

type Said = Record<string, unknown> | undefined

function api(
  asked: string,
  body: Record<string, unknown>,
  options: PreviewOptions,
  query: URLSearchParams,
): Said {
  const { scene } = options
  const me = () => {
    const whole = data.me(options.locale, options.theme)
    return { ...whole, permissions: whole.permissions.filter((permission) => permission !== options.without) }
  }
  const signedOut = scene === 'signed-out' || scene === 'first-run'
  const connections = () => data.connectionsOf(scene)
  switch (asked) {
    case 'GET /setup':
      return { open: scene === 'first-run', keyOk: query.get('k') === '7F3K-92QD' }
    case 'POST /setup':
    case 'POST /sessions':
      if (body['password'] === 'wrong') return { status: 401, code: 'wrong-sign-in' }
      options.scene = scene === 'first-run' ? 'offline' : 'connected'
      return me()
    case 'DELETE /sessions/current':
      options.scene = 'signed-out'
      return { nothing: true }
    case 'GET /invitations/by-token/good':
      return { email: 'paolo@studioferri.example', workspaceName: 'Studio Ferri', known: false }
    case 'GET /invitations/by-token/known':
      return { email: 'giulia@studioferri.example', workspaceName: 'Studio Ferri', known: true }
  }
  if (asked.startsWith('POST /api/public/'))
    return {
      state: scene === 'connected' ? 'booked' : 'requested',
      id: data.requests[0]!.id,
      manageUrl: '/b/x',
    }
  if (signedOut)
    return asked.startsWith('GET /invitations') ? undefined : { status: 401, code: 'not-signed-in' }
  const [method, path = ''] = asked.split(' ')
  const [, area = '', id = '', verb = ''] = path.split('/')
  switch (`${method} ${area}`) {
    case 'GET me':
      return me()
    case 'PATCH me':
      Object.assign(
        options,
        'locale' in body ? { locale: body['locale'] } : {},
        'theme' in body ? { theme: body['theme'] } : {},
      )
      return me()
    case 'GET people':
      return data.people
    case 'PATCH people':
      return data.people.people[0]
    case 'POST invitations':
      return { id: 'i', link: 'http://127.0.0.1/invite/good' }
    case 'GET today':
      return data.todayOf(scene)
    case 'GET pages':
      if (verb === 'explain') return data.explained
      return id ? data.pagesOf(scene).find((each) => each.id === id) : { pages: data.pagesOf(scene) }
    case 'POST pages':
      return verb === 'preview' ? data.preview : data.pagesOf('connected')[0]
    case 'PATCH pages': {
      const page = data.pagesOf(scene).find((each) => each.id === id)!
      if (options.staleOnce) {
        options.staleOnce = false
        return { status: 409, code: 'stale-version' }
      }
      return {
        ...page,
        ...body,
        eventType: {
          ...page.eventType,
          ...(body['eventType'] as object | undefined),
          version: page.eventType.version + 1,
        },
      }
    }
    case 'GET schedules':
      return { schedules: data.schedules }
    case 'PATCH schedules':
      return { ...data.schedules[0], ...body, version: 3 }
    case 'GET connections':
      if (id === 'offers')
        return data.offersOf(scene, options.without !== 'personal-email', options.unset ?? false)
      if (id === 'disclosure')
        return data.disclosureOf(query.get('provider')!, query.get('mail') === 'true', options.locale)
      if (id === 'landings') return verb === 'gone' ? undefined : data.landingOf(verb)
      if (verb === 'consent') return data.consentOf(options.locale)
      return { connections: connections() }
    case 'POST connections':
      if (id === 'caldav') return connect(body, options)
      if (id === 'oauth' || verb === 'mailbox') return setOut(body, options)
      if (id === 'landings') {
        options.scene = 'google'
        return data.connectionsOf('google')[0]
      }
      if (verb === 'check')
        return {
          steps: [
            { step: 'read', ok: true, detail: { events: 14 } },
            { step: 'write', ok: true, detail: { ms: 812 } },
            { step: 'live', ok: false, detail: { minutes: 2 } },
          ],
        }
      options.scene = 'connected'
      return data.connection
    case 'PATCH connections':
      return { ...connections().find((each) => each.id === id), ...body }
    case 'GET access-ledger':
      return { entries: scene === 'empty' ? [] : data.ledger, next: null }
    case 'GET provider-apps':
      return { apps: data.apps }
    case 'PUT provider-apps':
      return { ...data.apps[0], ...body }
    case 'POST provider-apps':
      return { outcome: id === 'google' ? 'redirect-unknown' : 'good' }
    case 'GET shared-inboxes':
      return { inboxes: scene === 'empty' ? [] : data.inboxes }
    case 'POST shared-inboxes':
      return String(body['address']).startsWith('marco') && !body['confirm']
        ? {
            status: 409,
            code: 'has-calendars',
            calendars: [{ connectionId: 'm', account: 'marco@studioferri.example', name: 'Marco Bianchi' }],
          }
        : data.inboxes[0]
    case 'PATCH workspace':
      return { ...me(), workspace: { ...me().workspace, ...body } }
    case 'GET calendar-changes':
      return { changes: data.changesOf(scene) }
    case 'POST calendar-changes':
      return { nothing: true }
    case 'DELETE connections':
      if (verb === 'mailbox') return { nothing: true }
      options.scene = 'offline'
      return { offlinePages: 2, keptMeetings: 4 }
    case 'PATCH calendars':
      return {
        ...data.connection,
        calendars: data.connection.calendars.map((each) => (each.id === id ? { ...each, ...body } : each)),
      }
    case 'GET bookings': {
      const lists = {
        upcoming: data.upcoming,
        requests: data.requests,
        past: data.past,
        cancelled: data.cancelled,
      }
      return id
        ? data.allBookings.find((each) => each.id === id)
        : { bookings: scene === 'empty' ? [] : lists[query.get('state') as keyof typeof lists], next: null }
    }
    case 'POST bookings':
      return id === data.requests[1]!.id && verb === 'accept'
        ? { status: 409, code: 'slot-taken' }
        : data.allBookings.find((each) => each.id === id)
    case 'GET contacts':
      if (verb === 'meetings') return { calendar: scene !== 'offline' && scene !== 'empty' }
      if (verb === 'timeline') return { entries: scene === 'empty' ? [] : data.timeline, next: null }
      if (id) return data.contacts.find((each) => each.id === id)
      return {
        contacts:
          scene === 'empty'
            ? []
            : data.contacts.filter(({ name }) =>
                name.toLowerCase().includes((query.get('search') ?? '').toLowerCase()),
              ),
        next: null,
      }
    case 'POST contacts':
      if (verb === 'meetings')
        return body['title'] === 'Busy' && !body['anyway'] ? { status: 409, code: 'busy' } : data.upcoming[0]
      return verb === 'notes'
        ? data.timeline[1]
        : body['email'] === 'laura@acme.example'
          ? { status: 409, code: 'known-contact', id: data.contacts[0]!.id }
          : data.contacts[0]
    case 'GET outbox': {
      const letter = data.letters.find((each) => each.id === id)
      if (id)
        return (
          letter && {
            ...letter,
            html: data.letterHtml,
            text: 'Ci vediamo domenica, Laura\n\ndomenica 22 novembre 2026, 16:00–16:30',
            ics: data.letterIcs,
            headers: [
              { name: 'From', value: 'Giulia Ferri <giulia@studioferri.example>' },
              { name: 'Subject', value: letter.subject },
            ],
          }
        )
      return { letters: scene === 'empty' ? [] : data.letters }
    }
  }
  return undefined
}

/** The way back of a trip that goes well leads to the dashboard, as the server's does. */
function setOut(body: Record<string, unknown>, options: PreviewOptions): Said {
  const refuses =
    body['as'] || body['loginHint'] === 'right@studioferri.example' ? undefined : options.refuses
  if (refuses)
    return {
      status: refuses === 'CAL-NO-PERMISSION' ? 403 : 409,
      code: refuses,
      detail: refuses,
      account: 'giulia@studioferri.example',
      mayAdd: true,
    }
  options.scene = 'google'
  return { url: `/meetings?connected=${data.connectionsOf('google')[0]!.id}&choose=1` }
}

function connect(body: Record<string, unknown>, options: PreviewOptions): Said {
  const address = String(body['address'])
  if (address.includes('elsewhere'))
    return { status: 422, code: 'other-host', host: 'dav.studioferri.example' }
  if (address.includes('nowhere')) return { status: 422, code: 'dns' }
  if (body['password'] === 'wrong') return { status: 422, code: 'wrong-password' }
  options.scene = 'connected'
  return data.connection
}

async function page(response: ServerResponse, web: string, path: string): Promise<void> {
  // A visitors' page stands here only so that the app's links and frames lead somewhere.
  if (!/^\/(?:app|login|setup|invite|outbox|meetings)?(?:\/|$)/.test(path))
    return send(response, 200, '<!doctype html><title>Page</title>', 'text/html')
  const nonce = randomBytes(16).toString('base64')
  const html = await readFile(join(web, 'index.html'), 'utf8')
  const policy = `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; object-src 'none'`
  send(response, 200, html.replaceAll('%NONCE%', nonce), 'text/html', policy)
}

async function file(response: ServerResponse, web: string, path: string): Promise<void> {
  const full = join(web, normalize(path))
  const found = await readFile(full).catch(() => null)
  if (found === null) return void response.writeHead(404).end()
  send(response, 200, found, TYPES[extname(full)] ?? 'application/octet-stream')
}

const send = (
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  type: string,
  policy?: string,
): void =>
  void response
    .writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      ...(policy ? { 'content-security-policy': policy } : {}),
    })
    .end(body)
const problem = (response: ServerResponse, status: number, code: string, more: object = {}): void =>
  send(
    response,
    status,
    JSON.stringify({
      type: 'about:blank',
      title: code,
      requestId: '0f2c7a1e-preview',
      ...more,
      status,
      code,
    }),
    'application/problem+json',
  )

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Uint8Array>) {
    size += part.length
    if (size > BODY_LIMIT) throw new Error('too large')
    parts.push(part)
  }
  const text = Buffer.concat(parts).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
