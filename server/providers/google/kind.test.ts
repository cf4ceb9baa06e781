import { describe, expect, test } from 'vitest'
import type { EventKind } from '../provider.ts'
import { readItem } from './read.ts'

const STATUSES = [undefined, 'confirmed', 'tentative', 'cancelled', 'postponed']
const SHOWN = [undefined, 'opaque', 'transparent', 'misty']
const TYPES = [
  undefined,
  'default',
  'fromGmail',
  'focusTime',
  'outOfOffice',
  'workingLocation',
  'birthday',
  'siesta',
]
const ANSWERS = ['nobody', 'accepted', 'tentative', 'needsAction', 'declined', 'delegated']
const ORGANIZERS = [true, false]

/** The table of B32 as a person would write it down. */
function expected(
  status: string,
  shown: string,
  type: string,
  answer: string,
  mine: boolean,
): EventKind | 'gone' {
  if (status === 'cancelled') return 'gone'
  if (answer === 'declined') return 'declined'
  if (shown === 'transparent' || type === 'workingLocation' || type === 'birthday') return 'transparent'
  const strange =
    status === 'postponed' || shown === 'misty' || type === 'siesta' || (answer === 'delegated' && !mine)
  if (strange) return 'unknown'
  if (answer === 'needsAction' && !mine) return 'unanswered'
  if (status === 'tentative' || (answer === 'tentative' && !mine)) return 'tentative'
  return type === 'outOfOffice' ? 'out-of-office' : 'busy'
}

const kindOf = (
  status: string | undefined,
  transparency: string | undefined,
  eventType: string | undefined,
  answer: string,
  mine: boolean,
): EventKind | 'gone' => {
  const me = { email: 'me@example.test', self: true }
  const attendees =
    answer === 'nobody'
      ? {}
      : {
          attendees: [
            { email: 'bob@example.test', responseStatus: 'declined' },
            { ...me, responseStatus: answer },
          ],
        }
  const item = {
    id: 'x',
    start: { dateTime: '2027-03-01T10:00:00Z' },
    end: { dateTime: '2027-03-01T11:00:00Z' },
    organizer: mine ? me : { email: 'bob@example.test' },
    ...Object.fromEntries(
      Object.entries({ status, transparency, eventType }).filter(([, value]) => value !== undefined),
    ),
    ...attendees,
  }
  const change = readItem(item, { window: { start: 0, end: Infinity }, zone: 'UTC' })
  return change.kind === 'remove' ? 'gone' : change.event.occurrences[0]!.kind
}

describe('B32 what an event does to its owner’s time', () => {
  test('every status, transparency, type and answer, organized by oneself or by another', () => {
    let told = 0
    for (const status of STATUSES)
      for (const shown of SHOWN)
        for (const type of TYPES)
          for (const answer of ANSWERS)
            for (const mine of ORGANIZERS) {
              const row = [status ?? '', shown ?? '', type ?? '', answer, mine] as const
              expect(kindOf(status, shown, type, answer, mine), row.join(' ')).toBe(expected(...row))
              told++
            }
    expect(told).toBe(1920)
  })

  test('the rows people ask about', () => {
    expect(kindOf('confirmed', undefined, 'default', 'accepted', false)).toBe('busy')
    expect(kindOf('confirmed', undefined, 'default', 'declined', false)).toBe('declined')
    expect(kindOf('confirmed', undefined, 'default', 'needsAction', false)).toBe('unanswered')
    expect(kindOf('confirmed', 'transparent', 'workingLocation', 'nobody', true)).toBe('transparent')
    expect(kindOf('confirmed', undefined, 'outOfOffice', 'nobody', true)).toBe('out-of-office')
    expect(kindOf('confirmed', undefined, 'focusTime', 'nobody', true)).toBe('busy')
  })
})
