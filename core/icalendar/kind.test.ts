import { describe, expect, test } from 'vitest'
import { parse } from './content.ts'
import { kindOf } from './kind.ts'
import type { EventKind } from './kind.ts'

const OWNER = ['anna@example.test', 'anna@home.example']

function kind(...lines: string[]): EventKind {
  const parsed = parse(
    ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\n'),
  )
  if (parsed.kind === 'unreadable') throw new Error('unreadable')
  return kindOf(parsed.calendar.parts[0]!, OWNER)
}
const me = (partstat: string): string =>
  `ATTENDEE${partstat && `;PARTSTAT=${partstat}`}:mailto:Anna@Example.test`

const STATUS = ['', 'CONFIRMED', 'TENTATIVE', 'CANCELLED', 'X-ODD']
const TRANSP = ['', 'OPAQUE', 'TRANSPARENT', 'X-ODD']
const PARTSTAT = ['', 'ACCEPTED', 'DECLINED', 'TENTATIVE', 'NEEDS-ACTION', 'DELEGATED', 'X-ODD']
const OUTLOOK = ['', 'BUSY', 'FREE', 'TENTATIVE', 'OOF', 'WORKINGELSEWHERE']

/** B32 as a person would say it, most decisive word first. */
function said(status: string, transp: string, partstat: string, outlook: string): EventKind {
  if (status === 'CANCELLED') return 'cancelled'
  if (partstat === 'DECLINED') return 'declined'
  if (transp === 'TRANSPARENT') return 'transparent'
  if ([status, transp, partstat].includes('X-ODD')) return 'unknown'
  if (partstat === 'NEEDS-ACTION') return 'unanswered'
  if ([status, partstat, outlook].includes('TENTATIVE')) return 'tentative'
  if (outlook === 'OOF') return 'out-of-office'
  if (transp === '' && ['FREE', 'WORKINGELSEWHERE'].includes(outlook)) return 'transparent'
  return 'busy'
}

describe('B32 every combination of STATUS, TRANSP, the owner’s PARTSTAT and Outlook’s status', () => {
  const rows = STATUS.flatMap((status) =>
    TRANSP.flatMap((transp) =>
      PARTSTAT.flatMap((partstat) => OUTLOOK.map((outlook) => [status, transp, partstat, outlook] as const)),
    ),
  )
  test(`${rows.length} rows`, () => {
    for (const [status, transp, partstat, outlook] of rows) {
      const lines = [
        status && `STATUS:${status}`,
        transp && `TRANSP:${transp}`,
        partstat && me(partstat),
        outlook && `X-MICROSOFT-CDO-BUSYSTATUS:${outlook}`,
      ]
      const expected = said(status, transp, partstat, outlook)
      expect(kind(...lines.filter(Boolean)), `${status} ${transp} ${partstat} ${outlook}`).toBe(expected)
    }
  })
  test('only six words make a time free', () => {
    const free = rows.filter((row) => ['cancelled', 'declined', 'transparent'].includes(said(...row)))
    for (const [status, transp, partstat, outlook] of free)
      expect(
        status === 'CANCELLED' ||
          partstat === 'DECLINED' ||
          transp === 'TRANSPARENT' ||
          (transp === '' && (outlook === 'FREE' || outlook === 'WORKINGELSEWHERE')),
      ).toBe(true)
  })
})

describe('B32 whose answer counts', () => {
  test('the owner’s under any of their addresses, in any case, also where the address is a parameter', () => {
    expect(kind(me('DECLINED'))).toBe('declined')
    expect(kind('ATTENDEE;PARTSTAT=declined:mailto:anna%40home.example')).toBe('declined')
    expect(kind('ATTENDEE;PARTSTAT=DECLINED;EMAIL=anna@example.test:/principals/users/anna/')).toBe(
      'declined',
    )
  })
  test('nobody else’s', () => {
    expect(kind('ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.test')).toBe('busy')
    expect(kind('ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.test', me('ACCEPTED'))).toBe('busy')
  })
  test('no answer yet is unanswered, unless the owner called the meeting', () => {
    expect(kind(me(''))).toBe('unanswered')
    expect(kind('ORGANIZER:mailto:anna@example.test', me('NEEDS-ACTION'))).toBe('busy')
    expect(kind('ORGANIZER:mailto:anna@example.test', me('DECLINED'))).toBe('declined')
  })
  test('words may be written in lower case', () => {
    expect(kind('status:cancelled')).toBe('cancelled')
    expect(kind('TRANSP: transparent ')).toBe('transparent')
  })
})
