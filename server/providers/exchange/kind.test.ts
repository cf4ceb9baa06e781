import { describe, expect, test } from 'vitest'
import { item } from '#tests/exchange-script.ts'
import type { EventKind } from '../provider.ts'
import { kindOf } from './kind.ts'
import { parse } from './parse.ts'

const STATUS = ['Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere', 'NoData', 'Dreaming'] as const
const ANSWERS = [
  'Unknown',
  'Organizer',
  'Tentative',
  'Accept',
  'Decline',
  'NoResponseReceived',
  'Perhaps',
] as const

// One row an answer, one column a status, in the order above.
const TABLE: Record<(typeof ANSWERS)[number], EventKind[]> = {
  Unknown: ['transparent', 'tentative', 'busy', 'out-of-office', 'transparent', 'unknown', 'unknown'],
  Organizer: ['transparent', 'tentative', 'busy', 'out-of-office', 'transparent', 'unknown', 'unknown'],
  Tentative: ['transparent', 'tentative', 'tentative', 'tentative', 'transparent', 'unknown', 'unknown'],
  Accept: ['transparent', 'tentative', 'busy', 'out-of-office', 'transparent', 'unknown', 'unknown'],
  Decline: ['declined', 'declined', 'declined', 'declined', 'declined', 'declined', 'declined'],
  NoResponseReceived: [
    'transparent',
    'unanswered',
    'unanswered',
    'unanswered',
    'transparent',
    'unknown',
    'unknown',
  ],
  Perhaps: ['transparent', 'unknown', 'unknown', 'unknown', 'transparent', 'unknown', 'unknown'],
}

describe('B32 what an appointment does to its owner’s time', () => {
  test.each(
    ANSWERS.flatMap((answer) =>
      STATUS.map((status, column) => [answer, status, TABLE[answer][column]!] as const),
    ),
  )('answered %s, shown as %s: %s', (answer, status, kind) => {
    const told = { MyResponseType: answer, LegacyFreeBusyStatus: status }
    expect(kindOf(parse(`<x xmlns:t="t">${item('a', told)}</x>`)!.children[0]!)).toBe(kind)
    expect(
      kindOf(parse(`<x xmlns:t="t">${item('a', { ...told, IsCancelled: 'true' })}</x>`)!.children[0]!),
    ).toBe('cancelled')
  })

  test('an appointment that says nothing of itself is not known to be free', () =>
    expect(kindOf(parse('<CalendarItem/>')!)).toBe('unknown'))
})
