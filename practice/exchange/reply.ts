import { randomUUID } from 'node:crypto'
import type { Refusal } from './faults.ts'
import { BUILDS, type ExchangeVersion } from './versions.ts'
import { SOAP, TYPE_NS, MESSAGE_NS } from './schema.ts'
import { Xml, el, type Content } from './xml.ts'

const ERRORS = 'http://schemas.microsoft.com/exchange/services/2006/errors'

/** What cannot be done with one item or folder: a response message tells it, and the others go on. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(code: string, text?: string) {
    super(code)
    this.refusal = text === undefined ? { code } : { code, text }
  }
}
/** What cannot be done at all: a SOAP fault tells it. */
export class SoapFault extends Error {
  readonly refusal: Refusal
  /** Where the schema was broken. */
  readonly violation: { text: string; line: number } | null
  constructor(refusal: Refusal, violation: SoapFault['violation'] = null) {
    super(refusal.code)
    this.refusal = refusal
    this.violation = violation
  }
}

const SENTENCES: Record<string, string> = {
  ErrorItemNotFound: 'The specified object was not found in the store.',
  ErrorFolderNotFound: 'The specified folder could not be found in the store.',
  ErrorInvalidIdMalformed: 'Id is malformed.',
  ErrorIrresolvableConflict:
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  ErrorServerBusy: 'The server cannot service this request right now. Try again later.',
  ErrorMailboxMoveInProgress: 'Mailbox move in progress. Try again later.',
  ErrorNonExistentMailbox: 'No mailbox with such guid.',
  ErrorAccessDenied: 'Access is denied. Check credentials and try again.',
  ErrorInvalidServerVersion: 'The specified server version is invalid.',
  ErrorIncorrectSchemaVersion:
    'The request is valid but does not specify the correct server version in the RequestServerVersion SOAP header.',
  ErrorSchemaValidation: 'The request failed schema validation.',
}
const sentence = ({ code, text }: Refusal): string =>
  text ?? SENTENCES[code] ?? `The request could not be done: ${code}.`

const messageXml = ({ backOff }: Refusal): Xml | null =>
  backOff === undefined
    ? null
    : el('m:MessageXml', null, el('t:Value', { Name: 'BackOffMilliseconds' }, backOff))

export const good = (name: string, ...content: Content[]): Xml =>
  el(
    `m:${name}ResponseMessage`,
    { ResponseClass: 'Success' },
    el('m:ResponseCode', null, 'NoError'),
    ...content,
  )
export const bad = (name: string, refusal: Refusal, ...content: Content[]): Xml =>
  el(
    `m:${name}ResponseMessage`,
    { ResponseClass: 'Error' },
    el('m:MessageText', null, sentence(refusal)),
    el('m:ResponseCode', null, refusal.code),
    el('m:DescriptiveLinkKey', null, 0),
    messageXml(refusal),
    ...content,
  )

export const respond = (name: string, messages: Content): Xml =>
  el(`m:${name}Response`, null, el('m:ResponseMessages', null, messages))

/** One message each, in the order they were asked for: what is refused of one says nothing of the others. */
export const each = <T>(
  name: string,
  list: readonly T[],
  work: (one: T) => Content,
  rest: Content = null,
): Xml =>
  respond(
    name,
    list.map((one) => {
      try {
        return good(name, work(one))
      } catch (error) {
        if (error instanceof Refused) return bad(name, error.refusal, rest)
        throw error
      }
    }),
  )

/** The whole of an answer, as a server of this version would write it. */
export function envelope(version: ExchangeVersion, body: Xml, prefixes: 'usual' | 'odd'): string {
  const [major, minor, build, revision] = BUILDS[version]
  const about = el('h:ServerVersionInfo', {
    MajorVersion: major,
    MinorVersion: minor,
    MajorBuildNumber: build,
    MinorBuildNumber: revision,
    Version: version,
    xmlns_h: TYPE_NS,
  }).text.replace('xmlns_h', 'xmlns:h')
  const text = `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${SOAP}"><s:Header>${about}</s:Header><s:Body xmlns:m="${MESSAGE_NS}" xmlns:t="${TYPE_NS}">${body.text}</s:Body></s:Envelope>`
  return prefixes === 'usual' ? text : oddly(text)
}

/** The same document for whoever reads names, not prefixes. */
const oddly = (text: string): string =>
  text
    .replace(/(<\/?)([smth]):/g, (_, sign: string, prefix: string) =>
      prefix === 'm' ? sign : `${sign}${{ s: 'SOAP-ENV', t: 'x1', h: 'x2' }[prefix]}:`,
    )
    .replace(`xmlns:s="`, `xmlns:SOAP-ENV="`)
    .replace(`xmlns:t="`, `xmlns:x1="`)
    .replace(`xmlns:h="`, `xmlns:x2="`)
    .replace(`xmlns:m="`, `xmlns="`)

export function faultBody(refusal: Refusal, violation: SoapFault['violation'] = null): Xml {
  const told = violation ? `${sentence(refusal)} ${violation.text}` : sentence(refusal)
  const value = (name: string, content: Content) => el(`e:${name}`, null, content)
  const beside = violation
    ? el(
        't:MessageXml',
        null,
        el('t:LineNumber', null, violation.line),
        el('t:LinePosition', null, 1),
        el('t:Violation', null, violation.text),
      )
    : refusal.backOff === undefined
      ? null
      : el('t:MessageXml', null, el('t:Value', { Name: 'BackOffMilliseconds' }, refusal.backOff))
  const detail = el(
    'detail',
    null,
    value('ResponseCode', refusal.code),
    value('Message', sentence(refusal)),
    beside,
  )
  return new Xml(
    `<s:Fault><faultcode xmlns:a="${TYPE_NS}">a:${refusal.code}</faultcode><faultstring xml:lang="en-US">${el('x', null, told).text.slice(3, -4)}</faultstring>${detail.text.replace('<detail>', `<detail xmlns:e="${ERRORS}">`)}</s:Fault>`,
  )
}

export const watermark = (): string => Buffer.from(randomUUID()).toString('base64')
