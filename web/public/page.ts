/** The page and its parts; what comes from the server takes their place whole. */
const PARTS = ['intro', 'calendar', 'panel', 'booking'] as const

export const find = (selector: string, within: ParentNode = document): HTMLElement | null =>
  within.querySelector<HTMLElement>(selector)
export const all = (selector: string, within: ParentNode = document): HTMLElement[] => [
  ...within.querySelectorAll<HTMLElement>(selector),
]
export const part = (name: (typeof PARTS)[number], within: ParentNode = document): HTMLElement | null =>
  find(`[data-part=${name}]`, within)

/** Tells the news politely. */
export function say(words: string | null | undefined): void {
  const line = find('[data-say]')
  if (line) line.textContent = words ?? ''
}

export const textFields = (data: FormData): [string, string][] =>
  [...data].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))

/** What was typed before another time was chosen; it goes along with the next slot, under the form's own names. */
export const typed = new Map<string, string[]>()
const TYPED = /^(?:name|email|guests|consent|hold|q-.*)$/

function keepTyped(): void {
  const form = find('form[data-live=book]')
  if (!(form instanceof HTMLFormElement)) return
  typed.clear()
  for (const [name, value] of textFields(new FormData(form)))
    if (TYPED.test(name) && value !== '') typed.set(name, [...(typed.get(name) ?? []), value])
}

export type Answer =
  | { kind: 'page'; url: string; page: Document }
  /** Not a page of ours, or no answer at all. */
  | { kind: 'other' }
  /** Somebody was quicker: a later step is on its way. */
  | { kind: 'overtaken' }

let latest = 0

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const turn = ++latest
  const waiting = [part('calendar'), part('panel')]
  for (const one of waiting) one?.setAttribute('aria-busy', 'true')
  try {
    const response = await fetch(url, { ...init, headers: { accept: 'text/html', 'x-ritrovo': '1' } })
    const text = await response.text()
    if (turn !== latest) return { kind: 'overtaken' }
    if (!response.headers.get('content-type')?.startsWith('text/html')) return { kind: 'other' }
    return { kind: 'page', url: response.url, page: new DOMParser().parseFromString(text, 'text/html') }
  } catch {
    return turn === latest ? { kind: 'other' } : { kind: 'overtaken' }
  } finally {
    if (turn === latest) for (const one of waiting) one?.removeAttribute('aria-busy')
  }
}

/** Puts an answer's parts in the place of ours; false where it is another kind of page. */
export function show(answer: Answer): boolean {
  if (answer.kind !== 'page') return false
  const { page } = answer
  const pairs = PARTS.map((name) => ({ ours: part(name), theirs: part(name, page) }))
  const same = pairs.every(({ ours, theirs }) => (ours === null) === (theirs === null))
  if (!same || pairs.every(({ theirs }) => theirs === null)) return false
  keepTyped()
  const around = ['.top a', '.bottom'].map((selector) => ({
    ours: find(selector),
    theirs: find(selector, page),
  }))
  for (const { ours, theirs } of [...pairs, ...around])
    if (ours && theirs) ours.replaceWith(document.adoptNode(theirs))
  document.documentElement.lang = page.documentElement.lang
  document.title = page.title
  return true
}

/** The address of what is shown, without its fragment: following one is no step. */
let here = location.pathname + location.search
export const moved = (): boolean => here !== location.pathname + location.search

export type How = 'push' | 'replace' | 'stay'

export function wasShown(url: string, how: How): void {
  if (how === 'push') history.pushState(null, '', url)
  if (how === 'replace') history.replaceState(null, '', url)
  here = location.pathname + location.search
}
