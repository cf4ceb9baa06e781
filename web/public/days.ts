import { all, find, part, say, wasShown } from './page.ts'

/** A day's starts, as the server packed them: minutes, each after the one before. */
function startsOf(day: HTMLElement): number[] {
  let minute = 0
  return (day.dataset['starts'] ?? '').split(',').map((step) => (minute += Number(step)) * 60_000)
}

/** The server's own choices of format: core/locale/dates.ts. */
function clockOf(zone: string | undefined, hour12: boolean) {
  const tag = document.documentElement.lang === 'it' ? 'it-IT' : 'en-GB'
  const time = { hour: '2-digit', minute: '2-digit', timeZone: zone } as const
  const format = new Intl.DateTimeFormat(tag, hour12 ? { ...time, hour12 } : { ...time, hourCycle: 'h23' })
  const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: zone })
  const offset = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset', timeZone: zone })
  return {
    time: (start: number) => format.format(start),
    period: (start: number) => {
      const at = Number(hour.format(start))
      return at < 12 ? 0 : at < 18 ? 1 : 2
    },
    offset: (start: number) =>
      offset.formatToParts(start).find(({ type }) => type === 'timeZoneName')?.value ?? '',
  }
}

function list(into: HTMLElement, date: string, starts: number[], clock: ReturnType<typeof clockOf>): void {
  const names = (into.dataset['slots'] ?? '').split('|')
  const texts = starts.map(clock.time)
  const periods: number[] = starts.map(clock.period)
  into.replaceChildren()
  for (const [period, name] of names.entries()) {
    if (!periods.includes(period)) continue
    const heading = document.createElement('h3')
    heading.id = `period-${period}`
    heading.textContent = name
    const slots = document.createElement('ul')
    slots.className = 'slots'
    slots.setAttribute('aria-labelledby', heading.id)
    for (const [index, start] of starts.entries()) {
      if (periods[index] !== period) continue
      // In the hour that happens twice, two times read alike: each says its offset.
      const twice = texts.indexOf(texts[index]!) !== texts.lastIndexOf(texts[index]!)
      const text = twice ? `${texts[index]} ${clock.offset(start)}` : texts[index]!
      const button = document.createElement('button')
      button.name = 'slot'
      button.value = String(start)
      button.className = 'slot'
      button.textContent = text
      button.setAttribute('aria-label', `${date}, ${text}`)
      slots.appendChild(document.createElement('li')).append(button)
    }
    into.append(heading, slots)
  }
}

/** Whatever leads on from this page leads on from this day. */
function keepDay(day: HTMLAnchorElement): void {
  const chosen = new URL(day.href).searchParams
  for (const name of ['day', 'week'])
    for (const field of all(`input[type=hidden][name=${name}]`))
      if (field instanceof HTMLInputElement) field.value = chosen.get(name) ?? ''
  const language = find('.top a')
  if (!(language instanceof HTMLAnchorElement)) return
  const other = new URL(language.href)
  for (const name of ['day', 'week']) other.searchParams.set(name, chosen.get(name) ?? '')
  language.href = other.href
}

/** Lists another day's times from what the page already has. The focus stays where it is; false where the server must be asked. */
export function choose(day: HTMLAnchorElement): boolean {
  const into = find('[data-slots]')
  const heading = find('#panel')
  const calendar = part('calendar')
  if (!into || !heading || !calendar || !day.dataset['starts']) return false
  // The day's name is "Wednesday 25 November, 8 times available".
  const label = (day.getAttribute('aria-label') ?? '').split(', ')
  const date = label[0] ?? ''
  list(into, date, startsOf(day), clockOf(calendar.dataset['zone'], calendar.dataset['hour12'] !== undefined))
  heading.textContent = date
  const note = find('.day [data-dst]')
  if (note) note.hidden = day.dataset['dst'] === undefined
  for (const other of all('a.date[aria-current]')) other.removeAttribute('aria-current')
  day.setAttribute('aria-current', 'true')
  keepDay(day)
  wasShown(day.href, 'replace')
  say(`${label.at(-1)}, ${date}`)
  // On a phone the times are below the weeks: bring them in, without taking the focus there.
  if (heading.getBoundingClientRect().top > innerHeight - 80) {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    heading.scrollIntoView({ block: 'center', behavior: still ? 'auto' : 'smooth' })
  }
  return true
}
