import { ExchangeService, ExchangeVersion, Uri, WebCredentials } from 'ews-javascript-api'
import { MESSAGE_NS, SOAP, TYPE_NS } from './schema.ts'
import type { PracticeExchange } from './server.ts'
import { child, readXml, type Node } from './xml.ts'

// For extended properties it asks a part of node:util that is gone since Node 23.
Object.assign(process.getBuiltinModule('node:util'), {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
})

/** The Managed API's port to JavaScript, signed in as someone of this server: a party that is not us. */
export function judge(
  practice: PracticeExchange,
  user: string,
  version = ExchangeVersion.Exchange2010_SP2,
): ExchangeService {
  const service = new ExchangeService(version)
  service.Url = new Uri(practice.ewsUrl)
  service.Credentials = new WebCredentials(user, 'secret')
  return service
}

export const basic = (user: string, password = 'secret'): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

type Wish = {
  user?: string
  password?: string
  version?: string | null
  header?: string
  authorization?: string
  type?: string
}
export const enveloped = (body: string, { version = 'Exchange2010_SP2', header = '' }: Wish = {}): string =>
  `<s:Envelope xmlns:s="${SOAP}" xmlns:t="${TYPE_NS}" xmlns:m="${MESSAGE_NS}"><s:Header>${version === null ? '' : `<t:RequestServerVersion Version="${version}"/>`}${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`

export type Heard = {
  status: number
  text: string
  /** What stands in the SOAP body. */
  body: Node
  /** The response codes of its messages, or that of its fault. */
  codes: string[]
}

const all = (node: Node, name: string): Node[] => [
  ...(node.name === name ? [node] : []),
  ...node.children.flatMap((one) => all(one, name)),
]
export const within = (heard: Heard, name: string): Node[] => all(heard.body, name)

/** One envelope, written by hand. */
export async function ask(practice: PracticeExchange, body: string, wish: Wish = {}): Promise<Heard> {
  const answer = await fetch(practice.ewsUrl, {
    method: 'POST',
    headers: {
      authorization: wish.authorization ?? basic(wish.user ?? 'giulia@studio.example', wish.password),
      'content-type': wish.type ?? 'text/xml; charset=utf-8',
    },
    body: body.includes('Envelope') ? body : enveloped(body, wish),
  })
  const text = await answer.text()
  const root = text.startsWith('<?xml')
    ? readXml(text)
    : { ns: '', name: '', attributes: {}, children: [], text: '', line: 0 }
  const only = child(root, 'Body')?.children[0] ?? root
  return { status: answer.status, text, body: only, codes: all(only, 'ResponseCode').map((one) => one.text) }
}
