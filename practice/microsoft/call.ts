import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { readZone } from './clock.ts'
import type { Event, Person } from './model.ts'
import type { PracticeStore } from './store.ts'

/** How the asker wants to be answered: learn.microsoft.com/graph/api/resources/calendar-overview, outlook-immutable-id. */
export type Prefer = {
  immutable: boolean
  zoneName: string
  zone: string
  text: boolean
  pageSize: number | null
  applied: string[]
}
export type Call = {
  store: PracticeStore
  /** `http://localhost:PORT`: every link in an answer begins with it. */
  url: string
  path: string
  person: Person
  client: string
  params: Record<string, string>
  /** Names in lower case: OData's are not case-sensitive. */
  query: Map<string, string>
  body: unknown
  mime: string | null
  prefer: Prefer
  ifMatch: string | null
  /** Asks an app's address to prove itself, before a subscription to it stands. */
  validate(address: string): Promise<string | null>
}
export type Reply = { status: number; body?: object; headers?: Record<string, string> }

/** A refusal in Graph's own form: learn.microsoft.com/graph/errors */
export class GraphError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Record<string, string>
  readonly extra: Record<string, string>
  constructor(
    status: number,
    code: string,
    message: string,
    more: { headers?: Record<string, string>; extra?: Record<string, string> } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.headers = more.headers ?? {}
    this.extra = more.extra ?? {}
  }
}

export function errorBody(
  error: { code: string; message: string; extra?: Record<string, string> },
  clientRequest: string | null,
): object {
  const request = randomUUID()
  return {
    error: {
      code: error.code,
      message: error.message,
      ...error.extra,
      innerError: {
        date: new Date().toISOString().slice(0, 19),
        'request-id': request,
        'client-request-id': clientRequest ?? request,
      },
    },
  }
}

export function readPrefer(headers: IncomingHttpHeaders): Prefer {
  const all = [headers['prefer'] ?? []].flat().join(', ')
  const named = (name: string) =>
    new RegExp(`(?:^|[,;\\s])${name.replaceAll('.', '\\.')}\\s*=\\s*("[^"]*"|[^,;\\s]+)`, 'i')
      .exec(all)?.[1]
      ?.replaceAll('"', '')
  const zoneName = named('outlook.timezone') ?? 'UTC'
  const zone = readZone(zoneName)
  if (!zone)
    throw new GraphError(
      400,
      'TimeZoneNotSupportedException',
      `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${zoneName}'.`,
    )
  const size = named('odata.maxpagesize')
  if (size !== undefined && !/^[1-9]\d*$/.test(size))
    throw new GraphError(400, 'BadRequest', "The value of 'odata.maxpagesize' must be a positive number.")
  const immutable = named('IdType')?.toLowerCase() === 'immutableid'
  const text = named('outlook.body-content-type')?.toLowerCase() === 'text'
  const applied = [
    immutable ? 'IdType="ImmutableId"' : '',
    named('outlook.timezone') ? `outlook.timezone="${zoneName}"` : '',
    text ? 'outlook.body-content-type="text"' : '',
    size ? `odata.maxpagesize=${size}` : '',
  ].filter(Boolean)
  return { immutable, zoneName, zone, text, pageSize: size === undefined ? null : Number(size), applied }
}

export const idOf = (event: Pick<Event, 'id' | 'place'>, prefer: Prefer): string =>
  prefer.immutable ? event.id : event.place

const MARK = 'FRAAgI'
/** An occurrence has an identifier of its own, made from its series' and its date. */
export const occurrenceId = (master: string, date: string): string =>
  `${master.slice(0, -1)}${MARK}${date.replaceAll('-', '')}=`
export function readOccurrenceId(id: string): { master: string; date: string } | null {
  const found = new RegExp(`^(.+)${MARK}(\\d{4})(\\d\\d)(\\d\\d)=$`).exec(id)
  return found ? { master: `${found[1]}=`, date: `${found[2]}-${found[3]}-${found[4]}` } : null
}
