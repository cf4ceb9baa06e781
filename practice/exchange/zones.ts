import { findIana } from 'windows-iana'
import type { Call } from './call.ts'
import { readZone, windowsName } from './clock.ts'
import { WEEK } from './recurrence.ts'
import { good, respond } from './reply.ts'
import { child, el, type Xml } from './xml.ts'

type Change = { at: Temporal.ZonedDateTime; before: number; after: number }

const offset = (at: Temporal.ZonedDateTime): number => at.offsetNanoseconds / 1e6

/** When the clocks of a zone change in a year. */
function changesIn(zone: string, year: number): Change[] {
  const found: Change[] = []
  let at = Temporal.ZonedDateTime.from({ year, month: 1, day: 1, timeZone: zone })
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (!next || next.year > year) return found
    const before = offset(next.subtract({ milliseconds: 1 }))
    if (before !== offset(next)) found.push({ at: next, before, after: offset(next) })
    at = next
  }
}

const bias = (offset: number): string => {
  const minutes = Math.abs(offset) / 60_000
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return `${offset > 0 ? '-' : ''}PT${hours || !rest ? `${hours}H` : ''}${rest ? `${rest}M` : ''}`
}

/** The day on which the clocks change, as "the last Sunday" of its month. */
function changeXml({ at, before }: Change, to: string): Xml {
  const wall = Temporal.Instant.fromEpochMilliseconds(at.epochMilliseconds + before).toZonedDateTimeISO('UTC')
  const week = wall.day > wall.daysInMonth - 7 ? -1 : Math.ceil(wall.day / 7)
  return el(
    't:RecurringDayTransition',
    null,
    el('t:To', { Kind: 'Period' }, to),
    el('t:TimeOffset', null, `PT${wall.hour}H${wall.minute ? `${wall.minute}M` : ''}`),
    el('t:Month', null, wall.month),
    el('t:DayOfWeek', null, WEEK[wall.dayOfWeek % 7]!),
    el('t:Occurrence', null, week),
  )
}

/** learn.microsoft.com/exchange/client-developer/web-service-reference/timezonedefinition: this year's rules, for ever. */
function definition(name: string, year: number, whole: boolean): Xml {
  const zone = readZone(name)!
  const attributes = { Id: name, Name: `(UTC) ${name}` }
  if (!whole) return el('t:TimeZoneDefinition', attributes)
  const changes = changesIn(zone, year)
  const standard =
    changes.length < 2
      ? offset(Temporal.ZonedDateTime.from({ year, month: 1, day: 1, timeZone: zone }))
      : Math.min(...changes.map(({ after }) => after))
  const id = (kind: string) => `trule:Microsoft/Registry/${name}/${year}-${kind}`
  const period = (kind: string, offset: number) =>
    el('t:Period', { Bias: bias(offset), Name: kind, Id: id(kind) })
  const summer = changes.length < 2 ? null : Math.max(...changes.map(({ after }) => after))
  const group =
    summer === null
      ? el('t:Transition', null, el('t:To', { Kind: 'Period' }, id('Standard')))
      : changes.map((change) => changeXml(change, id(change.after === standard ? 'Standard' : 'Daylight')))
  return el(
    't:TimeZoneDefinition',
    attributes,
    el('t:Periods', null, period('Standard', standard), summer === null ? null : period('Daylight', summer)),
    el('t:TransitionsGroups', null, el('t:TransitionsGroup', { Id: 0 }, group)),
    el('t:Transitions', null, el('t:Transition', null, el('t:To', { Kind: 'Group' }, 0))),
  )
}

let known: string[] | null = null
/** Every zone Windows has a name for, as far as IANA's zones lead to it. */
const windowsNames = (): string[] =>
  (known ??= [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone').map(windowsName)])].sort())
export const isWindowsName = (name: string): boolean => name === 'UTC' || findIana(name as never).length > 0

export function getServerTimeZones({ store, body }: Call): Xml {
  const ids = child(body, 'Ids')?.children.map((one) => one.text)
  const year = new Date(store.now()).getUTCFullYear()
  const whole = body.attributes['ReturnFullTimeZoneData'] !== 'false'
  const names = ids ? ids.filter(isWindowsName) : windowsNames()
  const written = names.map((name) => definition(name, year, whole))
  return respond('GetServerTimeZones', good('GetServerTimeZones', el('m:TimeZoneDefinitions', null, written)))
}
