import { Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { isExchangeOnline, MovedToCloud, TooOld } from './cloud.ts'
import { ask as knock } from './door.ts'
import { faultOf, retryAfter, unreached } from './faults.ts'
import type { Trouble } from './faults.ts'
import { attribute, child, childrenOf, LONGEST, parse, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { envelope } from './soap.ts'
import type { Xml } from './soap.ts'
import { isOnline, isTooOld, readVersion } from './version.ts'
import type { ServerVersion } from './version.ts'

// The operations whose definition takes a TimeZoneContext (services.wsdl).
const IN_UTC = ['GetItem', 'FindItem', 'CreateItem', 'UpdateItem', 'GetUserAvailability']

export type Operation =
  | 'GetFolder'
  | 'FindFolder'
  | 'SyncFolderItems'
  | 'FindItem'
  | 'GetItem'
  | 'CreateItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'GetUserAvailability'
  | 'Subscribe'

export type Reply = {
  host: string
  /** The element of the operation's answer. */
  body: Element
  version: ServerVersion | null
  headers: Headers
}

/** One operation. A SOAP fault, and everything that is no answer to it, is thrown as what it is. */
export async function ask(session: Session, operation: Operation, body: Xml): Promise<Reply> {
  const url = addressOf(session)
  const question = {
    ...questionOf(session, envelope(body, IN_UTC.includes(operation))),
    method: 'POST' as const,
  }
  let response: Response
  let text: string
  try {
    response = await knock(session, url, question)
    text = await textOf(response, url.host)
  } catch (error) {
    throw unreached(error, url.host)
  }
  return { ...readReply(url.host, response, text, `${operation}Response`), headers: response.headers }
}

/** Nothing, not even a bare request, goes to where EWS is closed (C29). */
export function addressOf({ address }: Pick<Session, 'address'>): URL {
  const url = URL.parse(address)
  if (!url) throw new Unreachable('that is no address', 'refused-address')
  if (isExchangeOnline(url.hostname)) throw new MovedToCloud(`${url.host} is Exchange Online`)
  return url
}

export const questionOf = ({ user }: Pick<Session, 'user'>, body: string) => ({
  headers: {
    accept: 'text/xml',
    'content-type': 'text/xml; charset=utf-8',
    // Lets the front end find the mailbox's server at once, and keeps one conversation on one server.
    ...(/^[\x21-\x7e]+@[\x21-\x7e]+$/.test(user) ? { 'x-anchormailbox': user } : {}),
    'x-preferserveraffinity': 'true',
  },
  body,
})

async function textOf(response: Response, host: string): Promise<string> {
  const text = await response.text()
  if (text.length > LONGEST) throw new Unreachable(`${host} answered too much`, 'too-large')
  return text
}

/** An envelope of any prefix, content type and order of elements (ews#67, xl#541). */
export function readReply(
  host: string,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  text: string,
  expected: string,
): Omit<Reply, 'headers'> {
  if (status >= 300 && status < 400) throw ledAway(host, headers)
  const root = text.trimStart().startsWith('<') ? parse(text) : null
  const inside = child(root, 'Body')?.children[0] ?? null
  const told = child(root, 'Header', 'ServerVersionInfo')
  const version = readVersion(told)
  const trouble = {
    host,
    status,
    wait: retryAfter(headers, Date.now()),
    online: version !== null && isOnline(version),
  }
  if (inside?.name === 'Fault') throw faultIn(inside, trouble, version)
  if (status < 200 || status >= 300) throw faultOf({ ...trouble, code: '' })
  if (root?.name !== 'Envelope' || inside === null)
    throw new Unreachable(
      `${host} answered no envelope`,
      isPage(headers, text) ? 'not-this-protocol' : 'bad-answer',
    )
  if (inside.name !== expected) throw new Unreachable(`${host} answered something else`, 'bad-answer')
  return { host, body: inside, version }
}

/** A hotel's network, a page to sign in at, or another server altogether. */
const isPage = (headers: Headers, text: string): boolean =>
  /\bhtml\b/i.test(headers.get('content-type') ?? '') ||
  /^\s*<(!doctype\s+html|html)\b/i.test(text.slice(0, 1000))

function ledAway(host: string, headers: Headers): Error {
  const to = URL.parse(headers.get('location') ?? '', `https://${host}`)
  if (to && isExchangeOnline(to.hostname)) return new MovedToCloud(`${host} leads to ${to.host}`)
  return new Unreachable(`${host} leads elsewhere`, 'not-this-protocol')
}

function faultIn(fault: Element, trouble: Omit<Trouble, 'code'>, version: ServerVersion | null): Error {
  const detail = child(fault, 'detail') ?? child(fault, 'Detail')
  const named = codeOf(textAt(detail, 'ResponseCode'))
  // A server that knows no such version says so in the fault's own code, an old one not even that.
  const code = named === '' ? codeOf(textAt(fault, 'faultcode').replace(/^.*:/, '')) : named
  const online =
    trouble.online === true || (trouble.status === 403 && CLOSED.test(textAt(fault, 'faultstring')))
  if (version && isTooOld(version)) return new TooOld(`${trouble.host} is too old`)
  const wait = backOffIn(child(detail, 'MessageXml')) ?? trouble.wait ?? null
  return faultOf({ ...trouble, status: trouble.status === 200 ? 500 : trouble.status, code, wait, online })
}
// The words with which Exchange Online turns a whole tenant away, wherever its name does not already tell.
const CLOSED = /\bEWS\b.{0,80}\b(disabled|blocked)\b.{0,80}\b(organi[sz]ation|tenant)\b/i

const codeOf = (text: string): string => (/^Error[A-Za-z]{1,80}$/.test(text) ? text : '')

function backOffIn(told: Element | null): number | null {
  const value = childrenOf(told, 'Value').find((each) => attribute(each, 'Name') === 'BackOffMilliseconds')
  const text = value?.text.trim() ?? ''
  return /^\d{1,12}$/.test(text) ? Number(text) : null
}

/** One answer of several: what went well, or its fault. */
export type Message = { element: Element; code: string; fault: Error | null }

/** The answers to an operation's parts, at least one: an empty list answers nothing (C30). */
export function messagesOf({ host, body, version }: Omit<Reply, 'headers'>): Message[] {
  const elements = child(body, 'ResponseMessages')?.children ?? []
  if (elements.length === 0) throw new Unreachable(`${host} answered without an answer`, 'bad-answer')
  return elements.map((element) => messageIn(element, host, version))
}

/** ResponseClass Warning is an answer too, but for what was not even begun. */
export function messageIn(element: Element, host: string, version: ServerVersion | null): Message {
  const told = textAt(element, 'ResponseCode')
  const good = attribute(element, 'ResponseClass') === 'Success' || told === 'NoError'
  const code = good ? '' : codeOf(told)
  if (good) return { element, code, fault: null }
  const wait = backOffIn(child(element, 'MessageXml'))
  const online = version !== null && isOnline(version)
  return { element, code, fault: faultOf({ host, status: 500, code, wait, online }) }
}

/** The only answer of an operation that has one part, or its fault. */
export function only(reply: Reply): Element {
  const [{ element, fault }] = messagesOf(reply) as [Message]
  if (fault) throw fault
  return element
}
