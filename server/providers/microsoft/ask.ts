import { NotFound, Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { faultOf } from './faults.ts'
import { inLine } from './limiter.ts'

export type Answer = { status: number; headers: Headers; text: string; host: string }

export type Question = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** By their OData names; a `$` stays one. */
  query?: Readonly<Record<string, string>>
  body?: object
  /** Instead of JSON: a message in MIME. */
  plain?: string
  /** Only if the event still is as it was read. */
  ifMatch?: string
  /** How many entries to a page. */
  pageSize?: number
}

/** An object of an answer, of which nothing is believed until it has been looked at. */
export type Raw = Readonly<Record<string, unknown>>

export const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// Ids that stay when an event moves to another folder must be asked for with every call (outlook-immutable-id);
// times come in UTC whatever the mailbox is set to; and of a body only its text, since there is no leaving bodies
// out of a delta.
const ALWAYS = ['IdType="ImmutableId"', 'outlook.timezone="UTC"', 'outlook.body-content-type="text"']

/**
 * One request; any status is an answer. The token, the deadline and the cap on its size are the session's fetch's.
 */
export function ask(session: Session, where: URL, question: Question): Promise<Answer> {
  const { method, body, plain, ifMatch, pageSize } = question
  const content = plain ?? (body === undefined ? undefined : JSON.stringify(body))
  return inLine(`${where.origin} ${session.user}`, async () => {
    try {
      const response = await session.fetch(where, {
        method,
        // Graph sends nobody elsewhere; who does is not Graph, and gets no token.
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          prefer: [...ALWAYS, ...(pageSize === undefined ? [] : [`odata.maxpagesize=${pageSize}`])].join(
            ', ',
          ),
          ...(content === undefined
            ? {}
            : { 'content-type': plain === undefined ? 'application/json' : 'text/plain' }),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        ...(content === undefined ? {} : { body: content }),
      })
      return {
        status: response.status,
        headers: response.headers,
        text: await response.text(),
        host: where.host,
      }
    } catch (error) {
      throw unreached(error, where)
    }
  })
}

/** An address below the API's own. Spaces must not become `+`, which some of Graph's filters take for itself. */
export function at(session: Session, path: readonly string[], query: Question['query'] = {}): URL {
  const asked = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`,
  )
  const base = session.address.replace(/\/+$/, '')
  return new URL(`${base}/${path.map(segment).join('/')}${asked.length === 0 ? '' : `?${asked.join('&')}`}`)
}

/** An id in a path. An empty one, or dots that would climb, would ask something else of somebody else's. */
function segment(id: string): string {
  if (id === '' || id === '.' || id === '..') throw new NotFound('nothing is called that')
  return encodeURIComponent(id.toWellFormed())
}

/** A link of an answer is used whole, but the token goes to no other origin than the one it is for. */
export function follow(session: Session, link: string): URL {
  const url = URL.parse(link)
  const own = new URL(session.address).origin
  if (url?.origin !== own || url.username !== '' || url.password !== '')
    throw new Unreachable('the answer links to another host', 'refused-address')
  return url
}

export const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300

/** The object in a good answer; the fault behind any other. */
export function read(answer: Answer): Raw {
  if (!isOk(answer)) throw faultOf(answer)
  const parsed = parse(answer.text)
  if (!isRaw(parsed)) throw new Unreachable(`${answer.host} answered what we cannot read`, 'bad-answer')
  return parsed
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export type List = { items: Raw[]; next: string | null; delta: string | null }

/** One page of a list. */
export function readList(session: Session, answer: Answer): List {
  const body = read(answer)
  const { value } = body
  if (!Array.isArray(value) || !value.every(isRaw))
    throw new Unreachable(`${answer.host} answered with no list`, 'bad-answer')
  return {
    items: value,
    next: linkIn(session, body['@odata.nextLink']),
    delta: linkIn(session, body['@odata.deltaLink']),
  }
}

const linkIn = (session: Session, link: unknown): string | null =>
  typeof link === 'string' && link !== '' ? follow(session, link).href : null

const MOST_PAGES = 100

/** All pages of a list that is short by nature. */
export async function readAll(session: Session, first: URL): Promise<Raw[]> {
  const items: Raw[] = []
  let where: URL | null = first
  for (let pages = 0; where && pages < MOST_PAGES; pages++) {
    const page: List = readList(session, await ask(session, where, { method: 'GET' }))
    items.push(...page.items)
    where = page.next === null ? null : new URL(page.next)
  }
  if (where) throw new Unreachable(`${first.host} gives pages without end`, 'bad-answer')
  return items
}

/**
 * What `fetch` throws, in our words. The guarded fetch of the platform has its own; this is for every other. A bug
 * stays one.
 */
function unreached(error: unknown, { host }: URL): unknown {
  const names: string[] = []
  for (let each = error; each instanceof Error && names.length < 5; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException
    names.push(typeof code === 'string' ? code : each.name)
  }
  const is = (pattern: RegExp): boolean => names.some((name) => pattern.test(name))
  if (is(/^(TimeoutError|AbortError|ETIMEDOUT)$/))
    return new Unreachable(`${host} did not answer in time`, 'timeout')
  return is(/^(E[A-Z]+|UND_ERR_\w+|HPE_\w+)$/) ||
    (error instanceof TypeError && error.message === 'fetch failed')
    ? new Unreachable(`the connection to ${host} broke (${names.at(-1)})`, 'connect')
    : error
}
