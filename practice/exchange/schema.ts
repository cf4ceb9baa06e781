import { FIELDS, LATE, fieldOf } from './fields.ts'
import { GROUPS, ROOTS, TYPES } from './order.ts'
import { VALUES } from './values.ts'
import { isValue } from './builtin.ts'
import { knows, type ExchangeVersion } from './versions.ts'
import type { Node } from './xml.ts'

export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
export const TYPE_NS = 'http://schemas.microsoft.com/exchange/services/2006/types'
export const MESSAGE_NS = 'http://schemas.microsoft.com/exchange/services/2006/messages'
const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
const NAMESPACES: Record<string, string> = { t: TYPE_NS, m: MESSAGE_NS }

type Particle = { least: number; most: number } & (
  | { kind: 'element'; ns: string; name: string; type: string; owner: string }
  | { kind: 'choice'; parts: Particle[] }
  | { kind: 'sequence'; parts: Particle[] }
  | { kind: 'any' }
)
type Shape = {
  attributes: Map<string, { type: string; required: boolean }>
  /** null: no text but spaces. */
  text: string | null
  content: Particle[]
}

/** What is wrong with an envelope, in the words a server would use, or the version all of it needs. */
export type Verdict = {
  wrong: { text: string; line: number } | null
  needs: ExchangeVersion
  because: string
}

class Wrong extends Error {
  readonly line: number
  constructor(node: Node, text: string) {
    super(text)
    this.line = node.line
  }
}

const prefixed = (name: string): [prefix: string, local: string] =>
  name.startsWith('m:') || name.startsWith('t:') ? [name[0]!, name.slice(2)] : ['', name]
const OFTEN: Record<string, [number, number]> = { '?': [0, 1], '*': [0, Infinity], '+': [1, Infinity] }
const TOKENS = /[(){}|](?:[?*+]|\{\d+,\d+\})?|#any[?*+]?|[^\s(){}|]+(?:\{\d+,\d+\})?/g

const shapes = new Map<string, Shape>()
/** A row of order.ts, read; null for simple types. */
function shapeOf(type: string): Shape | null {
  const row = TYPES[type]
  if (row === undefined) return null
  const known = shapes.get(type)
  if (known) return known
  const shape: Shape = { attributes: new Map(), text: null, content: [] }
  shapes.set(type, shape)
  const tokens = row.replace(/%(\w+)/g, (_, name: string) => GROUPS[name]!).match(TOKENS) ?? []
  const rest: string[] = []
  for (const token of tokens) {
    if (token.startsWith('<')) {
      const base = shapeOf(token.slice(1))!
      for (const [name, one] of base.attributes) shape.attributes.set(name, one)
      shape.content.push(...base.content)
      shape.text ??= base.text
    } else if (token.startsWith('=')) shape.text = token.slice(1)
    else if (token.startsWith('@')) {
      const [, name, of, required] = /^@([^:]+):([^!]+)(!?)$/.exec(token)!
      shape.attributes.set(name!, { type: of!, required: required === '!' })
    } else rest.push(token)
  }
  shape.content.push(...readParts(rest, type))
  return shape
}

function readParts(tokens: string[], owner: string): Particle[] {
  const stack: { kind: 'choice' | 'sequence'; parts: Particle[] }[] = [{ kind: 'sequence', parts: [] }]
  for (const token of tokens) {
    const top = stack.at(-1)!
    if (token === '|') continue
    if (token === '(' || token === '{') stack.push({ kind: token === '(' ? 'choice' : 'sequence', parts: [] })
    else if (token[0] === ')' || token[0] === '}') {
      const { kind, parts } = stack.pop()!
      stack.at(-1)!.parts.push({ kind, parts, ...often(token.slice(1)) })
    } else top.parts.push(readPart(token, owner))
  }
  return stack[0]!.parts
}

function often(sign: string): { least: number; most: number } {
  const range = /^\{(\d+),(\d+)\}$/.exec(sign)
  const [least, most] = range ? [Number(range[1]), Number(range[2])] : (OFTEN[sign] ?? [1, 1])
  return { least, most }
}

function readPart(token: string, owner: string): Particle {
  if (token.startsWith('#any')) return { kind: 'any', ...often(token.slice(4)) }
  const [, prefix, name, type, sign] = /^([mt]:)?([\w-]+):((?:m:)?[\w.]+)(.*)$/.exec(token)!
  const ns = NAMESPACES[(prefix ?? (prefixed(owner)[0] || 't'))[0]!]!
  return { kind: 'element', ns, name: name!, type: type!, owner, ...often(sign!) }
}

/** The elements of a type in their order, each with the field it is, if it is one. */
export const elementsOf = (type: string): { name: string; field: string | null }[] =>
  shapeOf(type)!.content.flatMap((part) =>
    part.kind === 'element' ? [{ name: part.name, field: fieldOf(part.owner, part.name) }] : [],
  )

const ROOT_TYPES = new Map(
  ROOTS.trim()
    .split(/\s+/)
    .map((token) => {
      const [, prefix, name, type] = /^(.):(\w+):(.+)$/.exec(token)!
      return [`${NAMESPACES[prefix!]} ${name}`, type!]
    }),
)
export const rootType = (node: Node): string | undefined => ROOT_TYPES.get(`${node.ns} ${node.name}`)

export function judge(root: Node): Verdict {
  const walk = new Walk()
  let wrong: Verdict['wrong'] = null
  try {
    walk.envelope(root)
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    wrong = { text: error.message, line: error.line }
  }
  return { wrong, needs: walk.needs, because: walk.because }
}

const called = (node: Node) => `'${node.name}' in namespace '${node.ns}'`

class Walk {
  needs: ExchangeVersion = 'Exchange2007'
  because = ''

  envelope(root: Node): void {
    if (root.ns !== SOAP || root.name !== 'Envelope')
      throw new Wrong(root, `The element ${called(root)} is not expected.`)
    this.#bare(root)
    const [first, second, third] = root.children
    const header = first?.name === 'Header' ? first : null
    const body = header ? second : first
    if (body?.ns !== SOAP || body.name !== 'Body' || (header ? third : second))
      throw new Wrong(root, 'The envelope must hold a header, which may be missing, and a body.')
    if (header) {
      if (header.ns !== SOAP) throw new Wrong(header, `The element ${called(header)} is not expected.`)
      this.#bare(header)
      for (const block of header.children) this.#root(block, TYPE_NS)
    }
    this.#bare(body)
    const [only, another] = body.children
    if (!only || another) throw new Wrong(body, 'The body must hold one element.')
    if (only.ns === SOAP && only.name === 'Fault') this.#fault(only)
    else this.#root(only, MESSAGE_NS)
  }

  #bare(node: Node): void {
    const strange = Object.keys(node.attributes).find((name) => !name.startsWith(XSI))
    if (strange) throw new Wrong(node, `The '${strange}' attribute is not declared.`)
    if (node.text.trim() !== '') throw new Wrong(node, `The element ${called(node)} cannot contain text.`)
  }

  // SOAP 1.1 §4.4
  #fault(node: Node): void {
    const names = node.children.map((one) => (one.ns === '' ? one.name : `? ${one.name}`)).join(' ')
    if (!/^faultcode faultstring( faultactor)?( detail)?$/.test(names))
      throw new Wrong(node, 'The fault is not one of SOAP 1.1.')
  }

  #root(node: Node, ns: string): void {
    const type = node.ns === ns ? rootType(node) : undefined
    if (type === undefined) throw new Wrong(node, `The element ${called(node)} is not declared.`)
    this.#late(node.name, node.name)
    this.element(node, type)
  }

  #late(name: string, text: string): void {
    this.#need(LATE[name], text)
  }

  #need(version: ExchangeVersion | undefined, text: string): void {
    if (version === undefined || knows(this.needs, version)) return
    this.needs = version
    this.because = text
  }

  element(node: Node, type: string): void {
    const shape = shapeOf(type)
    if (!shape) {
      const strange = Object.keys(node.attributes).find((name) => !name.startsWith(XSI))
      if (strange) throw new Wrong(node, `The '${strange}' attribute is not declared.`)
      if (node.children.length > 0)
        throw new Wrong(node, `The element ${called(node)} cannot contain child elements.`)
      return this.#value(node, `element is invalid - The value '${node.text}'`, node.text, type)
    }
    this.#attributes(node, shape)
    if (shape.text !== null) {
      if (node.children.length > 0)
        throw new Wrong(node, `The element ${called(node)} cannot contain child elements.`)
      this.#value(node, `element is invalid - The value '${node.text}'`, node.text, shape.text)
      return
    }
    if (node.text.trim() !== '') throw new Wrong(node, `The element ${called(node)} cannot contain text.`)
    const at = this.#sequence(node, shape.content, 0)
    const extra = node.children[at]
    if (extra)
      throw new Wrong(extra, `The element ${called(node)} has invalid child element ${called(extra)}.`)
  }

  #attributes(node: Node, { attributes }: Shape): void {
    for (const [name, value] of Object.entries(node.attributes)) {
      if (name.startsWith(XSI)) continue
      const declared = attributes.get(name)
      if (!declared) throw new Wrong(node, `The '${name}' attribute is not declared.`)
      this.#late(`@${name}`, name)
      this.#value(node, `'${name}' attribute is invalid - The value '${value}'`, value, declared.type)
    }
    for (const [name, { required }] of attributes)
      if (required && !(name in node.attributes))
        throw new Wrong(node, `The required attribute '${name}' is missing.`)
  }

  #value(node: Node, what: string, value: string, type: string): void {
    if (type === 'UnindexedFieldURIType') {
      const since = FIELDS.get(value)
      if (!since)
        throw new Wrong(
          node,
          `The ${what} is invalid according to its datatype '${TYPE_NS}:${type}' - The Enumeration constraint failed.`,
        )
      return this.#need(since, value)
    }
    if (!isValue(value, type))
      throw new Wrong(node, `The ${what} is invalid according to its datatype '${TYPE_NS}:${type}'.`)
    if (type in VALUES && 'one' in VALUES[type]!) this.#late(value, value)
  }

  // Microsoft's content models are deterministic (XML Schema 1, §3.8.6), so the first that fits is the right one.
  #sequence(node: Node, parts: readonly Particle[], from: number): number {
    let at = from
    for (const part of parts) at = this.#part(node, part, at)
    return at
  }

  #part(node: Node, part: Particle, from: number): number {
    let at = from
    for (let count = 0; count < part.most; count++) {
      if (!this.#begins(part, node.children[at])) {
        if (count < part.least && !empty(part)) throw this.#missing(node, part, at)
        break
      }
      const before = at
      at = this.#once(node, part, at)
      if (at === before) break
    }
    return at
  }

  #once(node: Node, part: Particle, at: number): number {
    const here = node.children[at]!
    if (part.kind === 'any') return at + 1
    if (part.kind === 'sequence') return this.#sequence(node, part.parts, at)
    if (part.kind === 'choice') {
      const chosen = part.parts.find((one) => this.#begins(one, here))!
      return this.#part(node, chosen, at)
    }
    const field = fieldOf(part.owner, part.name)
    this.#need(field === null ? undefined : FIELDS.get(field), part.name)
    this.#late(part.name, part.name)
    this.element(here, part.type)
    return at + 1
  }

  #begins(part: Particle, node: Node | undefined): boolean {
    if (!node) return false
    if (part.kind === 'any') return true
    if (part.kind === 'element') return part.ns === node.ns && part.name === node.name
    if (part.kind === 'choice') return part.parts.some((one) => this.#begins(one, node))
    for (const one of part.parts) {
      if (this.#begins(one, node)) return true
      if (!empty(one)) return false
    }
    return false
  }

  #missing(node: Node, part: Particle, at: number): Wrong {
    const expected = firsts(part)
      .map((name) => `'${name}'`)
      .join(', ')
    const here = node.children[at]
    return here
      ? new Wrong(
          here,
          `The element ${called(node)} has invalid child element ${called(here)}. List of possible elements expected: ${expected}.`,
        )
      : new Wrong(
          node,
          `The element ${called(node)} has incomplete content. List of possible elements expected: ${expected}.`,
        )
  }
}

const empty = (part: Particle): boolean =>
  part.least === 0 ||
  (part.kind === 'sequence' && part.parts.every(empty)) ||
  (part.kind === 'choice' && part.parts.some(empty))
const firsts = (part: Particle): string[] =>
  part.kind === 'element' ? [part.name] : part.kind === 'any' ? ['any'] : part.parts.flatMap(firsts)
