/** An element; its name is a short namespace and a local name, `dav:href`. `name` is its `name` attribute, the only one we need. */
export type Element = { tag: string; name: string | null; children: Element[]; text: string }

const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['DAV:', 'dav'],
  ['urn:ietf:params:xml:ns:caldav', 'caldav'],
  ['http://calendarserver.org/ns/', 'cs'],
  ['http://apple.com/ns/ical/', 'apple'],
])
const DEEPEST = 32
const MOST_ELEMENTS = 500_000

type Scope = ReadonlyMap<string, string>

/**
 * What WebDAV needs of XML 1.0, in one pass over the text, with nothing in it that can grow: no DOCTYPE, so no entities
 * but the five and numbers; depth and number of elements are bounded (V11). Null for everything else.
 */
export function parseXml(source: string): Element | null {
  const root: Element = { tag: '', name: null, children: [], text: '' }
  const open: { element: Element; raw: string; scope: Scope }[] = [
    { element: root, raw: '', scope: new Map() },
  ]
  let elements = 0
  for (let at = source.charCodeAt(0) === 0xfeff ? 1 : 0; at < source.length;) {
    const top = open.at(-1)!
    const tag = source.indexOf('<', at)
    const until = tag < 0 ? source.length : tag
    if (until > at && !addText(top.element, source.slice(at, until))) return null
    if (tag < 0) break
    const next = source.charCodeAt(tag + 1)
    if (next === BANG) {
      at = skipMarkup(source, tag, top.element)
    } else if (next === QUESTION) {
      at = after(source, '?>', tag)
    } else if (next === SLASH) {
      const end = source.indexOf('>', tag)
      if (end < 0 || open.length === 1 || source.slice(tag + 2, end).trimEnd() !== top.raw) return null
      open.pop()
      at = end + 1
    } else {
      const end = tagEnd(source, tag + 1)
      if (end < 0 || ++elements > MOST_ELEMENTS || open.length > DEEPEST) return null
      const selfClosing = source.charCodeAt(end - 1) === SLASH
      const made = readTag(source.slice(tag + 1, selfClosing ? end - 1 : end), top.scope)
      if (!made) return null
      top.element.children.push(made.element)
      if (!selfClosing) open.push(made)
      at = end + 1
    }
    if (at < 0) return null
  }
  return open.length === 1 && root.children.length === 1 ? root.children[0]! : null
}

const BANG = 0x21
const QUESTION = 0x3f
const SLASH = 0x2f

function after(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from)
  return found < 0 ? -1 : found + mark.length
}

/** Comments and CDATA; -1 for DOCTYPE and all other declarations. */
function skipMarkup(source: string, tag: number, element: Element): number {
  if (source.startsWith('<!--', tag)) return after(source, '-->', tag + 4)
  if (!source.startsWith('<![CDATA[', tag)) return -1
  const end = source.indexOf(']]>', tag + 9)
  if (end < 0) return -1
  element.text += source.slice(tag + 9, end)
  return end + 3
}

/** The `>` that ends the tag: the first outside of quotes. */
function tagEnd(source: string, from: number): number {
  const end = source.indexOf('>', from)
  if (end < 0 || (!source.slice(from, end).includes('"') && !source.slice(from, end).includes("'")))
    return end
  let quote = 0
  for (let i = from; i < source.length; i++) {
    const code = source.charCodeAt(i)
    if (quote !== 0) quote = code === quote ? 0 : quote
    else if (code === 0x22 || code === 0x27) quote = code
    else if (code === 0x3e) return i
    else if (code === 0x3c) return -1
  }
  return -1
}

const ATTRIBUTE = /([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

function readTag(inside: string, outer: Scope): { element: Element; raw: string; scope: Scope } | null {
  const space = inside.search(/\s/)
  const raw = space < 0 ? inside : inside.slice(0, space)
  let scope = outer
  let name: string | null = null
  if (space >= 0) {
    for (const [, attribute, double, single] of inside.slice(space).matchAll(ATTRIBUTE)) {
      const value = double ?? single ?? ''
      if (attribute === 'name') name = decode(value)
      if (attribute !== 'xmlns' && !attribute!.startsWith('xmlns:')) continue
      if (scope === outer) scope = new Map(outer)
      ;(scope as Map<string, string>).set(attribute!.slice(6), value)
    }
  }
  const colon = raw.indexOf(':')
  const namespace = NAMESPACES.get(scope.get(raw.slice(0, Math.max(colon, 0))) ?? '') ?? 'other'
  const local = raw.slice(colon + 1)
  return local === ''
    ? null
    : { element: { tag: `${namespace}:${local}`, name, children: [], text: '' }, raw, scope }
}

function addText(element: Element, text: string): boolean {
  const decoded = decode(text)
  if (decoded === null) return false
  element.text += decoded
  return true
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Null when it names an entity that is none of the five. */
function decode(text: string): string | null {
  if (!text.includes('&')) return text
  let known = true
  const decoded = text.replace(
    /&(?:#(\d{1,8})|#x([0-9a-f]{1,6})|([^;&\s]{1,30}));?/gi,
    (_, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) known &&= ENTITIES.has(name)
      return name !== undefined
        ? (ENTITIES.get(name) ?? '')
        : character(decimal === undefined ? parseInt(hex!, 16) : Number(decimal))
    },
  )
  return known ? decoded : null
}

const character = (code: number): string =>
  code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\ufffd'

export const child = (element: Element, ...path: string[]): Element | null =>
  path.reduce<Element | null>((at, tag) => at?.children.find((each) => each.tag === tag) ?? null, element)

export const children = (element: Element, tag: string): Element[] =>
  element.children.filter((each) => each.tag === tag)

export const textIn = (element: Element | null): string | null => (element ? element.text.trim() : null)

/** For what we send: text inside an element or an attribute. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '')
    .replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
