import { AccessRevoked, NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { Session, UnreachableReason } from '../provider.ts'
import { readLarge } from './expand-worker.ts'
import { readMultistatus } from './multistatus.ts'
import type { Multistatus } from './multistatus.ts'

/** What a request needs of a session; discovery has no calendar home yet. */
export type Door = Pick<Session, 'user' | 'secret' | 'fetch'>

export type Answer = { status: number; headers: Headers; body: string; url: URL }

export type Question = {
  method: 'PROPFIND' | 'REPORT' | 'GET' | 'PUT' | 'DELETE'
  depth?: '0' | '1'
  body?: string
  headers?: Record<string, string>
}

const MOST_REDIRECTS = 5
const LONGEST_ANSWER = 16_000_000
const INLINE = 100_000
const SLOWEST = 3_600_000

/** One request, with the password, to this address and no other host. Any status is an answer; only silence is a fault here. */
export async function ask(door: Door, address: URL, question: Question): Promise<Answer> {
  let url = address
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await askOnce(door, url, question)
    if (![301, 302, 303, 307, 308].includes(answer.status)) return answer
    const next = URL.parse(answer.headers.get('location') ?? '', url)
    if (!next) throw new Unreachable(`${url.host} sends us nowhere`, 'bad-answer')
    if (!mayFollow(url, next)) throw new OtherHost(next)
    url = next
  }
  throw new Unreachable(`${address.host} sends us on and on`, 'bad-answer')
}

/** Where the server pointed, when that is not the server we were given: nothing was sent there (H07, H08). */
export class OtherHost extends Unreachable {
  override name = 'OtherHost'
  readonly address: URL
  constructor(address: URL) {
    super('the server points to another host', 'refused-address')
    this.address = address
  }
}

/** The same origin, or the same host in its plain ports going from http to https: never to another host, never to less. */
export const mayFollow = (from: URL, to: URL): boolean =>
  to.origin === from.origin ||
  (from.protocol === 'http:' &&
    to.protocol === 'https:' &&
    to.hostname === from.hostname &&
    from.port === '' &&
    to.port === '')

/** An address in an answer, on the host that answered; one on another host is refused (H08). */
export function resolve(href: string, base: URL): URL {
  const url = URL.parse(href, base)
  if (!url) throw new Unreachable(`${base.host} names an address that is none`, 'bad-answer')
  if (!mayFollow(base, url)) throw new OtherHost(url)
  return url
}

async function askOnce(
  { user, secret, fetch: send }: Door,
  url: URL,
  { method, depth, body, headers }: Question,
): Promise<Answer> {
  try {
    const response = await send(url, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${secret}`, 'utf8').toString('base64')}`,
        'user-agent': 'Ritrovo',
        ...(body === undefined ? {} : { 'content-type': 'application/xml; charset=utf-8' }),
        ...(depth === undefined ? {} : { depth }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    return { status: response.status, headers: response.headers, body: await readBody(response), url }
  } catch (error) {
    throw error instanceof Unreachable ? error : unreached(error, url)
  }
}

async function readBody(response: Response): Promise<string> {
  if (!response.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > LONGEST_ANSWER) throw new Unreachable('the answer is too large', 'too-large')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** What `fetch` throws, in our words. The guarded fetch of the platform has its own; this is for every other. A bug stays one. */
function unreached(error: unknown, url: URL): unknown {
  const names: string[] = []
  for (let at = error; at instanceof Error && names.length < 5; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException
    names.push(typeof code === 'string' ? code : at.name)
  }
  const is = (pattern: RegExp): boolean => names.some((name) => pattern.test(name))
  const reason = is(/Timeout|TIMEDOUT|Abort/)
    ? 'timeout'
    : is(/^(ENOTFOUND|EAI_)/)
      ? 'dns'
      : is(/CERT|TLS|SSL|VERIFY|EPROTO/)
        ? 'tls'
        : is(/^(E[A-Z]+|UND_ERR_\w+|HPE_\w+)$/) ||
            (error instanceof TypeError && error.message === 'fetch failed')
          ? 'connect'
          : null
  return reason === null ? error : new Unreachable(`${url.host}: ${names.at(-1)}`, reason)
}

/** From an answer that is not the one we hoped for to the fault it is. */
export function faultOf({ status, headers, body, url }: Answer): Error {
  const said = `${url.host} answered ${status}`
  if (status === 401) return new AccessRevoked(said)
  if (status === 404 || status === 410) return new NotFound(said)
  const wait = retryAfter(headers)
  if (status === 429 || (status === 503 && wait !== null)) return new SlowDown(said, wait ?? 60_000)
  return new Unreachable(said, reasonOf(status, headers, body))
}

function reasonOf(status: number, headers: Headers, body: string): UnreachableReason {
  if (status === 402 || status === 403 || status === 407 || status === 451) return 'forbidden'
  if (status === 405 || status === 501) return 'not-this-protocol'
  if (status === 409 || status === 412 || status === 423) return 'conflict'
  if (status === 413 || status === 507) return 'too-large'
  if (status === 408) return 'timeout'
  if (status >= 500) return 'server-error'
  return status < 300 && isNoDav(headers, body) ? 'not-this-protocol' : 'bad-answer'
}

/** A web page, or anything else that never was WebDAV: a captive portal, a login form, a mistyped address. */
const isNoDav = (headers: Headers, body: string): boolean =>
  /\bhtml\b/i.test(headers.get('content-type') ?? '') ||
  /^\s*<(!doctype\s+html|html)\b/i.test(body.slice(0, 1000)) ||
  !body.trimStart().startsWith('<')

function retryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after')
  if (text === null) return null
  const wait = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 1000), SLOWEST) : 60_000
}

/** A request whose answer must be a multistatus. Large ones are read off the main loop (V11). */
export async function askMany(
  door: Door,
  address: URL,
  question: Question,
): Promise<Multistatus & { url: URL }> {
  const answer = await ask(door, address, question)
  if (answer.status !== 207) throw faultOf(answer)
  return { ...(await readMany(answer)), url: answer.url }
}

export async function readMany({ body, headers, url }: Answer): Promise<Multistatus> {
  const read = body.length > INLINE ? await readLarge(body) : readMultistatus(body)
  if (!read)
    throw new Unreachable(
      `${url.host} answered 207 with something else`,
      isNoDav(headers, body) ? 'not-this-protocol' : 'bad-answer',
    )
  return read
}

const NAMESPACES =
  'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:a="http://apple.com/ns/ical/"'

/** A request body: `element('d:propfind', …)` with the namespaces it may use. */
export const body = (tag: string, inside: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<${tag} ${NAMESPACES}>${inside}</${tag}>`

export const propfind = (...properties: string[]): string =>
  body('d:propfind', `<d:prop>${properties.map((each) => `<${each}/>`).join('')}</d:prop>`)
