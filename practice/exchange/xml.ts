/** One element, with its names resolved. */
export type Node = {
  ns: string
  name: string
  /** By name; with their namespace in front, if they have one. */
  attributes: Record<string, string>
  children: Node[]
  /** All text directly inside it. */
  text: string
  line: number
}
export class NotXml extends Error {}

const DEPTH = 100
const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy
const ATTRIBUTE = /\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const CHARACTER = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u

function plain(text: string): string {
  if (!CHARACTER.test(text)) throw new NotXml('a character that XML does not know')
  return text.replace(/&(#x[0-9a-fA-F]+|#[0-9]+|\w+);|&/g, (whole, name: string | undefined) => {
    if (name === undefined) throw new NotXml('a bare ampersand')
    const sign = name.startsWith('#')
      ? String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10))
      : ENTITIES[name]
    if (sign === undefined || !CHARACTER.test(sign)) throw new NotXml(`no entity ${whole}`)
    return sign
  })
}

const XML = 'http://www.w3.org/XML/1998/namespace'
type Bound = Record<string, string>

function resolve(name: string, bound: Bound, otherwise: string): [ns: string, local: string] {
  const [prefix, local] = name.includes(':') ? (name.split(':') as [string, string]) : [null, name]
  if (prefix === null) return [otherwise, local]
  const ns = prefix === 'xml' ? XML : bound[prefix]
  if (!ns || !local) throw new NotXml(`no prefix ${prefix}`)
  return [ns, local]
}

/** One document, or NotXml: no document type, no entity but the five, every prefix bound, every tag closed. */
export function readXml(source: string): Node {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const open: { node: Node; tag: string; bound: Bound }[] = []
  let root: Node | null = null
  let line = 1
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex
    const found = TOKEN.exec(text)
    if (!found) throw new NotXml(`not well-formed at ${from}`)
    const [whole, cdata, closing, tag, written, empty, characters] = found
    const top = open.at(-1)
    if (closing !== undefined) {
      if (top?.tag !== closing) throw new NotXml(`</${closing}> closes nothing`)
      open.pop()
    } else if (tag !== undefined) {
      if (root && !top) throw new NotXml('a second root')
      if (open.length >= DEPTH) throw new NotXml('too deep')
      const node = element(tag, written!, top?.bound ?? {}, line)
      if (top) top.node.children.push(node.node)
      root ??= node.node
      if (!empty) open.push({ ...node, tag })
    } else if (characters !== undefined || cdata !== undefined) {
      if (top) top.node.text += cdata ?? plain(characters!)
      else if (cdata !== undefined || characters!.trim() !== '') throw new NotXml('text outside')
    } else if (whole.startsWith('<?xml') && from > 0) throw new NotXml('a late declaration')
    for (const sign of whole) if (sign === '\n') line++
  }
  if (!root || open.length > 0) throw new NotXml('not whole')
  return root
}

function element(tag: string, written: string, outer: Bound, line: number): { node: Node; bound: Bound } {
  const given = [...written.matchAll(ATTRIBUTE)].map(([, name, double, single]) => ({
    name: name!,
    value: plain(double ?? single!),
  }))
  const bound = { ...outer }
  for (const { name, value } of given)
    if (name === 'xmlns') bound[''] = value
    else if (name.startsWith('xmlns:')) bound[name.slice(6)] = value
  const [ns, name] = resolve(tag, bound, bound[''] ?? '')
  const attributes: Record<string, string> = {}
  for (const { name, value } of given) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue
    const [space, local] = resolve(name, bound, '')
    const key = space ? `${space} ${local}` : local
    if (key in attributes) throw new NotXml(`${name} twice`)
    attributes[key] = value
  }
  return { node: { ns, name, attributes, children: [], text: '', line }, bound }
}

export const child = (node: Node | undefined, name: string): Node | undefined =>
  node?.children.find((one) => one.name === name)
export const textOf = (node: Node | undefined, name: string): string | undefined => child(node, name)?.text

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
}
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g
export const escapeXml = (text: string): string =>
  text.replace(CONTROL, '').replace(/[&<>"\r]/g, (sign) => ESCAPES[sign]!)

/** Text that is XML already. */
export class Xml {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type Content = Xml | string | number | boolean | null | undefined | readonly Content[]
const put = (content: Content): string =>
  content === null || content === undefined
    ? ''
    : content instanceof Xml
      ? content.text
      : Array.isArray(content)
        ? content.map(put).join('')
        : escapeXml(String(content))

/** An element as text: what is null is not there at all. */
export function el(
  name: string,
  attributes: Record<string, string | number | boolean | null | undefined> | null,
  ...content: Content[]
): Xml {
  const written = Object.entries(attributes ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('')
  const inside = content.map(put).join('')
  return new Xml(inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`)
}
