import {
  Appointment,
  BasePropertySet,
  CalendarView,
  ConflictResolutionMode,
  DateTime,
  DeleteMode,
  EmailMessage,
  ExtendedPropertyDefinition,
  Folder,
  FolderId,
  FolderView,
  Guid,
  ItemView,
  MapiPropertyType,
  MessageBody,
  PropertySet,
  SearchFilter,
  SendCancellationsMode,
  SendInvitationsMode,
  SendInvitationsOrCancellationsMode,
  SyncFolderItemsScope,
  WellKnownFolderName,
  type ExchangeService,
} from 'ews-javascript-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { judge } from './judge.ts'
import { startPracticeExchange, type PracticeExchange } from './server.ts'

// Everything here is said by the Managed API, in its port to JavaScript.
const GIULIA = 'giulia@studio.example'
const ANNA = 'anna@studio.example'
const NINE = new DateTime('2026-12-01T09:00:00Z')
const TEN = new DateTime('2026-12-01T10:00:00Z')
const MARK = new ExtendedPropertyDefinition(
  new Guid('8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11'),
  'ritrovo',
  MapiPropertyType.String,
)
let practice: PracticeExchange
let service: ExchangeService

beforeEach(async () => {
  practice = await startPracticeExchange()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  practice.store.addUser({ email: ANNA, name: 'Anna Neri' })
  service = judge(practice, GIULIA)
})
afterEach(() => practice.stop())

async function create(subject = 'First meeting', attendee?: string): Promise<Appointment> {
  const made = new Appointment(service)
  made.Subject = subject
  made.Start = NINE
  made.End = TEN
  made.Body = new MessageBody('Hello')
  made.SetExtendedProperty(MARK, 'bk_1')
  if (attendee) made.RequiredAttendees.Add(attendee)
  await made.Save(
    WellKnownFolderName.Calendar,
    attendee ? SendInvitationsMode.SendToAllAndSaveCopy : SendInvitationsMode.SendToNone,
  )
  return made
}
const view = async () => {
  const found = await service.FindAppointments(
    WellKnownFolderName.Calendar,
    new CalendarView(new DateTime('2026-11-01T00:00:00Z'), new DateTime('2027-01-01T00:00:00Z')),
  )
  return found.Items.map((one) => [one.Subject, one.Start.ToISOString(), one.End.ToISOString()])
}
const refused = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'let through',
    (error: { message: string }) => error.message,
  )

test('a meeting is saved, found, bound, changed and deleted; the people in it hear of it', async () => {
  const made = await create('First meeting', ANNA)
  expect(await view()).toEqual([['First meeting', '2026-12-01T09:00:00.000Z', '2026-12-01T10:00:00.000Z']])
  const bound = await Appointment.Bind(
    service,
    made.Id,
    new PropertySet(BasePropertySet.FirstClassProperties, [MARK]),
  )
  expect([
    bound.Subject,
    bound.Body.Text,
    bound.RequiredAttendees.GetEnumerator().map((one) => one.Address),
  ]).toEqual(['First meeting', expect.stringContaining('Hello'), [ANNA]])
  bound.Subject = 'Second meeting'
  await bound.Update(
    ConflictResolutionMode.AlwaysOverwrite,
    SendInvitationsOrCancellationsMode.SendToAllAndSaveCopy,
  )
  expect(practice.store.find(made.Id.UniqueId)).toMatchObject({
    subject: 'Second meeting',
    extended: [{ values: ['bk_1'] }],
  })
  await bound.Delete(DeleteMode.HardDelete, SendCancellationsMode.SendToAllAndSaveCopy)
  expect(practice.store.mails.map(({ kind }) => kind)).toEqual(['invitation', 'update', 'cancellation'])
  expect(await view()).toEqual([])
})

test('B20 a stale change key is refused', async () => {
  const made = await create()
  const bound = await Appointment.Bind(service, made.Id)
  practice.store.renameEvent(made.Id.UniqueId, 'x')
  bound.Subject = 'y'
  expect(
    await refused(
      bound.Update(ConflictResolutionMode.NeverOverwrite, SendInvitationsOrCancellationsMode.SendToNone),
    ),
  ).toContain('out of date')
})

test('a search by our mark finds our event alone', async () => {
  await create()
  practice.store.putEvent(practice.store.calendarOf(GIULIA).id, { start: 0, end: 1000 })
  const found = await service.FindItems(
    WellKnownFolderName.Calendar,
    new SearchFilter.IsEqualTo(MARK, 'bk_1'),
    new ItemView(10),
  )
  expect(found.Items.map((one) => one.Subject)).toEqual(['First meeting'])
})

test('a sync goes page by page', async () => {
  for (const subject of ['a', 'b', 'c']) await create(subject)
  const folder = new FolderId(WellKnownFolderName.Calendar)
  const sync = (state: string | null) =>
    service.SyncFolderItems(folder, PropertySet.IdOnly, [], 2, SyncFolderItemsScope.NormalItems, state!)
  const first = await sync(null)
  const second = await sync(first.SyncState)
  expect([first.Count, first.MoreChangesAvailable, second.Count, second.MoreChangesAvailable]).toEqual([
    2,
    true,
    1,
    false,
  ])
})

test('folders are found under the calendar, and moved items have another identifier', async () => {
  const other = practice.store.addCalendar(GIULIA, { name: 'Second' })
  const folders = await service.FindFolders(WellKnownFolderName.Calendar, new FolderView(10))
  expect(folders.Folders.map((one) => [one.DisplayName, one.Id.UniqueId])).toEqual([['Second', other.id]])
  const made = await create()
  const moved = await made.Move(new FolderId(other.id))
  expect(moved.Id.UniqueId).not.toBe(made.Id.UniqueId)
  expect((await Folder.Bind(service, new FolderId(other.id))).TotalCount).toBe(1)
  expect(await refused(Appointment.Bind(service, made.Id))).toContain('not found')
})

test('an invitation is accepted, a letter is sent', async () => {
  const made = await create('First meeting', ANNA)
  const hers = judge(practice, ANNA)
  const [invited] = practice.store.events(ANNA)
  const bound = await Appointment.Bind(
    hers,
    (await hers.FindItems(WellKnownFolderName.Calendar, new ItemView(1))).Items[0]!.Id,
  )
  await bound.Accept(true)
  expect(practice.store.find(invited!.id)).toMatchObject({ answer: 'Accept', showAs: 'Busy' })
  expect(practice.store.find(made.Id.UniqueId)!.attendees).toMatchObject([{ answer: 'Accept' }])
  const letter = new EmailMessage(service)
  letter.Subject = 'Ciao'
  letter.Body = new MessageBody('Hello')
  letter.ToRecipients.Add(ANNA)
  await letter.SendAndSaveCopy()
  expect(practice.store.mails.at(-1)).toMatchObject({ kind: 'message', to: [ANNA], subject: 'Ciao' })
})
