import { XMLParser } from 'fast-xml-parser'

/** An element by its local name: prefixes are the server's own affair. */
export type Element = {
  name: string
  attributes: ReadonlyMap<string, string>
  children: readonly Element[]
  text: string
}

const DEEPEST = 40
// Twice what our own questions can honestly be answered with; measured, the worst that fits costs a third of a second.
const MOST_ELEMENTS = 30_000
export const LONGEST = 1_500_000

const parser = new XMLParser({
  preserveOrder: true,
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: '#cdata',
  // Ours below: the five entities and numbers, in one pass.
  processEntities: false,
})

/**
 * The root element of an answer. What could grow (a DOCTYPE and its entities), is too much or is no whole XML is refused before the
 * parser sees it (V11): null.
 */
export function parse(source: string): Element | null {
  if (source.length > LONGEST || !isWhole(source)) return null
  try {
    const nodes = parser.parse(source) as Node[]
    const roots = nodes.filter((node) => nameOf(node) !== TEXT)
    return roots.length === 1 ? toElement(roots[0]!) : null
  } catch {
    return null
  }
}

type Node = Record<string, Node[] | string | Record<string, string>>
const TEXT = '#text'
const CDATA = '#cdata'
const ATTRIBUTES = ':@'
const nameOf = (node: Node): string => Object.keys(node).find((key) => key !== ATTRIBUTES) ?? TEXT

// As deep as the answer, which is bounded by now.
function toElement(node: Node): Element {
  const name = nameOf(node)
  const inside = node[name] as Node[]
  const told = (node[ATTRIBUTES] ?? {}) as Record<string, string>
  let text = ''
  const children: Element[] = []
  for (const each of inside)
    if (TEXT in each) text += decode(String(each[TEXT]))
    else if (CDATA in each) text += (each[CDATA] as Node[]).map((part) => String(part[TEXT] ?? '')).join('')
    else children.push(toElement(each))
  return {
    name,
    attributes: new Map(Object.entries(told).map(([key, value]) => [key, decode(value)])),
    children,
    text,
  }
}

/** One look at the tags alone: every one closed, in its order, not too deep, not too many, and no declaration among them. */
function isWhole(source: string): boolean {
  const open: string[] = []
  let elements = 0
  for (let at = source.indexOf('<'); at >= 0; at = source.indexOf('<', at)) {
    if (source.startsWith('<?', at)) at = after(source, '?>', at)
    else if (source.startsWith('<!--', at)) at = after(source, '-->', at)
    else if (source.startsWith('<![CDATA[', at)) at = open.length === 0 ? -1 : after(source, ']]>', at)
    else if (source.startsWith('<!', at)) return false
    else {
      const end = tagEnd(source, at)
      if (end < 0) return false
      const tag = source.slice(at + 1, end)
      if (tag.startsWith('/')) {
        if (open.pop() !== tag.slice(1).trimEnd()) return false
      } else {
        if (++elements > MOST_ELEMENTS || (open.length === 0 && elements > 1)) return false
        if (!tag.endsWith('/')) open.push(/^[^\s/]+/.exec(tag)?.[0] ?? '')
        if (open.length > DEEPEST) return false
      }
      at = end + 1
    }
    if (at < 0) return false
  }
  return elements > 0 && open.length === 0
}

function after(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from)
  return found < 0 ? -1 : found + mark.length
}

/** The `>` that ends a tag: the first outside of quotes. */
function tagEnd(source: string, from: number): number {
  let end = source.indexOf('>', from)
  const quote = source.slice(from, end < 0 ? from : end).search(/["']/)
  if (end < 0 || quote < 0) return end
  let inside = ''
  for (end = from + quote; end < source.length; end++) {
    const mark = source[end]!
    if (inside !== '') inside = mark === inside ? '' : inside
    else if (mark === '"' || mark === "'") inside = mark
    else if (mark === '>') return end
  }
  return -1
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Exchange writes `&#x1F;` where somebody's subject holds one, which no XML may: such become nothing, and names of entities stay words. */
const decode = (text: string): string =>
  text.includes('&')
    ? text.replace(
        /&(?:#(\d{1,8})|#x([0-9a-f]{1,6})|(\w{1,10}));/gi,
        (all, decimal?: string, hex?: string, name?: string) =>
          name !== undefined
            ? (ENTITIES.get(name) ?? all)
            : character(decimal === undefined ? parseInt(hex!, 16) : Number(decimal)),
      )
    : text

const character = (code: number): string =>
  (code > 31 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) ||
  code === 9 ||
  code === 10 ||
  code === 13
    ? String.fromCodePoint(code)
    : ''

export const child = (element: Element | null, ...path: string[]): Element | null =>
  path.reduce<Element | null>((at, name) => at?.children.find((each) => each.name === name) ?? null, element)

export const childrenOf = (element: Element | null, name: string): Element[] =>
  element ? element.children.filter((each) => each.name === name) : []

/** What stands in an element below; '' where there is none. */
export const textAt = (element: Element | null, ...path: string[]): string =>
  child(element, ...path)?.text.trim() ?? ''

export const attribute = (element: Element | null, name: string): string =>
  element?.attributes.get(name) ?? ''
