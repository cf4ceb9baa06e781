import { expect, test } from 'vitest'
import { addLinks } from './add-links.ts'

const start = Date.UTC(2026, 10, 25, 9)
const links = Object.fromEntries(
  addLinks({
    title: 'Tea & <b>talk</b>',
    start,
    end: start + 1_800_000,
    description: 'https://a.example/b/1',
    location: 'Via Roma 1, Milano',
  }).map(({ name, url }) => [name, new URL(url)]),
)

test('every calendar is given the same instant, whatever zone the server or the reader is in', () => {
  expect(links['Google']!.searchParams.get('dates')).toBe('20261125T090000Z/20261125T093000Z')
  expect(links['Yahoo']!.searchParams.get('st')).toBe('20261125T090000Z')
  for (const name of ['Outlook.com', 'Office 365']) {
    expect(links[name]!.searchParams.get('startdt')).toBe('2026-11-25T09:00:00Z')
    expect(links[name]!.searchParams.get('enddt')).toBe('2026-11-25T09:30:00Z')
  }
})

test('words are carried as they are, and only in the query', () => {
  expect(links['Google']!.searchParams.get('text')).toBe('Tea & <b>talk</b>')
  expect(links['Outlook.com']!.searchParams.get('subject')).toBe('Tea & <b>talk</b>')
  expect(Object.values(links).map(({ host }) => host)).toEqual([
    'calendar.google.com',
    'outlook.live.com',
    'outlook.office.com',
    'calendar.yahoo.com',
  ])
})
