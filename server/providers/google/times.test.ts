import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '#core/time/model.ts'
import { instantOf, timesOf } from './times.ts'

const WINDOW = { start: Date.UTC(2027, 0, 1), end: Date.UTC(2028, 0, 1) }
const read = (start: unknown, end: unknown, zone = 'Europe/Rome') =>
  timesOf(start, end, { window: WINDOW, zone })
const hours = ({ start, end }: { start: number; end: number }) => (end - start) / HOUR

describe('an instant', () => {
  test.each([
    ['2027-03-01T10:00:00+01:00', '2027-03-01T09:00:00.000Z'],
    ['2027-03-01T09:00:00Z', '2027-03-01T09:00:00.000Z'],
    ['2027-03-01T09:00:00.123Z', '2027-03-01T09:00:00.123Z'],
    ['2027-03-01T09:00:00.5Z', '2027-03-01T09:00:00.500Z'],
    ['2027-12-31T23:59:59-08:00', '2028-01-01T07:59:59.000Z'],
    ['2028-02-29T00:00:00+05:45', '2028-02-28T18:15:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
    ['2027-03-01t10:00:00z', '2027-03-01T10:00:00.000Z'],
  ])('%s', (text, iso) => expect(new Date(instantOf(text)).toISOString()).toBe(iso))

  test.each([
    '2027-02-29T10:00:00+01:00',
    '2027-02-30T10:00:00Z',
    '2027-13-01T10:00:00Z',
    '2027-00-01T10:00:00Z',
    '2027-01-00T10:00:00Z',
    '2027-04-31T10:00:00Z',
    '2027-03-01T24:00:00Z',
    '2027-03-01T10:60:00Z',
    '2027-03-01T10:00:61Z',
    '2027-03-01T10:00:00',
    '2027-03-01T10:00:00+25:00',
    '2027-03-01T10:00:00+01:60',
    '2027-03-01T10:00:00*01:00',
    '2027-03-01T10:00:00+01-00',
    '2027-03-01 10:00:00+01:00',
    '2027/03/01T10:00:00+01:00',
    '2O27-03-01T10:00:00+01:00',
    '202a-03-01T10:00:00+01:00',
    '2027-03-01T1a:00:00+01:00',
    '2027-03-01T10-00:00+01:00',
    '2027-03-01T10:00:00,123Z',
    '2027-03-01T10:00:00.12aZ',
    '+10000-01-01T00:00:00Z',
    '',
  ])('D15 %s is none', (text) => expect(instantOf(text)).toBeNaN())

  test('every day of ten years, every offset of a quarter of an hour, as Date has them', () => {
    for (let day = Date.UTC(2020, 0, 1); day < Date.UTC(2030, 0, 1); day += DAY) {
      const quarter = (day / DAY) % 105
      const offset = (quarter - 52) * 15
      const [sign, far] = [offset < 0 ? '-' : '+', Math.abs(offset)]
      const text = `${new Date(day).toISOString().slice(0, 11)}17:43:21${sign}${String(Math.floor(far / 60)).padStart(2, '0')}:${String(far % 60).padStart(2, '0')}`
      expect(instantOf(text), text).toBe(Date.parse(text))
    }
  })
})

describe('D06 an all-day event is its date in the calendar’s zone, of 23 or 25 hours where the clocks change', () => {
  test.each([
    ['2027-07-01', '2027-07-02', 'Europe/Berlin', '2027-06-30T22:00:00.000Z', 24],
    ['2027-07-01', '2027-07-02', 'Pacific/Auckland', '2027-06-30T12:00:00.000Z', 24],
    ['2027-07-01', '2027-07-02', 'America/Los_Angeles', '2027-07-01T07:00:00.000Z', 24],
    ['2027-03-28', '2027-03-29', 'Europe/Rome', '2027-03-27T23:00:00.000Z', 23],
    ['2027-10-31', '2027-11-01', 'Europe/Rome', '2027-10-30T22:00:00.000Z', 25],
    ['2027-10-30', '2027-11-02', 'Europe/Rome', '2027-10-29T22:00:00.000Z', 73],
    ['2027-04-04', '2027-04-05', 'Australia/Lord_Howe', '2027-04-03T13:00:00.000Z', 24.5],
    // Some programs repeat the day itself as its end, or leave the end out.
    ['2027-10-31', '2027-10-31', 'Europe/Rome', '2027-10-30T22:00:00.000Z', 25],
    ['2027-10-31', undefined, 'Europe/Rome', '2027-10-30T22:00:00.000Z', 25],
  ])('%s to %s in %s', (start, end, zone, from, length) => {
    const found = read({ date: start }, end === undefined ? undefined : { date: end }, zone)
    expect(found).toMatchObject({ allDay: true, trouble: null })
    expect(new Date(found.start).toISOString()).toBe(from)
    expect(hours(found)).toBe(length)
  })
})

describe('a time without an offset', () => {
  const at = (start: object, zone?: string) => new Date(read(start, start, zone).start).toISOString()
  test('D07 is read in the calendar’s zone', () => {
    expect(at({ dateTime: '2027-07-01T10:00:00' })).toBe('2027-07-01T08:00:00.000Z')
    expect(at({ dateTime: '2027-07-01T10:00:00' }, 'Asia/Kolkata')).toBe('2027-07-01T04:30:00.000Z')
  })
  test('D13 in the zone it names, by any of its names', () => {
    for (const timeZone of ['Europe/Kyiv', 'Europe/Kiev', 'eUROPE/kYIV'])
      expect(at({ dateTime: '2027-07-01T10:00:00', timeZone })).toBe('2027-07-01T07:00:00.000Z')
    expect(at({ dateTime: '2027-07-01T10:00:00', timeZone: 'W. Europe Standard Time' })).toBe(
      '2027-07-01T08:00:00.000Z',
    )
  })
  test('D02 D03 in the hour that is missing or comes twice it is never shorter than it may be', () => {
    const missing = { dateTime: '2027-03-28T02:30:00' }
    expect(at(missing)).toBe('2027-03-28T01:30:00.000Z')
    const twice = { dateTime: '2027-10-31T02:30:00' }
    expect(hours(read(twice, twice))).toBe(1)
  })
  test('D08 of a zone nobody knows it is busy as far as it can mean, and says so', () => {
    const edge = (time: string) => ({ dateTime: `2027-07-01T${time}`, timeZone: 'Customized Time Zone' })
    expect(read(edge('10:00:00'), edge('11:00:00'))).toEqual({
      start: Date.UTC(2027, 6, 1, 10) - 14 * HOUR,
      end: Date.UTC(2027, 6, 1, 11) + 14 * HOUR,
      allDay: false,
      trouble: 'unknown-zone:Customized Time Zone',
    })
  })
  test('a zone beside an offset is not needed: the offset counts', () => {
    const start = { dateTime: '2027-07-01T10:00:00+02:00', timeZone: 'Customized Time Zone' }
    expect(read(start, start)).toMatchObject({ trouble: null, start: Date.UTC(2027, 6, 1, 8) })
  })
})

describe('what cannot be read is kept busy (I8)', () => {
  const good = { dateTime: '2027-03-01T10:00:00Z' }
  test('D16 backwards is busy between the two and reported, nothing is nothing', () => {
    expect(read({ dateTime: '2027-03-01T11:00:00Z' }, good)).toEqual({
      start: Date.UTC(2027, 2, 1, 10),
      end: Date.UTC(2027, 2, 1, 11),
      allDay: false,
      trouble: 'backwards',
    })
    expect(hours(read(good, good))).toBe(0)
    expect(read({ date: '2027-03-05' }, { date: '2027-03-01' })).toMatchObject({ trouble: 'backwards' })
  })
  test('D15 a start that does not exist: all it can mean', () => {
    const found = read({ dateTime: '2027-02-30T10:00:00Z' }, { dateTime: '2027-02-30T11:00:00Z' })
    expect(found.trouble).toBe('impossible-date:2027-02-30T10:00:00Z')
    expect(found.start).toBeLessThanOrEqual(Date.UTC(2027, 1, 28))
    expect(found.end).toBeGreaterThanOrEqual(Date.UTC(2027, 2, 3))
  })
  test('D15 an end that does not exist: a day at least', () => {
    const found = read(good, { dateTime: 'tomorrow' })
    expect(found).toMatchObject({ start: Date.UTC(2027, 2, 1, 10), trouble: 'impossible-date:tomorrow' })
    expect(hours(found)).toBe(24)
  })
  test('D18 a date to a time, and a time to a date', () => {
    expect(hours(read({ date: '2027-03-01' }, { dateTime: '2027-03-01T11:00:00Z' }))).toBe(12)
    expect(hours(read({ dateTime: '2027-03-01T11:00:00Z' }, { date: '2027-03-02' }))).toBe(12)
  })
  test.each([[undefined], [null], ['x'], [{}], [{ dateTime: 5 }], [{ date: {} }], [[]]])(
    'no start, %j: the whole window',
    (start) => expect(read(start, undefined)).toMatchObject({ ...WINDOW, trouble: 'impossible-date' }),
  )
  test('D17 the ends of time are times', () => {
    const found = read({ date: '0001-01-01' }, { date: '9999-12-31' })
    expect(found.trouble).toBe(null)
    expect(Number.isFinite(found.start) && Number.isFinite(found.end)).toBe(true)
  })
})
