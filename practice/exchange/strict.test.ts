import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR } from '#core/time/model.ts'
import { ask, basic, within } from './judge.ts'
import { startPracticeExchange, type PracticeExchange } from './server.ts'

const GIULIA = 'giulia@studio.example'
const NINE = Date.parse('2026-12-01T09:00:00Z')
let practice: PracticeExchange

beforeEach(async () => {
  practice = await startPracticeExchange()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  practice.store.addUser({ email: 'anna@studio.example', name: 'Anna Neri' })
})
afterEach(() => practice.stop())

const calendar = () => practice.store.calendarOf(GIULIA).id
const put = (more: object = {}) =>
  practice.store.putEvent(calendar(), { start: NINE, end: NINE + HOUR, subject: 'First', ...more })
const codes = async (body: string, wish = {}) => (await ask(practice, body, wish)).codes
const event = (inside: string, attributes = 'SendMeetingInvitations="SendToNone"') =>
  `<m:CreateItem ${attributes}><m:Items><t:CalendarItem>${inside}</t:CalendarItem></m:Items></m:CreateItem>`
const get = (id: string, more = '') =>
  `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>${more}</m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`
const field = (uri: string) =>
  `<t:AdditionalProperties><t:FieldURI FieldURI="${uri}"/></t:AdditionalProperties>`
const view = (attributes: string, rest = '', shape = '') =>
  `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>${shape}</m:ItemShape><m:CalendarView ${attributes}/>${rest}<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>`
const MONTH = 'StartDate="2026-12-01T00:00:00Z" EndDate="2027-01-01T00:00:00Z"'
const update = (
  id: string,
  key: string | null,
  change: string,
  attributes = 'ConflictResolution="NeverOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"',
) =>
  `<m:UpdateItem ${attributes}><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"${key === null ? '' : ` ChangeKey="${key}"`}/><t:Updates>${change}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`
const set = (uri: string, inside: string) =>
  `<t:SetItemField><t:FieldURI FieldURI="${uri}"/><t:CalendarItem>${inside}</t:CalendarItem></t:SetItemField>`

test('elements out of their order are refused, with what was expected', async () => {
  const wrong = await ask(
    practice,
    event('<t:Start>2026-12-01T09:00:00Z</t:Start><t:Subject>late</t:Subject>'),
  )
  expect(wrong).toMatchObject({ status: 500, codes: ['ErrorSchemaValidation'] })
  expect(within(wrong, 'Violation')[0]!.text).toContain("invalid child element 'Subject'")
  expect(practice.store.events(GIULIA)).toEqual([])
})

test('what the schema does not know is refused: elements, attributes, values, headers, XML that is none', async () => {
  for (const body of [
    event('<t:Title>x</t:Title>'),
    event('<t:LegacyFreeBusyStatus>Occupied</t:LegacyFreeBusyStatus>'),
    event('<t:Start>2026-02-30T09:00:00Z</t:Start>'),
    event('<m:Subject>x</m:Subject>'),
    event('<t:Subject/>', 'SendMeetingInvitations="SendToEveryone"'),
    '<m:CreateItem Colour="red"/>',
    '<m:NoSuchOperation/>',
    get('x', field('calendar:Nothing')),
  ])
    expect(await codes(body), body).toEqual(['ErrorSchemaValidation'])
  expect(await codes(get('x'), { header: '<t:Nothing/>' })).toEqual(['ErrorSchemaValidation'])
  for (const text of [
    '<Envelope',
    '<Envelope>&nbsp;</Envelope>',
    '<Envelope>&#1;</Envelope>',
    '<!DOCTYPE a [<!ENTITY b "c">]><Envelope>&b;</Envelope>',
    'Envelope',
  ])
    expect(await codes(text)).toEqual(['ErrorInvalidRequest'])
})

test('a version the server is too old for, a field the version is too old for, a field the server is too old for', async () => {
  const { id } = put()
  expect(await codes(get(id), { version: 'Exchange2013' })).toEqual(['ErrorInvalidServerVersion'])
  expect(await codes(get(id), { version: 'V2018_01_08' })).toEqual(['ErrorInvalidRequest'])
  expect(await codes(get(id, field('item:InstanceKey')))).toEqual(['ErrorSchemaValidation'])
  expect(await codes(event('<t:StartTimeZoneId>UTC</t:StartTimeZoneId>'))).toEqual(['ErrorSchemaValidation'])
  practice.store.version = 'Exchange2013'
  expect(await codes(get(id, field('item:InstanceKey')))).toEqual(['ErrorIncorrectSchemaVersion'])
  expect(await codes(get(id, field('calendar:IsOrganizer')), { version: 'Exchange2013' })).toEqual([
    'NoError',
  ])
  const told = await ask(practice, get(id), { version: 'Exchange2010' })
  expect(told.text).toMatch(/ServerVersionInfo MajorVersion="15" [^>]*Version="Exchange2013"/)
})

test('no answer holds what its asker’s version does not know', async () => {
  practice.store.version = 'Exchange2013'
  const { id } = put()
  const all = get(id).replace('IdOnly', 'AllProperties')
  expect((await ask(practice, all)).text).not.toContain('StartTimeZoneId')
  expect((await ask(practice, all, { version: 'Exchange2013' })).text).toContain('<t:IsOrganizer>true')
})

test('identifiers are told apart by case, and two items may differ in it alone', async () => {
  const [one, other] = [put({ subject: 'one' }), put({ subject: 'other' })]
  const twins = [one.id, other.id, practice.store.folderOf(practice.store.person(GIULIA).id, 'inbox').id]
  expect(new Set(twins).size).toBe(3)
  expect(await codes(get(one.id.toLowerCase()))).toEqual(['ErrorInvalidIdMalformed'])
  const ids = Array.from({ length: 6 }, () => put().id)
  expect(new Set(ids.map((id) => id.toLowerCase())).size).toBeLessThan(6)
  expect(await codes(get('x'))).toEqual(['ErrorInvalidIdMalformed'])
})

test('a batch tells of each item by itself', async () => {
  const { id } = put()
  const gone = put()
  practice.store.deleteEvent(gone.id)
  const batch = get(id).replace('</m:ItemIds>', `<t:ItemId Id="${gone.id}"/></m:ItemIds>`)
  expect(await ask(practice, batch)).toMatchObject({ status: 200, codes: ['NoError', 'ErrorItemNotFound'] })
})

test('writes want to be told whom to tell, and what they change', async () => {
  const { id, changeKey } = put()
  expect(await codes(event('<t:Subject>x</t:Subject>', ''))).toEqual(['ErrorSendMeetingInvitationsRequired'])
  expect(
    await codes(
      `<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:DeleteItem>`,
    ),
  ).toEqual(['ErrorSendMeetingCancellationsRequired'])
  const subject = set('item:Subject', '<t:Subject>y</t:Subject>')
  expect(await codes(update(id, changeKey, subject, 'ConflictResolution="AutoResolve"'))).toEqual([
    'ErrorSendMeetingInvitationsOrCancellationsRequired',
  ])
  expect(await codes(update(id, null, subject))).toEqual(['ErrorChangeKeyRequiredForWriteOperations'])
  expect(
    await codes(
      update(id, changeKey, set('item:Subject', '<t:Subject>y</t:Subject><t:Location>z</t:Location>')),
    ),
  ).toEqual(['ErrorIncorrectUpdatePropertyCount'])
  expect(await codes(update(id, changeKey, set('item:Subject', '<t:Location>z</t:Location>')))).toEqual([
    'ErrorUpdatePropertyMismatch',
  ])
  expect(await codes(update(id, changeKey, set('calendar:UID', '<t:UID>z</t:UID>')))).toEqual([
    'ErrorInvalidPropertySet',
  ])
  expect(
    await codes(
      update(id, changeKey, '<t:DeleteItemField><t:FieldURI FieldURI="calendar:Start"/></t:DeleteItemField>'),
    ),
  ).toEqual(['ErrorInvalidPropertyDelete'])
  expect(
    await codes(update(id, changeKey, set('calendar:End', '<t:End>2026-11-01T00:00:00Z</t:End>'))),
  ).toEqual(['ErrorCalendarEndDateIsEarlierThanStartDate'])
  expect(
    await codes(
      update(
        id,
        changeKey,
        set('calendar:Location', '<t:Location>z</t:Location>') +
          '<t:DeleteItemField><t:FieldURI FieldURI="item:Subject"/></t:DeleteItemField>',
      ),
    ),
  ).toEqual(['NoError'])
  expect(practice.store.find(id)).toMatchObject({ location: 'z', subject: '' })
})

test('views are bounded: two years, a thousand entries, no filter beside them, no attendees in them', async () => {
  expect(await codes(view('StartDate="2026-01-01T00:00:00Z" EndDate="2029-01-01T00:00:00Z"'))).toEqual([
    'ErrorCalendarViewRangeTooBig',
  ])
  expect(await codes(view('StartDate="2026-02-01T00:00:00Z" EndDate="2026-01-01T00:00:00Z"'))).toEqual([
    'ErrorCalendarEndDateIsEarlierThanStartDate',
  ])
  expect(await codes(view(MONTH, '', field('calendar:RequiredAttendees')))).toEqual([
    'ErrorInvalidPropertyForOperation',
  ])
  const filter = '<m:Restriction><t:Exists><t:FieldURI FieldURI="item:Subject"/></t:Exists></m:Restriction>'
  expect(await codes(view(MONTH, filter))).toEqual(['ErrorInvalidRequest'])
  put()
  put({ start: NINE + DAY, end: NINE + DAY + HOUR })
  const cut = await ask(practice, view(`MaxEntriesReturned="1" ${MONTH}`))
  expect(within(cut, 'RootFolder')[0]!.attributes).toMatchObject({
    IncludesLastItemInRange: 'false',
    TotalItemsInView: '1',
  })
})

test('a filter never reaches a UID; an extended property must be named in one way', async () => {
  const find = (restriction: string) =>
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:Restriction><t:IsEqualTo>${restriction}<t:FieldURIOrConstant><t:Constant Value="x"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>`
  put({ extended: [{ field: '8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11/name:ritrovo/String', values: ['x'] }] })
  put()
  expect(await codes(find('<t:FieldURI FieldURI="calendar:UID"/>'))).toEqual(['ErrorUnsupportedPathForQuery'])
  expect(
    await codes(find('<t:ExtendedFieldURI PropertyTag="0x1" PropertyName="a" PropertyType="String"/>')),
  ).toEqual(['ErrorInvalidExtendedProperty'])
  const found = await ask(
    practice,
    find(
      '<t:ExtendedFieldURI PropertySetId="8D3C1C0E-3F0A-4D57-9F3E-5A1F2C7B9E11" PropertyName="ritrovo" PropertyType="String"/>',
    ),
  )
  expect(within(found, 'CalendarItem')).toHaveLength(1)
})

test('times without an offset are meant, and answered, in the zone of the context', async () => {
  const header = '<t:TimeZoneContext><t:TimeZoneDefinition Id="W. Europe Standard Time"/></t:TimeZoneContext>'
  expect(
    await codes(event('<t:Start>2026-12-01T10:00:00</t:Start><t:End>2026-12-01T10:30:00</t:End>'), {
      header,
    }),
  ).toEqual(['NoError'])
  const [made] = practice.store.events(GIULIA)
  expect(made!.span.start).toBe(NINE)
  expect((await ask(practice, get(made!.id, field('calendar:Start')), { header })).text).toContain(
    '<t:Start>2026-12-01T10:00:00+01:00</t:Start>',
  )
  expect((await ask(practice, get(made!.id, field('calendar:Start')))).text).toContain(
    '<t:Start>2026-12-01T09:00:00Z</t:Start>',
  )
  const tokyo = put({ zone: 'Tokyo Standard Time' })
  const later =
    set('calendar:Start', '<t:Start>2026-12-01T11:00:00</t:Start>') +
    set('calendar:End', '<t:End>2026-12-01T12:00:00</t:End>')
  expect(await codes(update(tokyo.id, tokyo.changeKey, later), { header })).toEqual(['NoError'])
  expect(practice.store.find(tokyo.id)!.span.start).toBe(NINE + HOUR)
  const inTokyo =
    '<t:Start>2026-12-01T18:00:00</t:Start><t:End>2026-12-01T18:30:00</t:End><t:StartTimeZone Id="Tokyo Standard Time"/>'
  expect(await codes(event(`<t:Subject>Tokyo</t:Subject>${inTokyo}`), { header })).toEqual(['NoError'])
  expect(practice.store.events(GIULIA).find(({ subject }) => subject === 'Tokyo')!.span.start).toBe(NINE)
  expect(await codes(event('<t:StartTimeZone Id="Nowhere Standard Time"/>'))).toEqual(['ErrorTimeZone'])
})

test('nobody reaches another mailbox, a folder that is only to be read takes nothing', async () => {
  const anna = practice.store.putEvent(practice.store.calendarOf('anna@studio.example').id, {
    start: NINE,
    end: NINE + HOUR,
  })
  expect(await codes(get(anna.id))).toEqual(['ErrorItemNotFound'])
  const theirs = (email: string) =>
    `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>${email}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId></m:FolderIds></m:GetFolder>`
  expect(await codes(theirs('anna@studio.example'))).toEqual(['ErrorAccessDenied'])
  expect(await codes(theirs('nobody@studio.example'))).toEqual(['ErrorNonExistentMailbox'])
  const holidays = practice.store.addCalendar(GIULIA, { name: 'Holidays', canEdit: false })
  const into = event('<t:Subject>x</t:Subject>').replace(
    '<m:Items>',
    `<m:SavedItemFolderId><t:FolderId Id="${holidays.id}"/></m:SavedItemFolderId><m:Items>`,
  )
  expect(await codes(into)).toEqual(['ErrorCreateItemAccessDenied'])
  expect(
    await codes(get(anna.id), {
      header:
        '<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>anna@studio.example</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>',
    }),
  ).toEqual(['ErrorImpersonateUserDenied'])
})

test('a message goes out as MIME, from the mailbox’s own address only', async () => {
  const mime = (from: string) =>
    Buffer.from(
      `From: Giulia <${from}>\r\nTo: Anna <anna@studio.example>,\r\n carlo@example.test\r\nSubject: =?utf-8?B?${Buffer.from('Perché no').toString('base64')}?=\r\nMessage-ID: <1@studio.example>\r\n\r\nCiao\r\n`,
    ).toString('base64')
  const message = (from: string, how = 'MessageDisposition="SendAndSaveCopy"') =>
    `<m:CreateItem ${how}><m:SavedItemFolderId><t:DistinguishedFolderId Id="sentitems"/></m:SavedItemFolderId><m:Items><t:Message><t:MimeContent CharacterSet="UTF-8">${mime(from)}</t:MimeContent></t:Message></m:Items></m:CreateItem>`
  expect(await codes(message(GIULIA))).toEqual(['NoError'])
  expect(practice.store.mails).toMatchObject([
    {
      kind: 'message',
      from: GIULIA,
      to: ['anna@studio.example', 'carlo@example.test'],
      subject: 'Perché no',
      inSentItems: true,
    },
  ])
  expect(await codes(message('other@studio.example'))).toEqual(['ErrorSendAsDenied'])
  expect(await codes(message(GIULIA, ''))).toEqual(['ErrorMessageDispositionRequired'])
})

test('only who is signed in is heard, and only XML', async () => {
  expect((await ask(practice, get('x'), { password: 'wrong' })).status).toBe(401)
  expect((await ask(practice, get('x'), { authorization: 'Bearer x' })).status).toBe(401)
  expect((await ask(practice, get('x'), { user: 'PRACTICE\\giulia' })).status).toBe(200)
  expect((await ask(practice, get('x'), { type: 'application/json' })).status).toBe(415)
  practice.store.schemes = ['NTLM']
  expect((await ask(practice, get('x'))).status).toBe(401)
  expect(JSON.stringify(practice.requests)).not.toContain(basic(GIULIA).slice('Basic '.length))
})
