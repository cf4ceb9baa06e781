import { invalid, parameter } from './refusal.ts'

/** `a,b/c,d(e,f)`: developers.google.com/workspace/calendar/api/guides/performance#partial-response */
type Wanted = Map<string, Wanted | null>

function parse(text: string): Wanted {
  let at = 0
  const broken = () => invalid('Invalid field selection', parameter('fields'))
  const list = (): Wanted => {
    const wanted: Wanted = new Map()
    do {
      const name = /^[A-Za-z*][\w-]*|^\*/.exec(text.slice(at))?.[0]
      if (!name) throw broken()
      at += name.length
      wanted.set(name, below())
    } while (text[at] === ',' && ++at)
    return wanted
  }
  const below = (): Wanted | null => {
    if (text[at] === '/') {
      at++
      const name = /^[A-Za-z*][\w-]*|^\*/.exec(text.slice(at))?.[0]
      if (!name) throw broken()
      at += name.length
      return new Map([[name, below()]])
    }
    if (text[at] !== '(') return null
    at++
    const inner = list()
    if (text[at++] !== ')') throw broken()
    return inner
  }
  const wanted = list()
  if (at !== text.length) throw broken()
  return wanted
}

const pick = (value: unknown, wanted: Wanted): unknown => {
  if (Array.isArray(value)) return value.map((item) => pick(item, wanted))
  if (typeof value !== 'object' || value === null) return value
  const chosen = Object.entries(value).filter(([name]) => wanted.has(name) || wanted.has('*'))
  return Object.fromEntries(
    chosen.map(([name, inner]) => [
      name,
      ((below) => (below ? pick(inner, below) : inner))(wanted.get(name) ?? wanted.get('*') ?? null),
    ]),
  )
}

export const select = (body: unknown, fields: string | undefined): unknown =>
  fields === undefined || body === undefined ? body : pick(body, parse(fields))
