import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PracticeStore, touches, uidOf, type CalendarObject, type PracticeCalendar } from './store.ts'
import { escapeXml, fault, gone, list, multistatus, propstat, readXml, type Node } from './xml.ts'

export type PracticeCaldav = { url: string; port: number; user: string; password: string; store: PracticeStore; requests: { method: string; path: string }[]; stop(): Promise<void> }

const LIMIT = 5_000_000
const DAV = '1, 3, access-control, calendar-access, sync-collection'
const TOKEN = 'urn:ritrovo:practice:'

/** A strict CalDAV server (RFC 4791, 6578) on loopback: for --demo, and wherever a test needs a real wire that is fast. */
export async function startPracticeCaldav(options: { user?: string; password?: string; port?: number; file?: string | null } = {}): Promise<PracticeCaldav> {
  const user = options.user ?? 'giulia'
  const password = options.password ?? 'practice'
  const store = new PracticeStore(options.file ?? null)
  const home = `/calendars/${encodeURIComponent(user)}/`
  if (store.calendars.size === 0) store.makeCalendar(`${home}work/`, { name: 'Work' })
  const requests: PracticeCaldav['requests'] = []
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://practice').pathname
    requests.push({ method: request.method ?? '', path })
    if (requests.length > 100_000) requests.splice(0, 50_000)
    const answer = (status: number, body = '', headers: Record<string, string> = {}) => {
      response.writeHead(status, { dav: DAV, ...(body ? { 'content-type': body.startsWith('BEGIN') ? 'text/calendar; charset=utf-8' : 'application/xml; charset=utf-8' } : {}), ...headers })
      response.end(body)
    }
    if (path === '/.well-known/caldav') return answer(301, '', { location: '/principal/' })
    if (request.headers.authorization !== wanted) return answer(401, '', { 'www-authenticate': 'Basic realm="practice", charset="UTF-8"' })
    void readBody(request, response)
      .then((body) => (body === null ? answer(413) : serve({ method: request.method ?? '', path, headers: request.headers, body, home, user, store }, answer)))
      .catch(() => answer(500))
  })
  await new Promise<void>((done, fail) => server.once('error', fail).listen(options.port ?? 0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}/`,
    port,
    user,
    password,
    store,
    requests,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage, _response: ServerResponse): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LIMIT) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

type Call = { method: string; path: string; headers: IncomingMessage['headers']; body: string; home: string; user: string; store: PracticeStore }
type Answer = (status: number, body?: string, headers?: Record<string, string>) => void

function serve(call: Call, answer: Answer): void {
  const { method, path, store, home } = call
  const calendar = store.calendars.get(path) ?? null
  const parent = store.calendars.get(path.slice(0, path.lastIndexOf('/') + 1)) ?? null
  switch (method) {
    case 'OPTIONS':
      return answer(200, '', { allow: 'OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, REPORT, MKCALENDAR' })
    case 'PROPFIND':
      return propfind(call, calendar, parent, answer)
    case 'REPORT':
      return calendar ? report(call, calendar, answer) : answer(404)
    case 'MKCALENDAR': {
      if (calendar) return answer(405)
      if (!path.startsWith(home) || !/^[^/]+\/$/.test(path.slice(home.length))) return answer(403, fault('c:calendar-collection-location-ok'))
      const set = (readXml(call.body)?.['mkcalendar'] as Node | undefined)?.['set'] as Node | undefined
      const name = (set?.['prop'] as Node | undefined)?.['displayname']
      store.makeCalendar(path, { name: typeof name === 'string' && name ? name : 'Calendar' })
      return answer(201)
    }
    case 'GET':
    case 'HEAD': {
      const object = parent?.objects.get(path)
      return object ? answer(200, object.text, { etag: object.etag }) : answer(404)
    }
    case 'PUT':
      return parent ? put(call, parent, answer) : answer(409)
    case 'DELETE': {
      const object = parent?.objects.get(path)
      if (!parent || !object) return answer(404)
      if (parent.readOnly) return answer(403, fault('d:need-privileges'))
      const match = call.headers['if-match']
      if (match && match !== object.etag) return answer(412)
      store.remove(parent, path)
      return answer(204)
    }
    default:
      return answer(405)
  }
}

function put({ path, headers, body, store }: Call, calendar: PracticeCalendar, answer: Answer): void {
  if (calendar.readOnly) return answer(403, fault('d:need-privileges'))
  if (!/^text\/calendar\b/i.test(headers['content-type'] ?? '')) return answer(415, fault('c:supported-calendar-data'))
  const present = calendar.objects.get(path)
  if (headers['if-none-match'] === '*' && present) return answer(412)
  if (headers['if-match'] && headers['if-match'] !== present?.etag) return answer(412)
  const uid = uidOf(body)
  if (!uid) return answer(403, fault('c:valid-calendar-data'))
  // A UID lives once in a collection (RFC 4791 §5.3.2.1).
  for (const other of calendar.objects.values()) if (other.uid === uid && other.href !== path) return answer(403, fault('c:no-uid-conflict'))
  const object = store.put(calendar, path, body, uid)
  return answer(present ? 204 : 201, '', { etag: object.etag })
}

const asked = (prop: unknown, all: string[]): string[] => (prop && typeof prop === 'object' ? Object.keys(prop).filter((name) => !name.startsWith('@')) : all)

function propfind({ path, headers, body, home, user, store }: Call, calendar: PracticeCalendar | null, parent: PracticeCalendar | null, answer: Answer): void {
  const xml = readXml(body)
  if (body.trim() !== '' && !xml?.['propfind']) return answer(400)
  const principal = { 'current-user-principal': '<d:href>/principal/</d:href>' }
  const prop = (xml?.['propfind'] as Node | undefined)?.['prop']
  const one = (href: string, found: Record<string, string>) => propstat(href, found, asked(prop, Object.keys(found)))
  const responses: string[] = []
  if (path === '/' || path === '/principal/') {
    responses.push(one(path, { ...principal, resourcetype: path === '/' ? '<d:collection/>' : '<d:collection/><d:principal/>', 'calendar-home-set': `<d:href>${escapeXml(home)}</d:href>`, displayname: escapeXml(user), 'calendar-user-address-set': `<d:href>mailto:${escapeXml(user)}@example.test</d:href>` }))
  } else if (path === home) {
    responses.push(one(path, { ...principal, resourcetype: '<d:collection/>', displayname: escapeXml(user) }))
    if (headers['depth'] === '1') for (const each of store.calendars.values()) responses.push(one(each.path, calendarProps(each)))
  } else if (calendar) {
    responses.push(one(path, { ...principal, ...calendarProps(calendar) }))
    if (headers['depth'] === '1') for (const object of calendar.objects.values()) responses.push(one(object.href, objectProps(object)))
  } else if (parent?.objects.has(path)) {
    responses.push(one(path, objectProps(parent.objects.get(path)!)))
  } else return answer(404)
  return answer(207, multistatus(responses))
}

const calendarProps = (calendar: PracticeCalendar): Record<string, string> => ({
  resourcetype: '<d:collection/><c:calendar/>',
  displayname: escapeXml(calendar.name),
  'calendar-color': `${calendar.color}FF`,
  'calendar-timezone': escapeXml(`BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//practice//EN\r\nBEGIN:VTIMEZONE\r\nTZID:${calendar.zone}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n`),
  'supported-calendar-component-set': '<c:comp name="VEVENT"/>',
  'supported-report-set': ['sync-collection', 'calendar-query', 'calendar-multiget'].map((name) => `<d:supported-report><d:report><${name === 'sync-collection' ? 'd' : 'c'}:${name}/></d:report></d:supported-report>`).join(''),
  'current-user-privilege-set': (calendar.readOnly ? ['read'] : ['read', 'write', 'write-content', 'bind', 'unbind']).map((name) => `<d:privilege><d:${name}/></d:privilege>`).join(''),
  getctag: `"${calendar.changed}"`,
  'sync-token': `${TOKEN}${calendar.changed}`,
})

const objectProps = (object: CalendarObject): Record<string, string> => ({
  resourcetype: '',
  getetag: escapeXml(object.etag),
  getcontenttype: 'text/calendar; charset=utf-8; component=VEVENT',
  'calendar-data': escapeXml(object.text),
})

function report({ body, headers }: Call, calendar: PracticeCalendar, answer: Answer): void {
  const xml = readXml(body)
  if (!xml) return answer(400)
  const props = (object: CalendarObject, prop: unknown) => propstat(object.href, objectProps(object), asked(prop, ['getetag']))
  if (xml['sync-collection']) {
    const request = xml['sync-collection'] as Node
    // RFC 6578 §3.2: the depth is in sync-level; a Depth header other than 0 is a mistake.
    if ((headers['depth'] ?? '0') !== '0' || String(request['sync-level']) !== '1') return answer(400)
    const token = String(request['sync-token'] ?? '')
    const since = token === '' ? 0 : Number(new RegExp(`^${TOKEN}(\\d+)$`).exec(token)?.[1] ?? NaN)
    if (Number.isNaN(since) || since > calendar.changed) return answer(403, fault('d:valid-sync-token'))
    const changes = [...[...calendar.objects.values()].filter((object) => object.changed > since).map((object) => ({ at: object.changed, xml: props(object, request['prop']) })), ...(since === 0 ? [] : [...calendar.gone].filter(([, at]) => at > since).map(([href, at]) => ({ at, xml: gone(href) })))].sort((a, b) => a.at - b.at)
    const limit = Number((request['limit'] as Node | undefined)?.['nresults'] ?? Infinity)
    const page = changes.slice(0, limit)
    const cut = page.length < changes.length
    // A cut answer says so with 507 for the collection itself, and its token covers only what was sent (§3.6).
    return answer(207, multistatus([...page.map((change) => change.xml), ...(cut ? [`<d:response><d:href>${calendar.path}</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status><d:error><d:number-of-matches-within-limits/></d:error></d:response>`] : [])], `${TOKEN}${cut ? page.at(-1)!.at : calendar.changed}`))
  }
  if (xml['calendar-multiget']) {
    const request = xml['calendar-multiget'] as Node
    return answer(207, multistatus(list(request['href']).map((href) => {
      const object = calendar.objects.get(String(href))
      return object ? props(object, request['prop']) : gone(String(href))
    })))
  }
  if (xml['calendar-query']) {
    const request = xml['calendar-query'] as Node
    const outer = (request['filter'] as Node | undefined)?.['comp-filter'] as Node | undefined
    const inner = outer?.['comp-filter'] as Node | undefined
    if (outer?.['@name'] !== 'VCALENDAR') return answer(403, fault('c:valid-filter'))
    const range = inner?.['time-range'] as Node | undefined
    const span = range ? { start: readStamp(String(range['@start'] ?? '19700101T000000Z')), end: readStamp(String(range['@end'] ?? '20991231T000000Z')) } : null
    const filter = inner?.['prop-filter'] as Node | undefined
    const uid = filter?.['@name'] === 'UID' ? textOf(filter['text-match']) : null
    const found = [...calendar.objects.values()].filter((object) => (uid === null || object.uid === uid) && (span === null || touches(object.text, span, calendar.zone)))
    return answer(207, multistatus(found.map((object) => props(object, request['prop']))))
  }
  return answer(403, fault('d:supported-report'))
}

const textOf = (node: unknown): string => (typeof node === 'string' ? node : String((node as Node | undefined)?.['#text'] ?? ''))
const readStamp = (text: string): number => Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
