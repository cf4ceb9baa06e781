import { NotFound, Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { faultOf } from './faults.ts'

export type Answer = { status: number; headers: Headers; text: string; host: string }

export type Question = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  query?: Readonly<Record<string, string | undefined>>
  body?: object
  /** Only if the event still is as it was read. */
  ifMatch?: string
}

/** An object of an answer, of which nothing is believed until it has been looked at. */
export type Raw = Readonly<Record<string, unknown>>

// A list is let through: it has none of the names anybody looks for, and asking costs more than the answer is worth.
export const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null

/** One request; any status is an answer. The token, the deadline and the cap on its size are the session's fetch's. */
export async function ask(
  { fetch: send }: Pick<Session, 'fetch'>,
  base: string,
  path: readonly string[],
  { method, query = {}, body, ifMatch }: Question,
): Promise<Answer> {
  const url = new URL(`${base.replace(/\/+$/, '')}/${path.map(segment).join('/')}`)
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value)
  const response = await send(url, {
    method,
    // Google sends nobody elsewhere; who does is not Google, and gets no token.
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, text: await response.text(), host: url.host }
}

/** An id in a path. An empty one, or dots that would climb, would ask something else of somebody else's. */
function segment(id: string): string {
  if (id === '' || id === '.' || id === '..') throw new NotFound('nothing is called that')
  return encodeURIComponent(id.toWellFormed())
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
