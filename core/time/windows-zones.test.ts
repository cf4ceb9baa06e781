import { WINDOWS_TO_IANA_MAP } from 'windows-iana'
import { expect, test } from 'vitest'
import { windowsNameOf, zoneOfWindows } from './windows-zones.ts'
import { offsetAt, zone } from './zone.ts'

test('D09 every row of CLDR’s table reads both ways', () => {
  expect(WINDOWS_TO_IANA_MAP.length).toBeGreaterThan(400)
  for (const { windowsName, territory, iana } of WINDOWS_TO_IANA_MAP)
    for (const name of iana) {
      expect([name, windowsNameOf(name)]).toEqual([name, windowsName])
      if (territory === '001')
        expect([windowsName, zoneOfWindows(windowsName)]).toEqual([windowsName, zone(name)])
    }
})

test('D09 every zone we can store has a Windows name, but for the one with clocks that Windows does not know', () => {
  const stored = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => zone(name)!))
  const none = [...stored].filter((name) => windowsNameOf(name) === null)
  expect(none).toEqual(['Antarctica/Troll'])
})

test.each([
  ['America/Ciudad_Juarez', 'Mountain Standard Time'],
  ['America/Argentina/Ushuaia', 'Argentina Standard Time'],
  ['US/Pacific', 'Pacific Standard Time'],
  ['Etc/UTC', 'UTC'],
])('D09 %s goes by %s, whose clocks show the same', (name, windows) => {
  expect(windowsNameOf(name)).toBe(windows)
  const twin = zoneOfWindows(windows)!
  for (const month of [0, 3, 6, 9])
    expect(offsetAt(zone(name)!, Date.UTC(2027, month, 15))).toBe(offsetAt(twin, Date.UTC(2027, month, 15)))
})

test.each([
  ['Europe/Kyiv', 'Europe/Kiev'],
  ['Asia/Kolkata', 'Asia/Calcutta'],
  ['America/Nuuk', 'America/Godthab'],
  ['EuRoPe/BeRlIn', 'Europe/Berlin'],
])('D13 %s and %s are one zone with one Windows name', (a, b) => {
  expect(windowsNameOf(a)).not.toBe(null)
  expect(windowsNameOf(a)).toBe(windowsNameOf(b))
})

test.each([
  ['Kamchatka Standard Time', 'Asia/Kamchatka'],
  ['Mid-Atlantic Standard Time', 'Atlantic/South_Georgia'],
  ['Armenian Standard Time', 'Asia/Yerevan'],
  ['Mexico Standard Time 2', 'America/Chihuahua'],
  [' w. EUROPE standard TIME ', 'Europe/Berlin'],
])('D09 the retired or oddly written name %j still means %s', (name, expected) => {
  expect(zoneOfWindows(name)).toBe(expected)
})

test.each([
  '',
  'Customized Time Zone',
  'tzone://Microsoft/Custom',
  'Pacific-New',
  '__proto__',
  'Europe/Berlin',
])('D08 %j is no Windows name, and no reason to throw', (name) => {
  expect(zoneOfWindows(name)).toBe(null)
  expect(() => windowsNameOf(name)).not.toThrow()
})
