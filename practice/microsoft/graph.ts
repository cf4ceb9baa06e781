import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import { GraphError, readPrefer, type Call, type Reply } from './call.ts'
import type { Rounds } from './delta.ts'
import { operations, type Operation } from './operations.ts'
import type { PracticeStore } from './store.ts'
import { plain } from './tokens.ts'

export type Arriving = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  text: string
}

/** An own answer that is not what the schema says: the fault is ours, and no test may pass over it. */
export class Broken extends Error {}

export class Graph {
  #table: Operation[]
  #store: PracticeStore
  #url: string
  #validate: Call['validate']
  constructor(store: PracticeStore, url: string, rounds: Rounds, validate: Call['validate']) {
    this.#table = operations(rounds)
    this.#store = store
    this.#url = url
    this.#validate = validate
  }

  /** Who asks, by the token; null when it opens nothing. */
  caller(headers: IncomingHttpHeaders) {
    const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
    const held = token === undefined ? undefined : this.#store.access.get(token)
    return held ? { ...held, person: this.#store.people.get(held.person)! } : null
  }

  /** The row of the table a request is for. */
  feature(method: string, path: string, headers: IncomingHttpHeaders): string | null {
    try {
      return path.startsWith('/v1.0/')
        ? (this.#match({ method, path, headers })?.operation.name ?? null)
        : null
    } catch {
      return null
    }
  }

  async serve(arriving: Arriving): Promise<Reply> {
    const found = this.#match(arriving)
    const caller = this.#gate(arriving)
    if (!found)
      throw new GraphError(
        400,
        'BadRequest',
        `Resource not found for the segment '${arriving.path.split('/').at(-1)}'.`,
      )
    const { operation, params } = found
    if (
      !operation.scopes.some((scope) =>
        caller.scopes.some((one) => plain(one).toLowerCase() === scope.toLowerCase()),
      )
    )
      throw new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
    // github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/405
    if (operation.mailbox && !caller.person.mailbox)
      throw new GraphError(
        404,
        'MailboxNotEnabledForRESTAPI',
        'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
      )
    const query = new Map([...arriving.query].map(([name, value]) => [name.toLowerCase(), value]))
    for (const name of query.keys())
      if (!operation.query.includes(name))
        throw new GraphError(400, 'ErrorInvalidUrlQuery', `The query parameter '${name}' is not supported.`)
    const prefer = readPrefer(arriving.headers)
    const mime =
      operation.name === 'POST /me/sendMail' && /^text\/plain\b/i.test(arriving.headers['content-type'] ?? '')
        ? arriving.text
        : null
    const body = operation.body && mime === null ? readBody(arriving, operation.body) : null
    const reply = await operation.run({
      store: this.#store,
      url: this.#url,
      path: arriving.path,
      person: caller.person,
      client: caller.client,
      params,
      query,
      body,
      mime,
      prefer,
      ifMatch: arriving.headers['if-match'] ?? null,
      validate: this.#validate,
    })
    const sound = operation.answer
      ? operation.answer.safeParse(reply.body)
      : { success: reply.body === undefined, error: null }
    if (!sound.success)
      throw new Broken(
        `${operation.name} was about to answer what its schema refuses: ${sound.error?.message ?? 'a body'}`,
      )
    const applied = prefer.applied.length > 0 ? { 'preference-applied': prefer.applied.join(', ') } : {}
    return { ...reply, headers: { ...applied, ...reply.headers } }
  }

  /** learn.microsoft.com/graph/resolve-auth-errors */
  #gate({ headers }: Arriving) {
    const challenge = {
      headers: {
        'www-authenticate':
          'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
      },
    }
    if (!headers.authorization)
      throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token is empty.', challenge)
    const caller = this.caller(headers)
    if (!caller)
      throw new GraphError(
        401,
        'InvalidAuthenticationToken',
        'CompactToken parsing failed with error code: 80049217',
        challenge,
      )
    if (caller.until <= this.#store.now())
      throw new GraphError(
        401,
        'InvalidAuthenticationToken',
        'Lifetime validation failed, the token is expired.',
        challenge,
      )
    return caller
  }

  #match({ method, path, headers }: Pick<Arriving, 'method' | 'path' | 'headers'>): {
    operation: Operation
    params: Record<string, string>
  } | null {
    const parts = path.split('/').slice(2).map(decodeURIComponent)
    const person = this.caller(headers)?.person
    // One's own address or id stands for `me`; nobody else's mailbox is shared here.
    if (
      parts[0]?.toLowerCase() === 'users' &&
      person &&
      [person.id, person.email.toLowerCase()].includes(parts[1]?.toLowerCase() ?? '')
    )
      parts.splice(0, 2, 'me')
    for (const operation of this.#table) {
      if (operation.method !== method || operation.path.length !== parts.length) continue
      const params: Record<string, string> = {}
      const fits = operation.path.every((segment, at) => {
        if (!segment.startsWith('{')) return segment.toLowerCase() === parts[at]!.toLowerCase()
        params[segment.slice(1, -1)] = parts[at]!
        return true
      })
      if (fits) return { operation, params }
    }
    return null
  }
}

function readBody({ headers, text, path }: Arriving, type: z.ZodType): unknown {
  const unreadable = new GraphError(
    400,
    'BadRequest',
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  )
  const optional = /\/(cancel|accept|decline|tentativelyAccept)$/i.test(path)
  if (text === '' && optional) return type.parse({})
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) throw unreadable
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable
  }
  const parsed = type.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue!.path.join('.')
  if (issue!.code === 'unrecognized_keys')
    throw new GraphError(
      400,
      'RequestBodyRead',
      `The property '${issue!.keys.join("', '")}' does not exist on type of '${where || 'the body'}'. Make sure to only use property names that are defined by the type.`,
    )
  throw new GraphError(
    400,
    'RequestBodyRead',
    `The value of '${where}' is not of the expected type: ${issue!.message}`,
  )
}
