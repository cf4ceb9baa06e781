import type { Discovery } from './behaviour.ts'
import type { Person } from './model.ts'
import { child, el, NotXml, readXml, textOf, Xml, type Content } from './xml.ts'

const REQUEST = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006'
const ANSWER = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'
const WRONG = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006'

const SENTENCES: Record<number, string> = {
  500: 'The email address cannot be found.',
  501: 'Bad Address.',
  600: 'Invalid Request',
  601: 'Provider is not available',
  602: 'Bad Address',
}
const document = (inside: Xml): string =>
  `<?xml version="1.0" encoding="utf-8"?>\r\n<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">${inside.text}</Autodiscover>`
const response = (...content: Content[]): string =>
  document(new Xml(el('Response', null, ...content).text.replace('<Response', `<Response xmlns="${ANSWER}"`)))
const wrong = (code: number, text?: string): string =>
  document(
    new Xml(
      el(
        'Response',
        null,
        el(
          'Error',
          { Time: '10:00:00.0000000', Id: '1054084152' },
          el('ErrorCode', null, code),
          el('Message', null, text ?? SENTENCES[code] ?? 'Error'),
          el('DebugData', null),
        ),
      ).text.replace('<Response', `<Response xmlns="${WRONG}"`),
    ),
  )

/** [MS-OXDSCLI] 2.2.3: which address is asked for, or null for what is no request. */
function readRequest(text: string): string | null {
  try {
    const root = readXml(text)
    const request = child(root, 'Request')
    if (
      root.name !== 'Autodiscover' ||
      root.ns !== REQUEST ||
      textOf(request, 'AcceptableResponseSchema') !== ANSWER
    )
      return null
    return textOf(request, 'EMailAddress') ?? null
  } catch (error) {
    if (error instanceof NotXml) return null
    throw error
  }
}

/** The POX answer to a person who has shown their password: [MS-OXDSCLI] 2.2.4. null is 404. */
export function discover(text: string, person: Person, what: Discovery, ewsUrl: string): string | null {
  if (what.kind === 'nothing') return null
  const email = readRequest(text)
  if (email === null) return wrong(600)
  if (what.kind === 'error') return wrong(what.code, what.text)
  if (email.toLowerCase() !== person.email.toLowerCase()) return wrong(500)
  const account = (...content: Content[]) =>
    response(
      el(
        'User',
        null,
        el('DisplayName', null, person.name),
        el('AutoDiscoverSMTPAddress', null, person.email),
      ),
      el('Account', null, ...content),
    )
  if (what.kind === 'redirectAddr')
    return account(el('Action', null, 'redirectAddr'), el('RedirectAddr', null, what.address))
  if (what.kind === 'redirectUrl')
    return account(el('Action', null, 'redirectUrl'), el('RedirectUrl', null, what.url))
  const url = what.ewsUrl === undefined ? ewsUrl : what.ewsUrl
  const protocol = (type: string) =>
    el(
      'Protocol',
      null,
      el('Type', null, type),
      el('Server', null, 'exchange.practice.example'),
      type === 'WEB' || url === null ? null : [el('ASUrl', null, url), el('EwsUrl', null, url)],
    )
  return account(
    el('AccountType', null, 'email'),
    el('Action', null, 'settings'),
    (what.protocols ?? ['EXCH', 'EXPR', 'WEB']).map(protocol),
  )
}
