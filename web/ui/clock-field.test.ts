import { expect, test } from 'vitest'
import { readClock, showClock } from './clock-field.tsx'

test('a time of day is read as people type it', () => {
  const typed = {
    '9': 540,
    '09': 540,
    '9.30': 570,
    '930': 570,
    '0930': 570,
    '18:00': 1080,
    '9,5': null,
    '24': 0,
    '24:00': 0,
    '24:01': null,
    '25': null,
    '12:60': null,
    '': null,
    abc: null,
  }
  expect(Object.fromEntries(Object.keys(typed).map((text) => [text, readClock(text)]))).toEqual(typed)
})

test('what passes midnight is shown as the clock shows it', () => {
  expect([0, 570, 1439, 1440, 1560].map(showClock)).toEqual(['00:00', '09:30', '23:59', '00:00', '02:00'])
})
