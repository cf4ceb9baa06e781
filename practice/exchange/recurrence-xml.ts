import { Refused } from './reply.ts'
import type { Index, Month, Pattern, Range, Recurrence, SomeDay, Weekday } from './recurrence.ts'
import { el, textOf, type Node, type Xml } from './xml.ts'

const say = (name: string, value: string | number) => el(`t:${name}`, null, value)
const days = (text: string) => text.trim().split(/\s+/) as SomeDay[]
const date = (text: string) => text.trim().slice(0, 10)

function whole(node: Node, name: string, least: number, most: number): number {
  const value = Number(textOf(node, name))
  if (value < least || value > most) throw new Refused('ErrorCalendarInvalidRecurrence')
  return value
}

function readPattern(node: Node): Pattern {
  const interval = () => whole(node, 'Interval', 1, 999)
  const month = () => textOf(node, 'Month') as Month
  const relative = () => ({
    day: days(textOf(node, 'DaysOfWeek')!)[0]!,
    index: textOf(node, 'DayOfWeekIndex') as Index,
  })
  const dayOfMonth = () => whole(node, 'DayOfMonth', 1, 31)
  switch (node.name) {
    case 'DailyRecurrence':
      return { kind: node.name, interval: interval() }
    case 'WeeklyRecurrence':
      return {
        kind: node.name,
        interval: interval(),
        days: days(textOf(node, 'DaysOfWeek')!),
        firstDay: (textOf(node, 'FirstDayOfWeek') as Weekday | undefined) ?? null,
      }
    case 'AbsoluteMonthlyRecurrence':
      return { kind: node.name, interval: interval(), dayOfMonth: dayOfMonth() }
    case 'RelativeMonthlyRecurrence':
      return { kind: node.name, interval: interval(), ...relative() }
    case 'AbsoluteYearlyRecurrence':
      return { kind: node.name, dayOfMonth: dayOfMonth(), month: month() }
    default:
      return { kind: 'RelativeYearlyRecurrence', ...relative(), month: month() }
  }
}

function readRange(node: Node): Range {
  const start = date(textOf(node, 'StartDate')!)
  if (node.name === 'EndDateRecurrence')
    return { kind: node.name, start, end: date(textOf(node, 'EndDate')!) }
  if (node.name === 'NumberedRecurrence')
    return { kind: node.name, start, count: whole(node, 'NumberOfOccurrences', 1, 999) }
  return { kind: 'NoEndRecurrence', start }
}

export function readRecurrence(node: Node): Recurrence {
  const [pattern, range] = node.children
  const found = { pattern: readPattern(pattern!), range: readRange(range!) }
  if (found.range.kind === 'EndDateRecurrence' && found.range.end < found.range.start)
    throw new Refused('ErrorCalendarEndDateIsEarlierThanStartDate')
  return found
}

function patternXml(pattern: Pattern): Xml {
  const inside: Xml[] = []
  if ('interval' in pattern) inside.push(say('Interval', pattern.interval))
  if ('days' in pattern) inside.push(say('DaysOfWeek', pattern.days.join(' ')))
  if ('day' in pattern) inside.push(say('DaysOfWeek', pattern.day), say('DayOfWeekIndex', pattern.index))
  if ('dayOfMonth' in pattern) inside.push(say('DayOfMonth', pattern.dayOfMonth))
  if ('month' in pattern) inside.push(say('Month', pattern.month))
  if ('firstDay' in pattern && pattern.firstDay) inside.push(say('FirstDayOfWeek', pattern.firstDay))
  return el(`t:${pattern.kind}`, null, ...inside)
}

export const recurrenceXml = ({ pattern, range }: Recurrence): Xml =>
  el(
    't:Recurrence',
    null,
    patternXml(pattern),
    el(
      `t:${range.kind}`,
      null,
      say('StartDate', range.start),
      range.kind === 'EndDateRecurrence' ? say('EndDate', range.end) : null,
      range.kind === 'NumberedRecurrence' ? say('NumberOfOccurrences', range.count) : null,
    ),
  )
