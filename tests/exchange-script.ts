import type { Session } from '#server/providers/provider.ts'
import { parse } from '#server/providers/exchange/parse.ts'
import type { Element } from '#server/providers/exchange/parse.ts'

export type Asked = { operation: string; body: Element; text: string; headers: Headers; url: URL }
export type Told = { status?: number; headers?: Record<string, string>; text: string } | Error

let mailboxes = 0

/** A session at an Exchange whose answers are written down beforehand, and what it was asked. */
export function scripted(tell: (asked: Asked, turn: number) => Told): { session: Session; asked: Asked[] } {
  const asked: Asked[] = []
  const session: Session = {
    address: `https://mail-${++mailboxes}.example.test/EWS/Exchange.asmx`,
    user: 'alice@example.test',
    secret: 'secret',
    zone: 'Europe/Rome',
    async fetch(input, init) {
      const text = String(init?.body ?? '')
      const body = parse(text)?.children.find(({ name }) => name === 'Body')?.children[0]
      const question: Asked = {
        operation: body?.name ?? '',
        body: body!,
        text,
        headers: new Headers(init?.headers),
        url: new URL(String(input)),
      }
      const told = tell(question, asked.push(question) - 1)
      if (told instanceof Error) throw told
      const { status = 200, headers = {}, text: answer } = told
      return new Response(answer, {
        status,
        headers: { 'content-type': 'text/xml; charset=utf-8', ...headers },
      })
    },
  }
  return { session, asked }
}

/** One answer after the other; what is asked beyond them is a fault of the test. */
export const inTurn =
  (...told: Told[]) =>
  ({ operation }: Asked, turn: number): Told => {
    const next = told[turn]
    if (!next) throw new Error(`nobody answers ${operation}`)
    return next
  }

const TYPES = 'http://schemas.microsoft.com/exchange/services/2006/types'
const MESSAGES = 'http://schemas.microsoft.com/exchange/services/2006/messages'
export const VERSION =
  'MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" MinorBuildNumber="4" Version="V2017_07_11"'

export const envelope = (body: string, version = VERSION): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h:ServerVersionInfo ${version} xmlns:h="${TYPES}"/></s:Header><s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${body}</s:Body></s:Envelope>`

const response = (operation: string, messages: string): string =>
  `<m:${operation}Response xmlns:m="${MESSAGES}" xmlns:t="${TYPES}"><m:ResponseMessages>${messages}</m:ResponseMessages></m:${operation}Response>`

const good = (operation: string, inside: string): string =>
  `<m:${operation}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>${inside}</m:${operation}ResponseMessage>`

const bad = (operation: string, code: string, more = ''): string =>
  `<m:${operation}ResponseMessage ResponseClass="Error"><m:MessageText>words for people</m:MessageText><m:ResponseCode>${code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>${more}</m:${operation}ResponseMessage>`

/** An answer whose parts are markup, or the codes of what went wrong. */
export const answer = (operation: string, ...parts: (string | { error: string; xml?: string })[]): Told => ({
  text: envelope(
    response(
      operation,
      parts
        .map((part) =>
          typeof part === 'string' ? good(operation, part) : bad(operation, part.error, part.xml),
        )
        .join(''),
    ),
  ),
})

export const backOff = (milliseconds: number): string =>
  `<m:MessageXml><t:Value Name="BackOffMilliseconds">${milliseconds}</t:Value></m:MessageXml>`

export const soapFault = (code: string, more = '', status = 500): Told => ({
  status,
  text: envelope(
    `<s:Fault><faultcode xmlns:a="${TYPES}">a:${code}</faultcode><faultstring xml:lang="en-US">words for people</faultstring><detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">${code}</e:ResponseCode><e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">words</e:Message>${more}</detail></s:Fault>`,
  ),
})

const MARKS = '8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11'
export const property = (name: string, value: string): string =>
  `<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="${MARKS.toUpperCase()}" PropertyName="${name}" PropertyType="String"/><t:Value>${value}</t:Value></t:ExtendedProperty>`

/** An appointment as Exchange writes it: one hour from nine in UTC on 1 March 2027. */
export const item = (id: string, parts: Record<string, string> = {}): string => {
  const fields: Record<string, string> = {
    Subject: `Event ${id}`,
    Sensitivity: 'Normal',
    DateTimeCreated: '2027-01-05T10:00:00Z',
    UID: `uid-${id}`,
    Start: '2027-03-01T09:00:00Z',
    End: '2027-03-01T10:00:00Z',
    IsAllDayEvent: 'false',
    LegacyFreeBusyStatus: 'Busy',
    IsCancelled: 'false',
    CalendarItemType: 'Single',
    MyResponseType: 'Organizer',
    ...parts,
  }
  const { raw = '', ...told } = fields
  const inside = Object.entries(told).map(([name, value]) => `<t:${name}>${value}</t:${name}>`)
  return `<t:CalendarItem><t:ItemId Id="${id}" ChangeKey="key-${id}"/>${inside.join('')}${raw}</t:CalendarItem>`
}

export const items = (...all: string[]): string => `<m:Items>${all.join('')}</m:Items>`

export const found = (all: string[], last = true): string =>
  `<m:RootFolder TotalItemsInView="${all.length}" IncludesLastItemInRange="${last}"><t:Items>${all.join('')}</t:Items></m:RootFolder>`

/** What SyncFolderItems tells. */
export const changes = (state: string, last: boolean, ...all: string[]): string =>
  `<m:SyncState>${state}</m:SyncState><m:IncludesLastItemInRange>${last}</m:IncludesLastItemInRange><m:Changes>${all.join('')}</m:Changes>`
export const created = (id: string, more = ''): string =>
  `<t:Create><t:CalendarItem><t:ItemId Id="${id}" ChangeKey="k"/>${more}</t:CalendarItem></t:Create>`
export const deleted = (id: string): string => `<t:Delete><t:ItemId Id="${id}" ChangeKey="k"/></t:Delete>`
