/*
 * Lifts the visitors' pages, which work without it: days answer at once, other steps are fetched and swapped in, the weeks
 * become a grid for the arrow keys. It holds no words and no rules: whatever it shows is the server's own HTML, and where
 * anything is unexpected the plain link or form goes its way.
 */
import { choose } from './days.ts'
import { focusCell, markGrid, placeAfter, placeOf } from './grid.ts'
import {
  all,
  ask,
  find,
  moved,
  part,
  say,
  show,
  textFields,
  typed,
  wasShown,
  type Answer,
  type How,
} from './page.ts'

/** A submit is on its way: until its answer is here nothing may overtake it. */
let sending = false
let lapse = 0

/** After every swap: the grid, and the hold's end by the server's clock, since the browser's may be wrong. */
function settle(): void {
  markGrid()
  clearTimeout(lapse)
  const held = find('[data-left]')
  if (!held) return
  lapse = window.setTimeout(() => {
    const words = find('span', held)
    if (words) words.textContent = held.dataset['lapsed'] ?? ''
    say(held.dataset['lapsed'])
  }, Number(held.dataset['left']))
}

/** Shows an answer in place of this page; false where it cannot be. */
function take(answer: Answer, how: How): boolean {
  if (answer.kind !== 'page' || !show(answer)) return false
  wasShown(answer.url, how)
  settle()
  return true
}

/** Goes to another page by swapping, or plainly where that cannot be; tells whether it was swapped. */
async function visit(url: string, how: How): Promise<boolean> {
  const answer = await ask(url)
  if (take(answer, how)) return true
  if (answer.kind === 'other') location.assign(url)
  return false
}

/** Where reading goes on after a step. */
function readOn(): void {
  const next = find('[data-part] [data-focus]') ?? find('#panel')
  if (!next) return
  if (next.tabIndex < 0) next.tabIndex = -1
  next.focus()
}

const STAYS: Record<string, string> = {
  change: '.zone summary',
  hour12: '[data-clock]',
  lengths: '.lengths [aria-current]',
  top: '.top a',
}

/** After the zone, the clock, the length or the language was changed the focus stays with what was changed. */
function stay(place: string): void {
  const next = find('.zone details[open] #zone') ?? find(STAYS[place] ?? '')
  if (!next) return readOn()
  next.focus()
  say(find('.zone p')?.textContent)
}

async function follow(link: HTMLAnchorElement): Promise<void> {
  const { live, turn } = link.dataset
  if (live === 'day' && choose(link)) return markGrid()
  const place = placeOf(link)
  const around = link.closest('.lengths, .top, .change')
  if (!(await visit(link.href, live === 'day' ? 'replace' : 'push'))) return
  if (turn) {
    find(`[data-turn=${turn}]`)?.focus()
    say(find('#weeks')?.textContent)
  } else if (place >= 0) {
    focusCell(place)
    say(find('#panel')?.textContent)
  } else if (around) stay(around.className)
  else readOn()
}

/** The plain form knows the way; its key makes a second submit the same as the first. */
function submitPlainly(form: HTMLFormElement, button: HTMLButtonElement | null): void {
  if (button?.name) {
    const chosen = document.createElement('input')
    chosen.type = 'hidden'
    chosen.name = button.name
    chosen.value = button.value
    form.append(chosen)
  }
  if (button?.hasAttribute('formaction')) form.action = button.formAction
  form.submit()
}

async function send(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
  const post = form.method === 'post'
  const fields = new URLSearchParams(textFields(new FormData(form, button)))
  if (post && form.dataset['live'] === 'slot')
    for (const [name, values] of typed)
      if (!fields.has(name)) for (const value of values) fields.append(name, value)
  const url = new URL(button?.hasAttribute('formaction') ? button.formAction : form.action)
  if (!post) url.search = fields.toString()
  const answer = await ask(url.href, post ? { method: 'POST', body: fields } : {})
  if (answer.kind === 'overtaken') return
  if (answer.kind === 'page' && !part('booking') && part('booking', answer.page))
    return location.assign(answer.url)
  // A page that answered the POST itself has no address of its own.
  const how = answer.kind === 'page' && post && answer.url === url.href ? 'stay' : 'push'
  if (!take(answer, how)) return submitPlainly(form, button)
  if (form.dataset['live'] === 'page') stay(form.className)
  else readOn()
}

/** One submit at a time, and its button says to wait. */
async function submit(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
  if (sending) return
  sending = true
  const words = button?.textContent ?? ''
  if (button?.dataset['wait']) button.textContent = button.dataset['wait']
  for (const name of ['aria-disabled', 'aria-busy']) button?.setAttribute(name, 'true')
  try {
    await send(form, button)
  } finally {
    sending = false
    if (button?.dataset['wait']) button.textContent = words
    for (const name of ['aria-disabled', 'aria-busy']) button?.removeAttribute(name)
  }
}

/** Looks again while the calendar is being written, ever slower, and not for ever. */
function watch(tries = 0): void {
  if (tries > 40 || !find('[data-poll]')) return
  const look = async () => {
    take(await ask(location.href), 'stay')
    if (find('[data-poll]')) watch(tries + 1)
    else say(find('h1')?.textContent)
  }
  setTimeout(() => void look(), Math.min(1000 * 1.15 ** tries, 10_000))
}

const CLOCK = 'ritrovo.clock'

/** The clock chosen last time on this device. Storage may be forbidden; then nothing is remembered. */
function remembered(value?: string): string | null {
  try {
    if (value !== undefined) localStorage.setItem(CLOCK, value)
    return localStorage.getItem(CLOCK)
  } catch {
    return null
  }
}

/** The browser's own zone and this visitor's clock: asked for once, the zone only where the page was guessing. */
function begin(): void {
  const calendar = part('calendar')
  if (!calendar) return
  const address = new URL(location.href)
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (calendar.dataset['guessed'] !== undefined && zone && zone !== calendar.dataset['zone'])
    address.searchParams.set('zone', zone)
  if (!address.searchParams.has('clock') && remembered() === '12') address.searchParams.set('clock', '12')
  if (address.href === location.href) return
  void ask(address.href).then((answer) => take(answer, 'replace'))
}

/** Cities to choose from, in the page's language, once somebody looks for one. */
async function fillZones(): Promise<void> {
  const into = find('#zones')
  const link = find('[data-zones]')
  if (!into || !(link instanceof HTMLAnchorElement) || into.childElementCount > 0) return
  const response = await fetch(link.href, { headers: { accept: 'text/html' } })
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const option of all('#zone option', page)) {
    const entry = document.createElement('option')
    entry.value = option.textContent.split(' · ')[0] ?? ''
    entry.label = option.getAttribute('value') ?? ''
    into.append(entry)
  }
}

document.addEventListener('click', (event) => {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
  if (event.defaultPrevented || event.button !== 0 || modified || !(event.target instanceof Element)) return
  const link = event.target.closest('a[data-live]')
  if (!(link instanceof HTMLAnchorElement)) return
  event.preventDefault()
  if (!sending) void follow(link)
})
document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof Element)) return
  const place = placeOf(event.target)
  if (place < 0) return
  const turn = { PageUp: 'back', PageDown: 'on' }[event.key]
  if (turn) {
    const link = find(`[data-turn=${turn}]`)
    if (!(link instanceof HTMLAnchorElement) || sending) return
    event.preventDefault()
    void visit(link.href, 'push').then((done) => done && focusCell(place))
    return
  }
  const to = placeAfter(event.key, place)
  if (to === null) return
  event.preventDefault()
  focusCell(to)
})
document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.dataset['live'] || event.defaultPrevented) return
  event.preventDefault()
  void submit(form, event.submitter instanceof HTMLButtonElement ? event.submitter : null)
})
document.addEventListener('change', (event) => {
  const box = event.target
  if (!(box instanceof HTMLInputElement) || box.dataset['clock'] === undefined) return
  remembered(box.checked ? '12' : '24')
  box.form?.requestSubmit()
})
document.addEventListener('focusin', (event) => {
  if (event.target instanceof Element && event.target.id === 'zone') void fillZones().catch(() => undefined)
})
addEventListener('popstate', () => {
  if (!moved() || sending) return
  void ask(location.href).then((answer) => {
    if (!take(answer, 'stay') && answer.kind === 'other') location.reload()
  })
})

settle()
begin()
watch()
