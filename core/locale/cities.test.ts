import { expect, test } from 'vitest'
import { cityOf, findZones, spokenZone, zonesByCity } from './cities.ts'

test('a city is found in either language, with or without its accents', () => {
  expect(findZones('Londra')).toEqual(['Europe/London'])
  expect(findZones('  new york ')).toEqual(['America/New_York'])
  expect(findZones('Città del Messico')).toEqual(['America/Mexico_City'])
  expect(findZones('citta del messico')).toEqual(['America/Mexico_City'])
})

test('a city that gave no zone its name is found all the same', () => {
  expect(findZones('Milano')).toEqual(['Europe/Rome'])
  expect(findZones('San Francisco')).toEqual(['America/Los_Angeles'])
  expect(findZones('Nuova Delhi')).toEqual(['Asia/Kolkata'])
})

test('the name of a zone is its own answer, old names included', () => {
  expect(findZones('asia/calcutta')).toEqual(['Asia/Kolkata'])
  expect(findZones('Etc/GMT+5')).toEqual(['Etc/GMT+5'])
})

test('half a name finds all it could be; nonsense, one letter and an offset find nothing', () => {
  expect(findZones('lond')).toEqual(['Europe/London'])
  expect(findZones('san').length).toBeGreaterThan(2)
  for (const typed of ['', 'x', 'Atlantide', '+02:00', '<script>', 'a'.repeat(5000)])
    expect(findZones(typed)).toEqual([])
})

test('a zone is spoken with its city; UTC has none', () => {
  const november = Date.UTC(2026, 10, 25)
  expect(spokenZone('it', 'Europe/London', november)).toEqual({ name: 'Ora Regno Unito', city: 'Londra' })
  expect(spokenZone('en', 'Europe/Oslo', november)).toEqual({ name: 'Central European Time', city: 'Oslo' })
  expect(spokenZone('en', 'UTC', november)).toEqual({ name: 'UTC', city: null })
})

test('every zone stands in the list once, in its language’s order', () => {
  const list = zonesByCity('it')
  expect(new Set(list.map(({ zone }) => zone)).size).toBe(list.length)
  expect(list.length).toBeGreaterThan(400)
  expect(list.map(({ city }) => city)).toEqual(
    list.map(({ city }) => city).toSorted(new Intl.Collator('it').compare),
  )
  expect(cityOf('it', 'Europe/Kyiv')).toBe('Kiev')
})
