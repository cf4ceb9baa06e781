import type { Call } from './call.ts'
import { pathOf } from './extended.ts'
import type { Item } from './model.ts'
import { READ, view } from './properties.ts'
import { Refused } from './reply.ts'
import { readXml, type Node } from './xml.ts'

/** What a filter may ask of: the values of a field, none if it has none. */
export type Values = (path: Node) => string[]

// The UID lives in an encoded property no restriction reaches: learn.microsoft.com/exchange/client-developer/exchange-web-services/calendars-and-ews-in-exchange
const UNSEARCHABLE = new Set([
  'calendar:UID',
  'item:Body',
  'item:MimeContent',
  'calendar:RequiredAttendees',
  'calendar:OptionalAttendees',
  'calendar:Resources',
  'calendar:Recurrence',
  'item:ItemId',
  'item:EffectiveRights',
])

export const valuesOf = (call: Call, item: Item): Values => {
  const one = view({ ...call, zone: 'UTC' }, { item, occurrence: null })
  return (path) => {
    const { kind, field } = pathOf(path)
    if (kind === 'extended') return item.extended.find((each) => each.field === field)?.values ?? []
    if (field.startsWith('folder:'))
      throw new Refused(
        'ErrorInvalidPropertyRequest',
        `The property ${field} is not valid for this object type.`,
      )
    if (UNSEARCHABLE.has(field) || !READ[field])
      throw new Refused('ErrorUnsupportedPathForQuery', `The property ${field} cannot be used in a query.`)
    const written = READ[field](one)
    return written ? [readXml(written.text.replace(/(<\/?)t:/g, '$1')).text] : []
  }
}

const instant = (text: string): number | null =>
  /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`) : null
function compare(one: string, other: string): number {
  const [a, b] = [instant(one), instant(other)]
  if (a !== null && b !== null) return a - b
  if (/^-?\d+$/.test(one) && /^-?\d+$/.test(other)) return Number(one) - Number(other)
  return one.toLowerCase() < other.toLowerCase() ? -1 : one.toLowerCase() > other.toLowerCase() ? 1 : 0
}

const TWO: Record<string, (order: number) => boolean> = {
  IsEqualTo: (order) => order === 0,
  IsNotEqualTo: (order) => order !== 0,
  IsGreaterThan: (order) => order > 0,
  IsGreaterThanOrEqualTo: (order) => order >= 0,
  IsLessThan: (order) => order < 0,
  IsLessThanOrEqualTo: (order) => order <= 0,
}

function contains({ attributes, children }: Node, values: string[]): boolean {
  const how = attributes['ContainmentMode'] ?? 'FullString'
  const fold = (text: string) =>
    /IgnoreCase/.test(attributes['ContainmentComparison'] ?? 'Exact') ? text.toLowerCase() : text
  const wanted = fold(children[1]!.attributes['Value']!)
  return values
    .map(fold)
    .some((value) =>
      how === 'FullString'
        ? value === wanted
        : how === 'Prefixed'
          ? value.startsWith(wanted)
          : value.includes(wanted),
    )
}

/** Whether a filter lets something through: learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-use-search-filters-with-ews-in-exchange */
export function passes(filter: Node, values: Values): boolean {
  const parts = filter.children
  switch (filter.name) {
    case 'Restriction':
      return parts.every((one) => passes(one, values))
    case 'And':
      return parts.map((one) => passes(one, values)).every(Boolean)
    case 'Or':
      return parts.map((one) => passes(one, values)).some(Boolean)
    case 'Not':
      return !passes(parts[0]!, values)
    case 'Exists':
      return values(parts[0]!).length > 0
    case 'Contains':
      return contains(filter, values(parts[0]!))
    default: {
      const test = TWO[filter.name]
      if (!test) throw new Refused('ErrorUnsupportedQueryFilter')
      const other = parts[1]!.children[0]!
      const constant = other.name === 'Constant' ? [other.attributes['Value']!] : values(other)
      const own = values(parts[0]!)
      if (own.length === 0 || constant.length === 0) return filter.name === 'IsNotEqualTo'
      return own.some((one) => test(compare(one, constant[0]!)))
    }
  }
}
