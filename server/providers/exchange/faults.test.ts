import { describe, expect, test } from 'vitest'
import { answer, backOff, envelope, inTurn, scripted, soapFault } from '#tests/exchange-script.ts'
import type { Told } from '#tests/exchange-script.ts'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { SlowDown, Unreachable } from '../provider.ts'
import { examine } from './about.ts'
import { ask, messagesOf, only } from './ask.ts'
import { MovedToCloud, TooOld } from './cloud.ts'
import { freshBusy } from './busy.ts'
import { xml } from './soap.ts'

const question = xml`<m:GetItem/>`
const asking = async (...told: Told[]) => {
  const { session, asked } = scripted(inTurn(...told))
  const outcome = await ask(session, 'GetItem', question)
    .then(only)
    .catch((error: unknown) => error)
  return { outcome, asked }
}
const faultOf = async (...told: Told[]): Promise<Error> => {
  const { outcome } = await asking(...told)
  if (!(outcome instanceof Error)) throw new Error('it went well')
  return outcome
}
const reasonOf = async (...told: Told[]): Promise<string> => {
  const fault = await faultOf(...told)
  return fault instanceof Unreachable ? fault.reason : fault.name
}

const CODES: [code: string, fault: string][] = [
  ['ErrorServerBusy', 'SlowDown'],
  ['ErrorTimeoutExpired', 'SlowDown'],
  ['ErrorExceededConnectionCount', 'SlowDown'],
  ['ErrorMailboxMoveInProgress', 'SlowDown'],
  ['ErrorMailboxStoreUnavailable', 'server-error'],
  ['ErrorInternalServerTransientError', 'server-error'],
  ['ErrorInternalServerError', 'server-error'],
  ['ErrorItemNotFound', 'NotFound'],
  ['ErrorFolderNotFound', 'NotFound'],
  ['ErrorInvalidIdMalformed', 'NotFound'],
  ['ErrorInvalidSyncStateData', 'CursorExpired'],
  ['ErrorAccessDenied', 'forbidden'],
  ['ErrorCreateItemAccessDenied', 'forbidden'],
  ['ErrorNonExistentMailbox', 'no-mailbox'],
  ['ErrorMissingEmailAddress', 'no-mailbox'],
  ['ErrorAccountDisabled', 'AccessRevoked'],
  ['ErrorPasswordExpired', 'AccessRevoked'],
  ['ErrorIrresolvableConflict', 'conflict'],
  ['ErrorStaleObject', 'conflict'],
  ['ErrorSchemaValidation', 'bad-answer'],
  ['ErrorMessageSizeExceeded', 'too-large'],
  ['ErrorNobodyHasHeardOf', 'server-error'],
]

describe('C30 what goes wrong is said as what it is, in either shape', () => {
  test.each(CODES)('%s is %s', async (code, fault) => {
    expect(await reasonOf(answer('GetItem', { error: code }))).toBe(fault)
    expect(await reasonOf(soapFault(code))).toBe(fault)
    expect(await reasonOf(soapFault(code, '', 200))).toBe(fault)
  })

  test.each([
    ['in a message', answer('GetItem', { error: 'ErrorServerBusy', xml: backOff(297_749) })],
    ['in a SOAP fault', soapFault('ErrorServerBusy', backOff(297_749))],
  ])('ErrorServerBusy says how long, %s', async (_, told) =>
    expect(await faultOf(told)).toMatchObject({ name: SlowDown.name, retryAfter: 297_749 }),
  )

  test.each([
    [0, 1000],
    [9_999_999_999, HOUR],
    [-5, MINUTE],
  ])('C01 a back-off of %i ms is believed within reason', async (told, wait) =>
    expect(await faultOf(soapFault('ErrorServerBusy', backOff(told)))).toMatchObject({ retryAfter: wait }),
  )

  test.each([
    [
      'no messages',
      { text: envelope('<m:GetItemResponse xmlns:m="m"><m:ResponseMessages/></m:GetItemResponse>') },
    ],
    ['no list of them', { text: envelope('<m:GetItemResponse xmlns:m="m"/>') }],
    ['another operation’s', answer('FindItem', '')],
    ['an empty body', { text: envelope('') }],
    ['nothing', { text: '' }],
    ['half an envelope', { text: envelope('<m:GetItemResponse>').slice(0, 300) }],
    ['JSON', { text: '{}', headers: { 'content-type': 'application/json' } }],
    ['another root', { text: '<a/>' }],
  ])('an answer with %s is a bad answer, never an empty success', async (_, told) =>
    expect(await reasonOf(told)).toBe('bad-answer'),
  )

  test('one bad message among good ones fails alone; a warning that says NoError is good', async () => {
    const { session } = scripted(inTurn(answer('GetItem', '<a/>', { error: 'ErrorItemNotFound' }, '<b/>')))
    const messages = messagesOf(await ask(session, 'GetItem', question))
    expect(messages.map(({ fault, code }) => fault?.name ?? code)).toEqual(['', 'NotFound', ''])
  })

  test('of a body only a code reaches the message', async () => {
    const fault = await faultOf(soapFault('ErrorAccessDenied'))
    expect(fault.message).toMatch(/^mail-\d+\.example\.test answered ErrorAccessDenied$/)
    expect((await faultOf(soapFault('<b>secret</b>'))).message).not.toContain('secret')
  })
})

describe('what is no answer of EWS', () => {
  test.each([
    [
      'a page',
      { text: '<html><body>Sign in</body></html>', headers: { 'content-type': 'text/html' } },
      'not-this-protocol',
    ],
    ['a page that calls itself XML', { text: '<!DOCTYPE html><html></html>' }, 'not-this-protocol'],
    [
      'a way to a sign-in page',
      { status: 302, text: '', headers: { location: '/owa/auth/logon.aspx' } },
      'not-this-protocol',
    ],
    [
      'a way to another host',
      { status: 307, text: '', headers: { location: 'https://evil.example/' } },
      'not-this-protocol',
    ],
    ['nothing there', { status: 404, text: 'x' }, 'not-this-protocol'],
    ['a sign-in that timed out', { status: 440, text: 'x' }, 'not-this-protocol'],
    ['forbidden', { status: 403, text: 'x' }, 'forbidden'],
    ['broken', { status: 500, text: 'x' }, 'server-error'],
    ['being set up', { status: 503, text: 'x' }, 'server-error'],
    ['a proxy’s', { status: 502, text: '<html></html>' }, 'server-error'],
    ['busy', { status: 503, text: 'x', headers: { 'retry-after': '7' } }, 'SlowDown'],
    ['too many', { status: 429, text: 'x' }, 'SlowDown'],
    ['C05 100 MB', { text: `<a>${'x'.repeat(100_000_000)}</a>` }, 'too-large'],
  ] as [string, Told, string][])('%s', async (_, told, fault) => expect(await reasonOf(told)).toBe(fault))

  test('H07 nobody is followed anywhere', async () => {
    const { asked } = await asking({ status: 302, text: '', headers: { location: 'https://evil.example/' } })
    expect(asked).toHaveLength(1)
  })

  test('a line that breaks is told so, a bug stays one', async () => {
    const reset = Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }),
    })
    expect(await reasonOf(reset)).toBe('connect')
    expect(await reasonOf(Object.assign(new Error('x'), { name: 'TimeoutError' }))).toBe('timeout')
    expect(await faultOf(new RangeError('bug'))).toBeInstanceOf(RangeError)
  })
})

describe('C29 a mailbox that lives in Microsoft 365', () => {
  test.each([
    'https://outlook.office365.com/EWS/Exchange.asmx',
    'https://OUTLOOK.office.com./ews/exchange.asmx',
    'https://outlook.office365.us/ews/exchange.asmx',
  ])('%s gets nothing from us, not even a bare request', async (address) => {
    const { session, asked } = scripted(inTurn())
    await expect(freshBusy({ ...session, address }, 'F', { start: 0, end: 1 })).rejects.toThrow(MovedToCloud)
    expect(await examine({ ...session, address })).toEqual({ kind: 'moved-to-cloud' })
    expect(asked).toEqual([])
  })

  test.each([
    [
      'a redirect',
      { status: 302, text: '', headers: { location: 'https://outlook.office365.com/EWS/Exchange.asmx' } },
    ],
    ['the code of a closed organization', soapFault('ErrorOrganizationAccessBlocked')],
    [
      'the words with which a whole tenant is turned away',
      {
        status: 403,
        text: envelope(
          '<s:Fault><faultcode>s:Client</faultcode><faultstring>EWS is disabled for this organization.</faultstring></s:Fault>',
        ),
      },
    ],
    [
      'a closed door of a server that counts as Exchange Online does',
      { status: 403, text: envelope('', 'MajorVersion="15" MinorVersion="20" MajorBuildNumber="1"') },
    ],
  ] as [string, Told][])('is known by %s', async (_, told) => {
    expect(await faultOf(told)).toMatchObject({
      name: MovedToCloud.name,
      outcome: 'moved-to-cloud',
      reason: 'no-mailbox',
    })
    expect(await examine(scripted(inTurn(told)).session)).toEqual({ kind: 'moved-to-cloud' })
  })

  test('an on-premises 403 stays one', async () =>
    expect(await reasonOf({ status: 403, text: '' })).toBe('forbidden'))
})

describe('which server this is', () => {
  const folders = `<m:Folders><t:CalendarFolder><t:FolderId Id="F"/></t:CalendarFolder></m:Folders>`
  const with_ = (version: string): Told => ({
    text: (answer('GetFolder', folders, folders) as { text: string }).text.replace(
      /MajorVersion=.*?Version="[^"]*"(?= xmlns)/,
      version,
    ),
  })
  test.each([
    [
      'MajorVersion="14" MinorVersion="2" MajorBuildNumber="247" Version="Exchange2010_SP2"',
      { kind: 'ready', server: 'Exchange 2010 SP2' },
    ],
    [
      'MajorVersion="14" MinorVersion="3" MajorBuildNumber="123"',
      { kind: 'ready', server: 'Exchange 2010 SP3' },
    ],
    [
      'MajorVersion="15" MinorVersion="0" MajorBuildNumber="1497"',
      { kind: 'ready', server: 'Exchange 2013' },
    ],
    [
      'MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544"',
      { kind: 'ready', server: 'Exchange 2019' },
    ],
    ['MajorVersion="15" MinorVersion="2" MajorBuildNumber="2562"', { kind: 'ready', server: 'Exchange SE' }],
    [
      'MajorVersion="14" MinorVersion="1" MajorBuildNumber="218"',
      { kind: 'too-old', server: 'Exchange 2010 SP1' },
    ],
    ['MajorVersion="8" MinorVersion="3" MajorBuildNumber="1"', { kind: 'too-old', server: 'Exchange 2007' }],
    ['MajorVersion="15" MinorVersion="20" MajorBuildNumber="9000"', { kind: 'moved-to-cloud' }],
    ['MajorVersion="x"', { kind: 'ready', version: null }],
  ])('S-080 %s', async (version, standing) =>
    expect(await examine(scripted(inTurn(with_(version))).session)).toMatchObject(standing),
  )

  test.each(['ErrorInvalidServerVersion', 'ErrorIncorrectSchemaVersion'])(
    'S-080 %s is too old',
    async (code) => {
      expect(await faultOf(soapFault(code))).toBeInstanceOf(TooOld)
      expect(await examine(scripted(inTurn(soapFault(code))).session)).toEqual({
        kind: 'too-old',
        server: 'Exchange',
      })
    },
  )
})
