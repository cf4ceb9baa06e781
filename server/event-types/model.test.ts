import { describe, expect, test } from 'vitest'
import { EventTypeChange, Hours, PageChange, PageDraft, ScheduleChange, ScheduleDraft } from './model.ts'

const takes = (change: unknown) => EventTypeChange.safeParse(change).success
const week = (...monday: { from: number; to: number }[]) => [monday, [], [], [], [], [], []]
const hours = (more: object = {}) => ({ zone: 'Europe/Rome', weekly: week({ from: 540, to: 780 }), overrides: [], ...more })

const NUMBERS = { increment: [5, 1440], bufferBefore: [0, 1440], bufferAfter: [0, 1440], notice: [0, 525_600], perDay: [1, 1000], perWeek: [1, 5000], capacity: [1, 1000], guestsMax: [0, 50] } as const
describe.each(Object.entries(NUMBERS))('V06 %s', (field, [least, most]) => {
  test.each([least, most])('V06 takes %d', (value) => expect(takes({ [field]: value })).toBe(true))
  test.each([least - 1, most + 1, -1, 1.5, NaN, Infinity, 2 ** 53, '12', [12], {}, true, '1e3'])('V06 refuses %j', (value) => expect(takes({ [field]: value })).toBe(false))
})

test('V06 a number that JSON cannot hold is refused as it arrives', () => {
  expect(takes(JSON.parse('{"increment": 1e999}'))).toBe(false)
  expect(takes(JSON.parse('{"increment": -0}'))).toBe(false)
})

describe('V07 what has no end', () => {
  test.each([
    [{ kind: 'rolling', days: 730 }, true],
    [{ kind: 'rolling', days: 0 }, true],
    [{ kind: 'rolling', days: 731 }, false],
    [{ kind: 'rolling', days: 36_500 }, false],
    [{ kind: 'rolling' }, false],
    [{ kind: 'range', from: '2026-12-01', to: '2026-12-31' }, true],
    [{ kind: 'range', from: '2026-12-31', to: '2026-12-01' }, false],
    [{ kind: 'range', from: '2026-02-30', to: '2026-12-01' }, false],
    [{ kind: 'range', from: '2026-01-01', to: '2126-01-01' }, false],
    [{ kind: 'range', from: '2026-01-01', to: '2028-01-01', days: 5 }, false],
    [{ kind: 'forever' }, false],
  ])('V07 a horizon of %j: %s', (horizon, good) => expect(takes({ horizon })).toBe(good))

  test.each([
    [[30], true], [[5, 1440], true], [[15, 30, 45, 60, 90, 120, 180, 240], true],
    [[], false], [[30, 30], false], [[4], false], [[1441], false], [[15, 30, 45, 60, 90, 120, 180, 240, 300], false], [['30'], false],
  ])('V07 durations of %j: %s', (durations, good) => expect(takes({ durations })).toBe(good))

  test('V07 lists are bounded: questions, options, hosts, hours, special days', () => {
    const question = (id: string) => ({ id, label: 'x', kind: 'text', required: false })
    const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i))
    expect(takes({ questions: many(20, (i) => question(`q${i}`)) })).toBe(true)
    expect(takes({ questions: many(21, (i) => question(`q${i}`)) })).toBe(false)
    expect(takes({ questions: [{ ...question('a'), kind: 'choice', options: many(51, String) }] })).toBe(false)
    expect(takes({ hosts: many(51, () => ({ id: crypto.randomUUID() })) })).toBe(false)
    expect(takes({ hosts: [] })).toBe(false)
    expect(takes({ description: 'x'.repeat(5001) })).toBe(false)
    expect(Hours.safeParse(hours({ weekly: week(...many(25, (i) => ({ from: i * 10, to: i * 10 + 5 }))) })).success).toBe(false)
    expect(Hours.safeParse(hours({ overrides: many(401, (i) => ({ date: new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10), spans: [] })) })).success).toBe(false)
  })
})

describe('questions', () => {
  const one = { id: 'about', label: 'What about?', kind: 'text', required: true }
  test.each([
    [one, true],
    [{ ...one, kind: 'choice', options: ['a', 'b'] }, true],
    [{ ...one, kind: 'choice' }, false],
    [{ ...one, kind: 'choice', options: [] }, false],
    [{ ...one, kind: 'many', options: ['a', 'a'] }, false],
    [{ ...one, options: ['a'] }, false],
    [{ ...one, kind: 'file' }, false],
    [{ ...one, id: 'Not An Id' }, false],
    [{ ...one, id: '__proto__' }, false],
    [{ ...one, label: '' }, false],
    [{ ...one, label: '  ' }, false],
    [{ ...one, label: 'a\nb' }, false],
    [{ ...one, label: 'a\u0000b' }, false],
    [{ ...one, hidden: true }, false],
  ])('%j: %s', (question, good) => expect(takes({ questions: [question] })).toBe(good))

  test('two with one id are refused', () => expect(takes({ questions: [one, one] })).toBe(false))
})

describe('reminders', () => {
  test.each([
    [[], true],
    [[{ n: 1, unit: 'days' }, { n: 1, unit: 'hours' }, { n: 15, unit: 'minutes' }], true],
    [[{ n: 60, unit: 'weeks' }], true],
    [[{ n: 61, unit: 'weeks' }], false],
    [[{ n: 1, unit: 'minutes' }], true],
    [[{ n: 0, unit: 'days' }], false],
    [[{ n: 24, unit: 'hours' }, { n: 1, unit: 'days' }], false],
    [[{ n: 1, unit: 'days' }, { n: 2, unit: 'days' }, { n: 3, unit: 'days' }, { n: 4, unit: 'days' }], false],
    [[{ n: 1, unit: 'months' }], false],
  ])('%j: %s', (reminders, good) => expect(takes({ reminders })).toBe(good))
})

describe('where', () => {
  test.each([
    [{ kind: 'video', value: 'https://video.example.test/room' }, true],
    [{ kind: 'video', value: '' }, true],
    [{ kind: 'video', value: 'javascript:alert(1)' }, false],
    [{ kind: 'video', value: 'my room' }, false],
    [{ kind: 'phone', value: '+39 02 1234' }, true],
    [{ kind: 'phone', value: 'call me' }, false],
    [{ kind: 'place', value: 'Via Verdi 1, Milano' }, true],
    [{ kind: 'place', value: 'x'.repeat(501) }, false],
    [{ kind: 'somewhere', value: '' }, false],
  ])('%j: %s', (location, good) => expect(takes({ location })).toBe(good))
})

test('a calendar that cannot be read means one of three things', () => {
  for (const whenUnreadable of [{ kind: 'close' }, { kind: 'requests' }, { kind: 'last-known', hours: 168 }]) expect(takes({ whenUnreadable })).toBe(true)
  for (const whenUnreadable of [{ kind: 'open' }, { kind: 'last-known' }, { kind: 'last-known', hours: 169 }, { kind: 'close', hours: 1 }]) expect(takes({ whenUnreadable })).toBe(false)
})

test('consent has its sentence', () => {
  expect(takes({ consent: { required: true, text: 'I agree.\nReally.' } })).toBe(true)
  expect(takes({ consent: null })).toBe(true)
  for (const consent of [{ required: true, text: '' }, { required: 'yes', text: 'x' }, { text: 'x' }, { required: true, text: 'x', locale: 'en' }]) expect(takes({ consent })).toBe(false)
})

describe('hours', () => {
  test.each([
    [hours(), true],
    [hours({ weekly: week({ from: 1320, to: 1560 }) }), true],
    [hours({ weekly: week({ from: 540, to: 780 }, { from: 780, to: 900 }) }), true],
    [hours({ weekly: week({ from: 540, to: 780 }, { from: 779, to: 900 }) }), false],
    [hours({ weekly: week({ from: 780, to: 540 }) }), false],
    [hours({ weekly: week({ from: 540, to: 540 }) }), false],
    [hours({ weekly: week({ from: 1440, to: 1500 }) }), false],
    [hours({ weekly: week({ from: 0, to: 2881 }) }), false],
    [hours({ weekly: [[], []] }), false],
    [hours({ zone: 'Mars/Olympus' }), false],
    [hours({ zone: '+02:00' }), false],
    [hours({ overrides: [{ date: '2026-12-07', spans: [] }] }), true],
    [hours({ overrides: [{ date: '2026-12-07', spans: [] }, { date: '2026-12-07', spans: [] }] }), false],
    [hours({ overrides: [{ date: '7 December', spans: [] }] }), false],
  ])('%j: %s', (draft, good) => expect(Hours.safeParse(draft).success).toBe(good))

  test('a zone is kept under its own name', () => expect(Hours.parse(hours({ zone: 'asia/calcutta' })).zone).toBe('Asia/Kolkata'))
})

describe('F22 fields nobody may send', () => {
  const FIELDS = ['tenantId', 'workspaceId', 'ownerId', 'owner', 'hostId', 'userId', 'role', 'status', 'state', 'id', 'createdAt', 'mayEdit', 'bookings', '__proto__x']
  test.each(FIELDS)('F22 %s', (field) => {
    const alien = { [field]: 'x' }
    expect(PageDraft.safeParse({ title: 'x', ...alien }).success).toBe(false)
    expect(PageChange.safeParse({ version: 1, ...alien }).success).toBe(false)
    expect(PageChange.safeParse({ version: 1, eventType: alien }).success).toBe(false)
    expect(ScheduleDraft.safeParse({ name: 'x', ...hours(), ...alien }).success).toBe(false)
    expect(ScheduleChange.safeParse({ version: 1, ...alien }).success).toBe(false)
    expect(PageChange.safeParse({ version: 1, eventType: { hosts: [{ id: crypto.randomUUID(), ...(field === 'id' ? { user: 'x' } : alien) }] } }).success).toBe(false)
  })
})
