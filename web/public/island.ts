/*
 * Lifts the visitors' pages, which work without it: days answer at once, other steps are fetched and swapped in, the weeks
 * become a grid for the arrow keys. It holds no words and no rules: whatever it shows is the server's own HTML, and where
 * anything is unexpected the plain link or form goes its way.
 */

const PARTS = ['intro', 'calendar', 'panel', 'booking'] as const
const root = document.documentElement

const find = <E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E | null => within.querySelector<E>(selector)
const all = <E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E[] => [...within.querySelectorAll<E>(selector)]
const part = (name: string, within: ParentNode = document) => find(`[data-part=${name}]`, within)

// --- swapping ------------------------------------------------------------------------------------------------------

/** What was typed before another time was chosen; it goes along with the next slot, under the form's own names. */
let typed: [string, string][] = []
const TYPED = /^(?:name|email|guests|consent|hold|q-.*)$/

let latest = 0

type Answer = { url: string; page: Document } | null

/** A page of ours, or null where it is none, none came, or a later step has overtaken it. */
async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const turn = ++latest
  const waiting = [part('calendar'), part('panel')]
  for (const one of waiting) one?.setAttribute('aria-busy', 'true')
  try {
    const response = await fetch(url, { ...init, headers: { accept: 'text/html', 'x-ritrovo': '1' }, credentials: 'same-origin' })
    const text = await response.text()
    if (turn !== latest || !response.headers.get('content-type')?.startsWith('text/html')) return null
    return { url: response.url, page: new DOMParser().parseFromString(text, 'text/html') }
  } finally {
    if (turn === latest) for (const one of waiting) one?.removeAttribute('aria-busy')
  }
}

/** Puts an answer's parts in the place of ours; false where it is another kind of page. */
function show({ page }: NonNullable<Answer>): boolean {
  const pairs = PARTS.map((name) => ({ ours: part(name), theirs: part(name, page) }))
  if (pairs.some(({ ours, theirs }) => (ours === null) !== (theirs === null)) || pairs.every(({ theirs }) => theirs === null)) return false
  const form = find<HTMLFormElement>('form[data-live=book]')
  if (form) typed = [...new FormData(form)].filter((field): field is [string, string] => TYPED.test(field[0]) && typeof field[1] === 'string' && field[1] !== '')
  const open = find<HTMLDetailsElement>('.zone details[open]') !== null
  for (const { ours, theirs } of pairs) if (ours && theirs) ours.replaceWith(document.adoptNode(theirs))
  const details = find<HTMLDetailsElement>('.zone details')
  if (details && !find('[data-guessed]')) details.open ||= open && find('.zone .notice') !== null
  for (const selector of ['.top a', '.bottom']) {
    const [ours, theirs] = [find(selector), find(selector, page)]
    if (ours && theirs) ours.replaceWith(document.adoptNode(theirs))
  }
  root.lang = page.documentElement.lang || root.lang
  document.title = page.title
  settle()
  return true
}

async function visit(url: string, how: 'push' | 'replace' | 'stay'): Promise<boolean> {
  const answer = await ask(url).catch(() => null)
  if (!answer || !show(answer)) return false
  if (how === 'push') history.pushState(null, '', answer.url)
  if (how === 'replace') history.replaceState(null, '', answer.url)
  return true
}

const say = (words: string): void => {
  const line = find('[data-say]')
  if (line) line.textContent = words
}

// --- days ----------------------------------------------------------------------------------------------------------

/** A day's starts, as the server packed them: minutes, each after the one before. */
function startsOf(day: HTMLElement): number[] {
  let minute = 0
  return (day.dataset['starts'] ?? '').split(',').map((step) => (minute += Number(step)) * 60_000)
}

/** Lists another day's times from what the page already has. Focus stays where it is; the news is told politely. */
function choose(day: HTMLAnchorElement): boolean {
  const list = find('[data-slots]')
  const label = day.getAttribute('aria-label') ?? ''
  const [date = '', count = ''] = [label.split(', ')[0], label.split(', ').at(-1)]
  const calendar = part('calendar')
  if (!list || !calendar || !day.dataset['starts']) return false
  const zone = calendar.dataset['zone']
  // The server's own choices: core/locale/dates.ts.
  const tag = root.lang === 'it' ? 'it-IT' : 'en-GB'
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', ...(calendar.dataset['hour12'] === undefined ? { hourCycle: 'h23' } : { hour12: true }) }
  const format = new Intl.DateTimeFormat(tag, { ...clock, timeZone: zone })
  const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: zone })
  const offset = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset', timeZone: zone })
  const starts = startsOf(day)
  const texts = starts.map((start) => format.format(start))
  const names = (list.dataset['slots'] ?? '').split('|')
  list.replaceChildren()
  let shown = -1
  let ul = document.createElement('ul')
  starts.forEach((start, index) => {
    const at = Number(hour.format(start))
    const period = at < 12 ? 0 : at < 18 ? 1 : 2
    if (period !== shown) {
      shown = period
      const h3 = document.createElement('h3')
      h3.id = `period-${period}`
      h3.textContent = names[period] ?? ''
      ul = document.createElement('ul')
      ul.className = 'slots'
      ul.setAttribute('aria-labelledby', h3.id)
      list.append(h3, ul)
    }
    // The hour that happens twice: of two times that read alike each says its offset.
    const twice = texts.filter((text) => text === texts[index]).length > 1
    const text = texts[index] + (twice ? ` ${offset.formatToParts(start).find(({ type }) => type === 'timeZoneName')?.value ?? ''}` : '')
    const button = document.createElement('button')
    button.name = 'slot'
    button.value = String(start)
    button.className = 'slot'
    button.textContent = text
    button.setAttribute('aria-label', `${date}, ${text}`)
    const item = document.createElement('li')
    item.append(button)
    ul.append(item)
  })
  const heading = find('#panel')
  if (heading) heading.textContent = date
  const note = find('.day [data-dst]')
  if (note) note.hidden = day.dataset['dst'] === undefined
  for (const other of all('a.date[aria-current]')) other.removeAttribute('aria-current')
  day.setAttribute('aria-current', 'true')
  const address = new URL(day.href)
  for (const name of ['day', 'week']) for (const field of all<HTMLInputElement>(`input[type=hidden][name=${name}]`)) field.value = address.searchParams.get(name) ?? ''
  const language = find<HTMLAnchorElement>('.top a')
  if (language) {
    const other = new URL(language.href)
    other.searchParams.set('day', address.searchParams.get('day') ?? '')
    language.href = other.href
  }
  history.replaceState(null, '', day.href)
  markGrid()
  say(`${count}, ${date}`)
  // On a phone the times are below the weeks: bring them in, without taking the focus there.
  if (heading && heading.getBoundingClientRect().top > innerHeight - 80)
    heading.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' })
  return true
}

// --- the grid (ARIA Authoring Practices, date grid) ------------------------------------------------------------------

const cells = (): HTMLElement[][] => all<HTMLTableRowElement>('.weeks tbody tr').map((row) => [...row.cells])
/** What takes the focus in a cell: its link, or the cell itself where there is none. */
const target = (cell: HTMLElement): HTMLElement => find('a', cell) ?? cell

function markGrid(): void {
  const table = find('.weeks')
  if (!table) return
  table.setAttribute('role', 'grid')
  const flat = cells().flat()
  const focused = flat.find((cell) => cell.contains(document.activeElement))
  const stop = focused ?? flat.find((cell) => find('[aria-current]', cell)) ?? flat.find((cell) => find('[data-starts]', cell)) ?? flat[0]
  for (const cell of flat) {
    cell.setAttribute('role', 'gridcell')
    cell.setAttribute('aria-selected', String(find('[aria-current]', cell) !== null))
    target(cell).tabIndex = cell === stop ? 0 : -1
  }
}

function onKey(event: KeyboardEvent): void {
  const cell = (event.target as Element).closest?.<HTMLElement>('.weeks tbody td')
  if (!cell || event.altKey || event.ctrlKey || event.metaKey) return
  if (event.key === 'PageUp' || event.key === 'PageDown') {
    const turn = find<HTMLAnchorElement>(`[data-turn=${event.key === 'PageUp' ? 'back' : 'on'}]`)
    if (!turn) return
    event.preventDefault()
    const index = cells().flat().indexOf(cell)
    void visit(turn.href, 'push').then((done) => {
      if (done) focusCell(index)
    })
    return
  }
  const rows = cells()
  const y = rows.findIndex((row) => row.includes(cell))
  const row = rows[y] ?? []
  const index = rows.flat().indexOf(cell)
  const ahead = getComputedStyle(cell).direction === 'rtl' ? -1 : 1
  const to = { ArrowLeft: index - ahead, ArrowRight: index + ahead, ArrowUp: index - row.length, ArrowDown: index + row.length, Home: y * row.length, End: (y + 1) * row.length - 1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  focusCell(to)
}

function focusCell(index: number): void {
  const flat = cells().flat()
  const cell = flat[index]
  if (!cell) return
  for (const other of flat) target(other).tabIndex = other === cell ? 0 : -1
  target(cell).focus()
}

// --- steps ---------------------------------------------------------------------------------------------------------

/** Where reading goes on after a step. */
const readOn = (): void => {
  const next = find('[data-part=panel] [data-focus], [data-part=booking] [data-focus]') ?? find('#panel')
  if (!next) return
  if (next.tabIndex < 0) next.tabIndex = -1
  next.focus()
}

async function send(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
  if (form.dataset['sent'] !== undefined) return
  form.dataset['sent'] = ''
  const fields = new URLSearchParams([...new FormData(form, button)].filter((field): field is [string, string] => typeof field[1] === 'string'))
  const slot = form.dataset['live'] === 'slot'
  const post = form.method === 'post'
  if (slot && post) for (const [name, value] of typed) if (!fields.getAll(name).includes(value)) fields.append(name, value)
  const words = button?.textContent ?? ''
  if (button?.dataset['wait']) button.textContent = button.dataset['wait']
  button?.setAttribute('aria-disabled', 'true')
  button?.setAttribute('aria-busy', 'true')
  const address = button?.getAttribute('formaction') ? button.formAction : form.action
  const url = new URL(address)
  if (!post) url.search = fields.toString()
  try {
    const answer = await ask(url.href, post ? { method: 'POST', body: fields } : {})
    if (answer && new URL(answer.url).pathname.startsWith('/b/') && !part('booking') && part('booking', answer.page)) return location.assign(answer.url)
    if (answer && show(answer)) {
      // A page that answered the POST itself has no address of its own.
      if (answer.url !== url.href || !post) history.pushState(null, '', answer.url)
      return slot || form.dataset['live'] === 'book' ? readOn() : find<HTMLInputElement>('[data-clock]')?.focus()
    }
    throw new Error('not a page of ours')
  } catch {
    // The plain form knows the way; its key makes a second submit the same as the first.
    if (button) {
      button.textContent = words
      const chosen = document.createElement('input')
      chosen.type = 'hidden'
      chosen.name = button.name
      chosen.value = button.value
      if (button.name) form.append(chosen)
      if (button.getAttribute('formaction')) form.action = button.formAction
    }
    form.submit()
  } finally {
    delete form.dataset['sent']
    button?.removeAttribute('aria-disabled')
    button?.removeAttribute('aria-busy')
    if (button && words) button.textContent = words
  }
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-live]')
  if (!link) return
  const kind = link.dataset['live']
  if (kind === 'language') return
  event.preventDefault()
  if (kind === 'day' && choose(link)) return
  const { turn } = link.dataset
  const index = cells().flat().findIndex((cell) => cell.contains(link))
  void visit(link.href, kind === 'day' ? 'replace' : 'push').then((done) => {
    if (!done) return location.assign(link.href)
    if (turn) {
      find(`[data-turn=${turn}]`)?.focus()
      say(find('#weeks')?.textContent ?? '')
    } else if (index >= 0) {
      focusCell(index)
      say(find('#panel')?.textContent ?? '')
    } else readOn()
  })
}

// --- what happens by itself ------------------------------------------------------------------------------------------

let lapse = 0

/** After every swap: the grid, and the hold's end by the server's clock, since the browser's may be wrong. */
function settle(): void {
  markGrid()
  clearTimeout(lapse)
  const held = find('[data-left]')
  if (held)
    lapse = window.setTimeout(
      () => {
        const words = find('span', held)
        if (words) words.textContent = held.dataset['lapsed'] ?? ''
        say(held.dataset['lapsed'] ?? '')
      },
      Number(held.dataset['left']),
    )
}

/** Looks again while the calendar is being written, ever slower, and not for ever. */
function watch(tries = 0): void {
  if (tries > 40 || !find('[data-poll]')) return
  setTimeout(
    () => {
      void visit(location.href, 'stay').then(() => {
        if (find('[data-poll]')) return watch(tries + 1)
        say(find('h1')?.textContent ?? '')
      })
    },
    Math.min(1000 * 1.15 ** tries, 10_000),
  )
}

/** The browser's own zone and the clock this visitor chose last time: asked for once, and only where the page was guessing. */
function begin(): void {
  const calendar = part('calendar')
  const address = new URL(location.href)
  if (calendar?.dataset['guessed'] !== undefined) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    if (zone && zone !== calendar.dataset['zone']) address.searchParams.set('zone', zone)
  }
  if (calendar && !address.searchParams.has('clock') && remembered() === '12') address.searchParams.set('clock', '12')
  if (address.href !== location.href) void visit(address.href, 'replace')
}

const CLOCK = 'ritrovo.clock'

/** Storage may be forbidden; then nothing is remembered. */
function remembered(value?: string): string | null {
  try {
    if (value !== undefined) localStorage.setItem(CLOCK, value)
    return localStorage.getItem(CLOCK)
  } catch {
    return null
  }
}

/** Cities to choose from, in the page's language, once somebody looks for one. */
async function fillZones(): Promise<void> {
  const list = find('#zones')
  const link = find<HTMLAnchorElement>('[data-zones]')
  if (!list || !link || list.childElementCount > 0) return
  const response = await fetch(link.href, { headers: { accept: 'text/html' } })
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const option of all<HTMLOptionElement>('#zone option', page)) {
    const entry = document.createElement('option')
    entry.value = option.text.split(' · ')[0] ?? ''
    entry.label = option.value
    list.append(entry)
  }
}

document.addEventListener('click', onClick)
document.addEventListener('keydown', onKey)
document.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement
  if (!form.dataset['live'] || event.defaultPrevented) return
  event.preventDefault()
  void send(form, event.submitter as HTMLButtonElement | null)
})
document.addEventListener('change', (event) => {
  const box = event.target as HTMLInputElement
  if (box.dataset?.['clock'] === undefined) return
  remembered(box.checked ? '12' : '24')
  box.form?.requestSubmit()
})
document.addEventListener('focusin', (event) => {
  if ((event.target as Element).id === 'zone') void fillZones().catch(() => undefined)
})
addEventListener('popstate', () => {
  void visit(location.href, 'stay').then((done) => (done ? undefined : location.reload()))
})

settle()
begin()
watch()
