import { child, childrenOf, parse, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'

/** What Autodiscover answers in its plain old XML. */
export type Told =
  | { kind: 'settings'; ews: URL; mailbox: string | null }
  | { kind: 'other-url'; url: URL }
  | { kind: 'other-address'; email: string }
  | { kind: 'nothing' }

const REQUEST = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006'
const RESPONSE = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'

export const pox = (email: string): string =>
  '<?xml version="1.0" encoding="utf-8"?>\n' +
  xml`<Autodiscover xmlns="${REQUEST}"><Request><EMailAddress>${email}</EMailAddress><AcceptableResponseSchema>${RESPONSE}</AcceptableResponseSchema></Request></Autodiscover>`
    .markup

// The address for those outside first, then for those inside.
const PROTOCOLS = ['EXPR', 'EXCH', 'EXHTTP']

export function readPox(text: string): Told {
  const root = text.trimStart().startsWith('<') ? parse(text) : null
  const response = root?.name === 'Autodiscover' ? child(root, 'Response') : null
  const account = child(response, 'Account')
  const action = textAt(account, 'Action').toLowerCase()
  if (action === 'redirecturl') {
    const url = URL.parse(textAt(account, 'RedirectUrl'))
    return url ? { kind: 'other-url', url } : { kind: 'nothing' }
  }
  if (action === 'redirectaddr') {
    const email = textAt(account, 'RedirectAddr')
    return /^[^@\s]+@[^@\s]+$/.test(email) ? { kind: 'other-address', email } : { kind: 'nothing' }
  }
  const ews = ewsIn(account)
  const mailbox = textAt(response, 'User', 'AutoDiscoverSMTPAddress')
  return ews ? { kind: 'settings', ews, mailbox: mailbox === '' ? null : mailbox } : { kind: 'nothing' }
}

function ewsIn(account: Element | null): URL | null {
  const protocols = childrenOf(account, 'Protocol')
  for (const type of PROTOCOLS)
    for (const protocol of protocols) {
      if ((textAt(protocol, 'Type') || (protocol.attributes.get('Type') ?? '')).toUpperCase() !== type)
        continue
      const url = URL.parse(textAt(protocol, 'EwsUrl') || textAt(protocol, 'ASUrl'))
      if (url?.protocol === 'https:') return url
    }
  return null
}
