import { expect, test } from 'vitest'
import { inTurn } from '#tests/counterparts/scripted-fetch.ts'
import type { Session } from '../provider.ts'
import { google } from './google.ts'

const session = (fetching: typeof fetch): Session => ({
  address: 'https://calendar.test/v3',
  user: '',
  secret: '',
  fetch: fetching,
  zone: 'UTC',
})
const list = (items: unknown[], more: object = {}) => ({
  body: { kind: 'calendar#calendarList', items, ...more },
})

test('what a calendar is called, may do, and can make', async () => {
  const line = inTurn(
    list([
      {
        id: 'alice@example.test',
        summary: 'alice@example.test',
        summaryOverride: ' Work\n day ',
        accessRole: 'owner',
        primary: true,
        timeZone: 'Europe/Rome',
        backgroundColor: '#9FE1E7',
        conferenceProperties: { allowedConferenceSolutionTypes: ['eventHangout', 'hangoutsMeet'] },
      },
      {
        id: 'team',
        summary: 'Team',
        accessRole: 'writer',
        timeZone: 'Europe/Kiev',
        conferenceProperties: {},
      },
      { id: 'read', summary: 'Read', accessRole: 'reader', timeZone: 'Mars/Olympus', backgroundColor: 'red' },
      { id: 'busy', summary: '  ', accessRole: 'freeBusyReader' },
    ]),
  )
  const plain = { color: null, writable: false, primary: false, conference: null, zone: null }
  expect(await google.listCalendars(session(line.fetch))).toEqual([
    {
      remoteId: 'alice@example.test',
      name: 'Work day',
      color: '#9fe1e7',
      zone: 'Europe/Rome',
      writable: true,
      primary: true,
      conference: 'meet',
    },
    { ...plain, remoteId: 'team', name: 'Team', zone: 'Europe/Kyiv', writable: true },
    { ...plain, remoteId: 'read', name: 'Read' },
    { ...plain, remoteId: 'busy', name: 'busy' },
  ])
})

test('hidden, deleted and forbidden calendars, and entries that are none, are left out', async () => {
  const line = inTurn(
    list([
      { id: 'h', hidden: true },
      { id: 'd', deleted: true },
      { id: 'n', accessRole: 'none' },
      null,
      5,
      {},
      { id: '' },
      { id: 'x', accessRole: 5, summary: 5 },
    ]),
  )
  expect(
    (await google.listCalendars(session(line.fetch))).map(({ remoteId, writable }) => [remoteId, writable]),
  ).toEqual([['x', false]])
})

test('all pages are read, but not for ever', async () => {
  const line = inTurn(
    list([{ id: 'a' }], { nextPageToken: 'p2' }),
    list([{ id: 'b' }], { nextSyncToken: 's' }),
  )
  expect(await google.listCalendars(session(line.fetch))).toHaveLength(2)
  expect(line.sent.map(({ url }) => url.searchParams.get('pageToken'))).toEqual([null, 'p2'])
  const endless = inTurn(list([], { nextPageToken: 'p' }))
  await expect(google.listCalendars(session(endless.fetch))).rejects.toMatchObject({ reason: 'bad-answer' })
  expect(endless.sent.length).toBeLessThan(50)
})
