import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { ask, basic, enveloped, within } from './judge.ts'
import { startPracticeExchange, type PracticeExchange } from './server.ts'

const GIULIA = 'giulia@studio.example'
let practice: PracticeExchange

beforeEach(async () => {
  practice = await startPracticeExchange()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
})
afterEach(() => practice.stop())

const CREATE =
  '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Subject>x</t:Subject></t:CalendarItem></m:Items></m:CreateItem>'
const SYNC = (state = '') =>
  `<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId><t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId>${state}<m:MaxChangesReturned>512</m:MaxChangesReturned></m:SyncFolderItems>`
const SUBSCRIBE =
  '<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id="calendar"/></t:FolderIds><t:EventTypes><t:EventType>CreatedEvent</t:EventType><t:EventType>MovedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>'
const STREAM = (id: string, minutes = 1) =>
  `<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>${id}</t:SubscriptionId></m:SubscriptionIds><m:ConnectionTimeout>${minutes}</m:ConnectionTimeout></m:GetStreamingEvents>`

test('C30 a busy server says how long to stay away: as a fault, or in a message', async () => {
  practice.faults.next({
    match: { operation: 'CreateItem' },
    fault: { code: 'ErrorServerBusy', backOff: 3000 },
  })
  const busy = await ask(practice, CREATE)
  expect(busy).toMatchObject({ status: 500, codes: ['ErrorServerBusy'] })
  expect(within(busy, 'Value')[0]).toMatchObject({
    attributes: { Name: 'BackOffMilliseconds' },
    text: '3000',
  })
  practice.faults.next({ message: { code: 'ErrorServerBusy', backOff: 500 } })
  expect(await ask(practice, CREATE)).toMatchObject({ status: 200, codes: ['ErrorServerBusy'] })
  expect((await ask(practice, CREATE)).codes).toEqual(['NoError'])
})

test('C06 a reply is lost after the work was done, or the work is done and a fault told', async () => {
  practice.faults.next({ match: { operation: 'CreateItem' }, cut: 'after' })
  await expect(ask(practice, CREATE)).rejects.toThrow()
  expect(practice.store.events(GIULIA)).toHaveLength(1)
  practice.faults.next({ saved: true, fault: { code: 'ErrorInternalServerError' } })
  expect(await ask(practice, CREATE)).toMatchObject({ status: 500, codes: ['ErrorInternalServerError'] })
  expect(practice.store.events(GIULIA)).toHaveLength(2)
  practice.faults.next({ cut: 'before' })
  await expect(ask(practice, CREATE)).rejects.toThrow()
  expect(practice.store.events(GIULIA)).toHaveLength(2)
})

test('C07 C30 answers without a message, of another kind, and 401 for ever', async () => {
  practice.faults.next({ empty: true })
  expect((await ask(practice, CREATE)).text).toContain('<m:ResponseMessages/>')
  practice.faults.next({ body: '<html>Sign in to the hotel</html>' })
  expect(await ask(practice, CREATE)).toMatchObject({
    status: 200,
    text: '<html>Sign in to the hotel</html>',
  })
  practice.faults.next({ unauthorized: true, times: 2 })
  expect([
    (await ask(practice, CREATE)).status,
    (await ask(practice, CREATE)).status,
    (await ask(practice, CREATE)).status,
  ]).toEqual([401, 401, 200])
})

test('C29 mailboxes that are not here: none, on the move, in the cloud', async () => {
  const seen: unknown[] = []
  for (const mailbox of ['none', 'moving', 'cloud'] as const) {
    practice.store.person(GIULIA).mailbox = mailbox
    const { status, codes } = await ask(practice, CREATE)
    seen.push([status, ...codes])
  }
  expect(seen).toEqual([
    [500, 'ErrorNonExistentMailbox'],
    [500, 'ErrorMailboxMoveInProgress'],
    [403, 'ErrorAccessDenied'],
  ])
})

test('B05 a sync that never ends, and states that are none or another folder’s', async () => {
  practice.store.neverLast = true
  const first = await ask(practice, SYNC())
  expect(within(first, 'IncludesLastItemInRange')[0]!.text).toBe('false')
  expect(within(first, 'Changes')[0]!.children).toEqual([])
  practice.store.neverLast = false
  expect((await ask(practice, SYNC('<m:SyncState>H4sIAAAA</m:SyncState>'))).codes).toEqual([
    'ErrorInvalidSyncStateData',
  ])
  const state = within(await ask(practice, SYNC()), 'SyncState')[0]!.text
  const other = practice.store.addCalendar(GIULIA, { name: 'Other' })
  const there = SYNC(`<m:SyncState>${state}</m:SyncState>`).replace(
    '<t:DistinguishedFolderId Id="calendar"/>',
    `<t:FolderId Id="${other.id}"/>`,
  )
  expect((await ask(practice, there)).codes).toEqual(['ErrorInvalidSyncStateData'])
  practice.store.deleteFolder(other.id)
  expect((await ask(practice, there)).codes).toEqual(['ErrorSyncFolderNotFound'])
})

test('too many at once are told so', async () => {
  practice.store.connections = 2
  practice.faults.next({ delayMs: 300, times: 2 })
  const answers = await Promise.all(
    [1, 2, 3].map((turn) =>
      new Promise((done) => setTimeout(done, turn * 60)).then(() => ask(practice, SYNC())),
    ),
  )
  expect(answers.map(({ codes }) => codes[0])).toEqual(['NoError', 'NoError', 'ErrorExceededConnectionCount'])
})

/** Whole envelopes, as they come. */
async function* envelopes(body: string): AsyncGenerator<string> {
  const answer = await fetch(practice.ewsUrl, {
    method: 'POST',
    headers: { authorization: basic(GIULIA), 'content-type': 'text/xml' },
    body: enveloped(body),
  })
  let text = ''
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end; (end = text.indexOf('</s:Envelope>')) >= 0; text = text.slice(end + 13))
      yield text.slice(0, end + 13)
  }
}

async function gathered(body: string): Promise<string[]> {
  const all: string[] = []
  for await (const one of envelopes(body)) all.push(one)
  return all
}

test('a stream opens, beats, tells, and closes at its hour; a lost subscription ends it', async () => {
  practice.store.heartbeat = 60
  practice.store.minute = 400
  const id = within(await ask(practice, SUBSCRIBE), 'SubscriptionId')[0]!.text
  setTimeout(() => {
    const made = practice.store.putEvent(practice.store.calendarOf(GIULIA).id, { start: 0, end: HOUR })
    practice.store.moveToCalendar(made.id, practice.store.addCalendar(GIULIA, { name: 'Other' }).id)
  }, 150)
  const heard = await gathered(STREAM(id))
  const all = heard.join('')
  expect(heard[0]).toContain('<m:ConnectionStatus>OK')
  expect(heard.at(-1)).toContain('<m:ConnectionStatus>Closed')
  expect(all).toContain('<t:StatusEvent>')
  expect(all.match(/<t:CreatedEvent>|<t:MovedEvent>|<t:OldItemId /g)).toEqual([
    '<t:CreatedEvent>',
    '<t:MovedEvent>',
    '<t:OldItemId ',
  ])
  setTimeout(() => practice.store.forgetSubscriptions(), 50)
  expect((await gathered(STREAM(id))).at(-1)).toContain('ErrorSubscriptionNotFound')
  const lost = await ask(practice, STREAM(id))
  expect(lost.codes).toEqual(['ErrorSubscriptionNotFound'])
  expect(within(lost, 'SubscriptionId').map(({ text }) => text)).toEqual([id])
})

test('a stream is cut off in the middle; what happened meanwhile is told by the next', async () => {
  const id = within(await ask(practice, SUBSCRIBE), 'SubscriptionId')[0]!.text
  setTimeout(() => practice.store.closeStreams('cut'), 100)
  await expect(gathered(STREAM(id))).rejects.toThrow()
  practice.store.putEvent(practice.store.calendarOf(GIULIA).id, { start: 0, end: HOUR })
  setTimeout(() => practice.store.closeStreams(), 100)
  expect((await gathered(STREAM(id))).join('')).toContain('<t:CreatedEvent>')
  practice.store.streams = 0
  expect((await ask(practice, STREAM(id))).codes).toEqual(['ErrorExceededConnectionCount'])
})
