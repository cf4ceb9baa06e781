/** One content line (RFC 5545 §3.1), unfolded. `params` is the text between name and colon, starting with `;` or empty. */
export type Property = { name: string; params: string; value: string }

/** `text`: what stands inside a VTIMEZONE, read only when somebody needs it; most are for zones we know better (D10). */
export type Component = { name: string; properties: Property[]; parts: Component[]; text?: string }

export type Parsed = { kind: 'calendar'; calendar: Component } | { kind: 'unreadable' }

/** 5 MB of text: far above any honest event, far below what would stall a worker (V12). */
export const LONGEST_OBJECT = 5_000_000
const DEEPEST = 6 // VCALENDAR > VEVENT > VALARM is three
const MOST_COMPONENTS = 10_000

/**
 * One calendar object as a tree, in one pass. Text that ends before its components do is unreadable: what was cut off
 * may have been the rule that makes it busy. Lines without a colon are passed over, as every client does.
 */
export function parse(source: string): Parsed {
  if (source.length > LONGEST_OBJECT) return UNREADABLE
  const text = unfold(source)
  const open: Component[] = [{ name: '', properties: [], parts: [] }]
  let components = 0
  // These only move forward, so that a million lines without a colon cost one search, not a million.
  let colon = -1
  let semicolon = -1
  let zoneEnd = -1
  for (let at = 0, next: number; at < text.length; at = next) {
    const newline = position(text, '\n', at)
    next = Math.min(newline, text.length) + 1
    const end = text.charCodeAt(next - 2) === 0x0d ? next - 2 : next - 1
    if (colon < at) colon = position(text, ':', at)
    if (colon >= end) continue
    if (semicolon < at) semicolon = position(text, ';', at)
    const property = semicolon < colon ? withParams(text, at, semicolon, end) : plain(text, at, colon, end)
    if (property.name === 'BEGIN') {
      if (open.length > DEEPEST || ++components > MOST_COMPONENTS) return UNREADABLE
      const part = child(open.at(-1)!, property.value)
      if (part.name === 'VTIMEZONE' && zoneEnd < at) zoneEnd = position(text, '\nEND:VTIMEZONE', at)
      if (part.name === 'VTIMEZONE' && zoneEnd !== Infinity) {
        part.text = text.slice(next, zoneEnd + 1)
        next = position(text, '\n', zoneEnd + 1) + 1
      } else open.push(part)
    } else if (property.name === 'END') {
      if (open.length === 1 || open.pop()!.name !== property.value.trim().toUpperCase()) return UNREADABLE
    } else open.at(-1)!.properties.push(property)
  }
  const calendars = open[0]!.parts.filter(({ name }) => name === 'VCALENDAR')
  if (open.length > 1 || calendars.length === 0) return UNREADABLE
  return { kind: 'calendar', calendar: calendars.length === 1 ? calendars[0]! : joined(calendars) }
}

const UNREADABLE: Parsed = { kind: 'unreadable' }

function position(text: string, character: string, from: number): number {
  const found = text.indexOf(character, from)
  return found < 0 ? Infinity : found
}

/** Folded lines joined. NUL and lone surrogates cannot be stored (B25); a byte order mark and a bare CR are no part of any value. */
export function unfold(source: string): string {
  let text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source
  if (!text.isWellFormed()) text = text.toWellFormed()
  if (text.includes('\0')) text = text.replaceAll('\0', '')
  if (/\r(?!\n)/.test(text)) text = text.replace(/\r\n?/g, '\n')
  return text.includes('\n ') || text.includes('\n\t') ? text.replace(/\r?\n[ \t]/g, '') : text
}

const plain = (text: string, at: number, colon: number, end: number): Property => ({
  name: text.slice(at, colon).toUpperCase(),
  params: '',
  value: text.slice(colon + 1, end),
})

/** The colon that ends the parameters is the first one outside quotes; where the quotes are broken, the first one. */
function withParams(text: string, at: number, semicolon: number, end: number): Property {
  let colon = -1
  let first = -1
  for (let i = semicolon, quoted = false; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) quoted = !quoted
    else if (code === 0x3a) {
      if (first < 0) first = i
      if (quoted) continue
      colon = i
      break
    }
  }
  if (colon < 0) colon = first
  return {
    name: text.slice(at, semicolon).toUpperCase(),
    params: text.slice(semicolon, colon),
    value: text.slice(colon + 1, end),
  }
}

function child(parent: Component, name: string): Component {
  const made: Component = { name: name.trim().toUpperCase(), properties: [], parts: [] }
  parent.parts.push(made)
  return made
}

const joined = (calendars: Component[]): Component => ({
  name: 'VCALENDAR',
  properties: calendars[0]!.properties,
  parts: calendars.flatMap(({ parts }) => parts),
})

export const find = (component: Component, name: string): Property | undefined =>
  component.properties.find((property) => property.name === name)

export const textOf = (component: Component, name: string): string | null => {
  const found = find(component, name)
  return found ? unescapeText(found.value) : null
}

/** The value of one parameter, without its quotes and with RFC 6868's carets read; null when it is not there. One pass. */
export function param({ params }: Property, name: string): string | null {
  let start = 1
  for (let i = 1, quoted = false; i <= params.length; i++) {
    const code = i === params.length ? SEMICOLON : params.charCodeAt(i)
    if (code === QUOTE) quoted = !quoted
    if (code !== SEMICOLON || (quoted && i < params.length)) continue
    const equals = start + name.length
    if (equals < i && params[equals] === '=' && params.slice(start, equals).toUpperCase() === name)
      return paramValue(params.slice(equals + 1, i))
    start = i + 1
  }
  return null
}

const QUOTE = 0x22
const SEMICOLON = 0x3b
const CARETS: Record<string, string> = { '^n': '\n', "^'": '"', '^^': '^' }

function paramValue(text: string): string {
  const value = text.startsWith('"') ? text.slice(1).split('"', 1)[0]! : text
  return value.includes('^') ? value.replace(/\^[n'^]/g, (mark) => CARETS[mark]!) : value
}

export const unescapeText = (value: string): string =>
  value.includes('\\')
    ? value.replace(/\\([\\;,nN])/g, (_, mark: string) => (mark === 'n' || mark === 'N' ? '\n' : mark))
    : value
