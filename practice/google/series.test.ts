import { afterEach, beforeEach, expect, test } from 'vitest'
import { GIULIA, hour, refused, startJudge, type Judge } from './judge.ts'

let judge: Judge
beforeEach(async () => void (judge = await startJudge()))
afterEach(() => judge.stop())

const primary = { calendarId: 'primary' }
const window = { timeMin: '2027-03-01T00:00:00Z', timeMax: '2027-05-01T00:00:00Z' }
const series = async (rule: string[], more: object = {}) =>
  (
    await judge.api.events.insert({
      ...primary,
      requestBody: { summary: 'Weekly', ...hour('2027-03-15'), recurrence: rule, ...more },
    })
  ).data
const list = async (more: object = {}) =>
  (await judge.api.events.list({ ...primary, ...window, singleEvents: true, ...more })).data
const starts = async (more: object = {}) =>
  (await list(more)).items!.map((event) => event.start!.dateTime ?? event.start!.date)

test('a weekly ten o’clock stays ten o’clock when the clocks change, and its ids say the UTC moment', async () => {
  const master = await series([
    'RRULE:FREQ=WEEKLY;COUNT=4',
    'EXDATE;TZID=Europe/Rome:20270405T100000',
    'RDATE;TZID=Europe/Rome:20270410T100000',
  ])
  expect(await starts()).toEqual([
    '2027-03-15T10:00:00+01:00',
    '2027-03-22T10:00:00+01:00',
    '2027-03-29T10:00:00+02:00',
    '2027-04-10T10:00:00+02:00',
  ])
  const [first, , third] = (await list()).items!
  expect(first).toMatchObject({
    id: `${master.id}_20270315T090000Z`,
    recurringEventId: master.id,
    iCalUID: master.iCalUID,
    originalStartTime: { dateTime: '2027-03-15T10:00:00+01:00' },
  })
  expect(third!.id).toBe(`${master.id}_20270329T080000Z`)
  expect(first!.recurrence).toBeUndefined()
  expect((await list({ singleEvents: false })).items!.map((event) => event.id)).toEqual([master.id])
})

test('days repeat as days', async () => {
  const master = await series(['RRULE:FREQ=DAILY;UNTIL=20270317'], {
    start: { date: '2027-03-15' },
    end: { date: '2027-03-16' },
  })
  expect((await list()).items!.map((event) => [event.id, event.start!.date, event.end!.date])).toEqual(
    ['15', '16', '17'].map((day) => [
      `${master.id}_202703${day}`,
      `2027-03-${day}`,
      `2027-03-${Number(day) + 1}`,
    ]),
  )
})

test('an instance can be moved or deleted by itself', async () => {
  const master = await series(['RRULE:FREQ=WEEKLY;COUNT=3'])
  const second = `${master.id}_20270322T090000Z`
  const moved = (
    await judge.api.events.patch({ ...primary, eventId: second, requestBody: hour('2027-03-23') })
  ).data
  expect(moved).toMatchObject({
    id: second,
    recurringEventId: master.id,
    originalStartTime: { dateTime: '2027-03-22T10:00:00+01:00' },
    start: { dateTime: '2027-03-23T10:00:00+01:00' },
  })
  await judge.api.events.delete({ ...primary, eventId: `${master.id}_20270315T090000Z` })
  expect((await starts()).sort()).toEqual(['2027-03-23T10:00:00+01:00', '2027-03-29T10:00:00+02:00'])
  const whole = (await list({ singleEvents: false })).items!
  expect(whole.map((event) => [event.id, event.status])).toEqual([
    [master.id, 'confirmed'],
    [second, 'confirmed'],
    [`${master.id}_20270315T090000Z`, 'cancelled'],
  ])
  const instances = (await judge.api.events.instances({ ...primary, eventId: master.id!, showDeleted: true }))
    .data.items!
  expect(instances.map((event) => event.status)).toEqual(['cancelled', 'confirmed', 'confirmed'])
  expect(
    await refused(judge.api.events.get({ ...primary, eventId: `${master.id}_20270316T090000Z` })),
  ).toMatchObject({ status: 404 })
})

test('incremental: a moved series gives its new instances and takes back the old ones', async () => {
  const master = await series(['RRULE:FREQ=WEEKLY;COUNT=2'])
  const single = { ...primary, singleEvents: true }
  let syncToken = (await list()).nextSyncToken!
  const step = async () => {
    const { data } = await judge.api.events.list({ ...single, syncToken })
    syncToken = data.nextSyncToken!
    return data.items!.map((event) => `${event.status} ${event.id!.replace(`${master.id}_`, '')}`).sort()
  }
  await judge.api.events.patch({ ...primary, eventId: master.id!, requestBody: hour('2027-03-16') })
  expect(await step()).toEqual([
    'cancelled 20270315T090000Z',
    'cancelled 20270322T090000Z',
    'confirmed 20270316T090000Z',
    'confirmed 20270323T090000Z',
  ])
  judge.google.store.moveEvent(GIULIA, `${master.id}_20270323T090000Z`, Date.parse('2027-03-25T09:00:00Z'))
  expect(await step()).toEqual(['confirmed 20270323T090000Z'])
  await judge.api.events.patch({
    ...primary,
    eventId: master.id!,
    requestBody: { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=1'] },
  })
  expect(await step()).toEqual(['cancelled 20270323T090000Z', 'confirmed 20270316T090000Z'])
  judge.google.store.deleteEvent(GIULIA, master.id!)
  expect(await step()).toEqual(['cancelled 20270316T090000Z'])
  expect(await step()).toEqual([])
})
