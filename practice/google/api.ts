import { queryFreeBusy } from './busy.ts'
import type { Call } from './call.ts'
import { getCalendar, listCalendars } from './calendars.ts'
import type { Faults } from './faults.ts'
import { select } from './fields.ts'
import { sendMessage } from './gmail.ts'
import type { Logged } from './log.ts'
import type { findMethod } from './methods.ts'
import type { Pushes } from './push.ts'
import { get, instances, list } from './read.ts'
import { errorBody, header, invalid, parameter, refuse, Refusal } from './refusal.ts'
import type { Reply } from './reply.ts'
import { errorAnswer } from './schema.ts'
import type { GoogleStore } from './store.ts'
import { importEvent, insert, move, patch, remove, update } from './write.ts'

export type Answering = { store: GoogleStore; pushes: Pushes; faults: Faults; url: string }
type Found = NonNullable<ReturnType<typeof findMethod>>

const VERBS: Record<string, (call: Call, pushes: Pushes) => Reply> = {
  'calendar.calendarList.list': listCalendars,
  'calendar.calendarList.get': getCalendar,
  'calendar.channels.stop': (call, pushes) => pushes.stop(call),
  'calendar.freebusy.query': queryFreeBusy,
  'calendar.events.list': list,
  'calendar.events.insert': insert,
  'calendar.events.import': importEvent,
  'calendar.events.watch': (call, pushes) => pushes.watch(call),
  'calendar.events.get': get,
  'calendar.events.update': update,
  'calendar.events.patch': patch,
  'calendar.events.delete': remove,
  'calendar.events.instances': instances,
  'calendar.events.move': move,
  'gmail.users.messages.send': sendMessage,
}

/** One call: whose, whether allowed, whether well formed, then the verb; what we answer is held to its schema as well. */
export function answer(
  { store, pushes, faults, url }: Answering,
  { method, params }: Found,
  request: Logged & { headers: Call['headers'] },
  raw: string,
): Reply {
  let reply: Reply
  try {
    const holder = holderOf(store, request.headers['authorization'])
    request.user = holder.email
    if (!method.scopes.some((scope) => holder.scopes.includes(scope))) throw refuse('insufficientPermissions')
    faults.count(holder.email, store.now())
    const query = readQuery(method, request.query)
    const body = readBody(method, request.headers['content-type'], raw)
    const verb = VERBS[method.feature]!
    reply = verb(
      {
        store,
        url,
        user: store.users.get(holder.email)!,
        scopes: holder.scopes,
        params,
        query,
        body,
        headers: request.headers,
      },
      pushes,
    )
    if (method.answer && reply.status === 200) method.answer.parse(reply.body)
    else if (reply.body !== undefined)
      throw new Error(`${method.feature} answered ${reply.status} with a body`)
    return { ...reply, body: select(reply.body, (query as { fields?: string }).fields) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refusalReply(error, method.scopes)
  }
}

export function refusalReply(refusal: Refusal, scopes: string[] = []): Reply {
  const realm = 'Bearer realm="https://accounts.google.com/"'
  const ask =
    refusal.status === 401
      ? `${realm}, error="invalid_token"`
      : refusal.reason === 'insufficientPermissions'
        ? `${realm}, error="insufficient_scope", scope="${scopes.join(' ')}"`
        : null
  return {
    status: refusal.status,
    headers: ask ? { 'www-authenticate': ask } : {},
    body: errorAnswer.parse(errorBody(refusal)),
  }
}

function holderOf(store: GoogleStore, authorization: string | undefined) {
  if (authorization === undefined)
    throw new Refusal(401, 'required', 'Login Required.', header('Authorization'))
  const holder = /^Bearer \S+$/.test(authorization) ? store.grants.holder(authorization.slice(7)) : null
  if (!holder) throw refuse('authError')
  return holder
}

function readQuery(method: Found['method'], given: Logged['query']): unknown {
  const parsed = method.query.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const name = String(issue?.path[0] ?? (issue && 'keys' in issue ? issue.keys[0] : ''))
  if (given[name] === undefined)
    throw new Refusal(400, 'required', `Required parameter: ${name}`, parameter(name))
  throw new Refusal(
    400,
    'invalidParameter',
    `Invalid value '${String(given[name])}' for parameter ${name}.`,
    parameter(name),
  )
}

function readBody(method: Found['method'], type: string | undefined, raw: string): unknown {
  if (!method.request) {
    if (raw.trim() !== '' && raw.trim() !== '{}') throw invalid('This method takes no body.')
    return undefined
  }
  if (!/^application\/json\b/i.test(type ?? ''))
    throw new Refusal(400, 'badContent', `Unsupported content with type: ${type ?? ''}`)
  let body: unknown
  try {
    body = JSON.parse(raw)
  } catch {
    throw new Refusal(400, 'parseError', 'Parse Error')
  }
  const parsed = method.request.safeParse(body)
  if (parsed.success) return body
  const [issue] = parsed.error.issues
  throw invalid(
    `Invalid value for: ${[...(issue?.path ?? []), ...(issue && 'keys' in issue ? issue.keys : [])].join('.')}`,
  )
}
