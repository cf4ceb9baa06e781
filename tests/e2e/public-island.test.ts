import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import * as pages from '#server/bookings/pages.tsx'
import { launch } from './browser.ts'
import { buildIsland, startPreview, type Preview } from './preview-public.ts'
import { NOW, TEN } from './public-states.ts'

let script: string
let browser: Browser
let preview: Preview
let context: BrowserContext
beforeAll(async () => {
  script = await buildIsland()
  browser = await launch()
})
beforeEach(async () => {
  preview = await startPreview(pages, script)
})
afterEach(async () => {
  await context.close()
  await preview.close()
})
afterAll(() => browser.close())

const PAGE = '/giulia/consulenza?lang=en&zone=Europe%2FRome'

async function open(address = PAGE, options: BrowserContextOptions = {}): Promise<Page> {
  context = await browser.newContext({
    timezoneId: 'Europe/Rome',
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    ...options,
  })
  const page = await context.newPage()
  page.on('pageerror', (error) => expect.unreachable(error.message))
  if (options.javaScriptEnabled !== false) await page.clock.setFixedTime(NOW)
  await page.goto(preview.url + address)
  return page
}

/** What has the focus, in a few words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      `${document.activeElement?.tagName} ${document.activeElement?.id || document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent?.slice(0, 40)}`,
  )
const slotValues = (page: Page) =>
  page.locator('.panel .slot').evaluateAll((slots) => slots.map((slot) => slot.getAttribute('value')))
const fill = async (page: Page) => {
  await page.getByLabel('Name and surname').fill('Mario Rossi')
  await page.getByLabel('E-mail').fill('mario@example.it')
}

test('without script a meeting is booked, with errors shown beside what was typed', async () => {
  const page = await open(PAGE, { javaScriptEnabled: false })
  await page.getByRole('link', { name: 'Wednesday 25 November, 8 times available' }).click()
  await page.getByRole('button', { name: 'Wednesday 25 November, 10:00' }).click()
  await page.getByRole('heading', { name: 'Your details' }).waitFor()
  await page.getByLabel('Name and surname').fill('Mario Rossi')
  await page.getByLabel('E-mail').fill('mario@')
  await page.getByLabel('Di cosa vorresti parlare?').fill('Il sito nuovo')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('One thing to correct').waitFor()
  expect(await page.getByLabel('Di cosa vorresti parlare?').inputValue()).toBe('Il sito nuovo')
  expect(await page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true')
  await page.getByLabel('E-mail').fill('mario@example.it')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('heading', { name: 'We are writing it into Giulia’s calendar' }).waitFor()
  expect(preview.world.taken.has(TEN)).toBe(true)
  // The page looks again by itself and tells the news once it is true.
  preview.world.standing = true
  await page.getByRole('heading', { name: 'See you on Wednesday, Mario' }).waitFor({ timeout: 10_000 })
})

test('without script another week, zone, clock and time can be had, and nothing typed is lost', async () => {
  const page = await open(PAGE, { javaScriptEnabled: false })
  await page.getByRole('link', { name: 'Later weeks' }).click()
  await page.getByRole('heading', { name: '21 Dec 2026 – 24 Jan 2027' }).waitFor()
  await page.getByRole('link', { name: 'Earlier weeks' }).click()
  await page.getByText('Change time zone').click()
  await page.getByLabel('City or time zone').fill('Londra')
  await page.getByRole('button', { name: 'Use this time zone' }).click()
  await page.getByText('United Kingdom Time (London)').waitFor()
  await page.getByLabel('12-hour clock').check()
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('link', { name: 'Wednesday 25 November, 8 times available' }).click()
  await page.getByRole('button', { name: 'Wednesday 25 November, 09:00 am' }).click()
  await fill(page)
  await page.getByRole('button', { name: 'Change time' }).click()
  await page.getByRole('button', { name: 'Wednesday 25 November, 08:00 am' }).click()
  expect(await page.getByLabel('Name and surname').inputValue()).toBe('Mario Rossi')
  expect(await page.getByLabel('E-mail').inputValue()).toBe('mario@example.it')
})

test('a city nobody knows opens the whole list, without script too', async () => {
  const page = await open('/giulia/consulenza?lang=en&zone=Atlantis', { javaScriptEnabled: false })
  await page.getByText('We do not know “⁨Atlantis⁩”.').waitFor()
  await page.getByRole('combobox', { name: 'Time zone' }).selectOption('Asia/Tokyo')
  await page.getByRole('button', { name: 'Use this time zone' }).click()
  await page.getByText('Japan Standard Time (Tokyo)').waitFor()
})

test('a quick pick is two clicks, a day three, typing apart', async () => {
  const page = await open()
  let clicks = 0
  const click = async (name: string | RegExp, role: 'button' | 'link' = 'button') => {
    clicks++
    await page.getByRole(role, { name }).first().click()
  }
  await click(/^Mon 23 Nov, 09:30/)
  await fill(page)
  await click('Confirm')
  await page.waitForURL(/\/b\/T0ken/)
  expect(clicks).toBe(2)
  clicks = 0
  await page.goto(preview.url + PAGE)
  await click(/^Wednesday 25 November/, 'link')
  await click('Wednesday 25 November, 10:00')
  await fill(page)
  await click('Confirm')
  await page.waitForURL(/\/b\/T0ken/)
  expect(clicks).toBe(3)
})

test('the keyboard alone books in at most ten keys, typing apart', async () => {
  const page = await open()
  let keys = 0
  const press = async (key: string) => {
    keys++
    await page.keyboard.press(key)
  }
  for (let tries = 0; tries < 10 && !(await focused(page)).startsWith('BUTTON'); tries++) await press('Tab')
  await press('Enter')
  await page.getByRole('heading', { name: 'Your details' }).waitFor()
  expect(await focused(page)).toBe('H2 panel')
  await press('Tab')
  await page.keyboard.type('Mario Rossi')
  await press('Tab')
  await page.keyboard.type('mario@example.it')
  await press('Enter')
  await page.waitForURL(/\/b\/T0ken/)
  expect(keys).toBeLessThanOrEqual(10)
})

test('choosing a day asks the server nothing, moves no focus and is told politely', async () => {
  const page = await open()
  const before = preview.world.seen.length
  const day = page.getByRole('link', { name: 'Wednesday 25 November, 8 times available' })
  await day.click()
  await page.getByRole('button', { name: 'Wednesday 25 November, 10:00' }).waitFor()
  expect(preview.world.seen.length).toBe(before)
  expect(await focused(page)).toBe('A Wednesday 25 November, 8 times available')
  expect(await page.getByRole('status').textContent()).toBe('8 times available, Wednesday 25 November')
  expect(await page.locator('h2#panel').textContent()).toBe('Wednesday 25 November')
  expect(new URL(page.url()).searchParams.get('day')).toBe('2026-11-25')
  // What the script lists is what the server would have listed.
  const listed = await page.locator('.panel').innerText()
  const values = await slotValues(page)
  await page.reload()
  expect(await page.locator('.panel').innerText()).toBe(listed)
  expect(await slotValues(page)).toEqual(values)
})

test('D03 in the hour that happens twice the script labels times as the server does', async () => {
  const page = await open('/states/picker-clock-change?lang=en')
  const server = await page.locator('.panel .slot').allTextContents()
  await page.getByRole('link', { name: /^Sunday 25 October/ }).click()
  expect(await page.locator('.panel .slot').allTextContents()).toEqual(server)
  expect(server).toContain('02:30 GMT+2')
})

test('the weeks are a grid: arrows walk it, one stop for Tab, page keys turn it', async () => {
  const page = await open()
  await page.getByRole('link', { name: 'Wednesday 25 November, 8 times available' }).click()
  const walk = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
    return focused(page)
  }
  expect(await walk('ArrowRight')).toContain('Thursday 26 November')
  expect(await walk('ArrowDown')).toContain('Thursday 3 December')
  expect(await walk('Home')).toContain('Monday 30 November')
  expect(await walk('End')).toContain('Sunday 6 December')
  expect(await walk('ArrowUp', 'ArrowLeft', 'ArrowLeft')).toContain('Friday 27 November')
  expect(await page.locator('.weeks [tabindex="0"]').count()).toBe(1)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Friday 27 November, 09:00' }).waitFor()
  await page.keyboard.press('PageDown')
  await page.getByRole('grid', { name: 'Pick a day 21 Dec 2026 – 24 Jan 2027' }).waitFor()
  await expect.poll(() => focused(page)).toContain('Friday 1 January')
  await page.goBack()
  await page.getByRole('grid', { name: 'Pick a day 16 Nov – 20 Dec 2026' }).waitFor()
})

test('weeks turn without leaving the page; the focus stays on the arrow', async () => {
  const page = await open()
  await page.getByRole('link', { name: 'Later weeks' }).click()
  await page.getByRole('grid', { name: 'Pick a day 21 Dec 2026 – 24 Jan 2027' }).waitFor()
  expect(await focused(page)).toBe('A Later weeks')
  expect(await page.getByRole('status').textContent()).toBe('21 Dec 2026 – 24 Jan 2027')
})

test('who loses the race sees the nearest times, and has typed nothing in vain', async () => {
  const page = await open()
  await page.getByRole('link', { name: 'Wednesday 25 November, 8 times available' }).click()
  await page.getByRole('button', { name: 'Wednesday 25 November, 10:00' }).click()
  await fill(page)
  preview.world.taken.add(TEN)
  await page.getByRole('button', { name: 'Confirm' }).click()
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.innerText()).toContain(
    'Someone was quicker. 10:00 has just gone; your details are safe.',
  )
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('alert')
  expect(await alert.getByRole('button').allInnerTexts()).toEqual(['09:00\n−1 h', '09:30\n−30 min'])
  await alert.getByRole('button', { name: 'Wednesday 25 November, 09:30, −30 min' }).click()
  await page.getByRole('heading', { name: 'Your details' }).waitFor()
  expect(await page.getByLabel('Name and surname').inputValue()).toBe('Mario Rossi')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.waitForURL(/\/b\/T0ken/)
})

test('another day from the form keeps what was typed', async () => {
  const page = await open()
  await page.getByRole('button', { name: /^Mon 23 Nov, 09:30/ }).click()
  await page.getByRole('heading', { name: 'Your details' }).waitFor()
  await fill(page)
  await page.getByRole('link', { name: 'Wednesday 25 November, 8 times available' }).click()
  await page.getByRole('button', { name: 'Wednesday 25 November, 10:00' }).click()
  await page.getByRole('heading', { name: 'Your details' }).waitFor()
  expect(await page.getByLabel('E-mail').inputValue()).toBe('mario@example.it')
})

test('errors come into the column, in focus, each with a way to its field', async () => {
  const page = await open()
  await page.getByRole('button', { name: /^Mon 23 Nov, 09:30/ }).click()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('2 things to correct').waitFor()
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('alert')
  await page.getByRole('alert').getByRole('link', { name: 'E-mail' }).click()
  expect(await focused(page)).toBe('INPUT email')
})

test('a submit that is clicked twice is sent once, and the button says to wait', async () => {
  const page = await open()
  await page.getByRole('button', { name: /^Mon 23 Nov, 09:30/ }).click()
  await fill(page)
  await page.getByRole('button', { name: 'Confirm' }).dblclick()
  await page.waitForURL(/\/b\/T0ken/)
  expect(preview.world.seen.filter(({ path }) => path.endsWith('/book')).length).toBe(1)
})

test('when fetching fails the plain form goes its way, with the same key', async () => {
  const page = await open()
  await page.getByRole('button', { name: /^Mon 23 Nov, 09:30/ }).click()
  await fill(page)
  await page.evaluate(() => {
    window.fetch = () => Promise.reject(new TypeError('offline'))
  })
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.waitForURL(/\/b\/T0ken/)
  const [sent] = preview.world.seen.filter(({ path }) => path.endsWith('/book'))
  expect(new URLSearchParams(sent!.body).get('key')).toMatch(/^[0-9a-f-]{36}$/)
})

test('a page never says confirmed before the calendar has it, then says so by itself, once', async () => {
  const page = await open('/b/T0ken?new=1&lang=en')
  await page.getByRole('heading', { name: 'We are writing it into Giulia’s calendar' }).waitFor()
  expect(await page.locator('body').innerText()).not.toMatch(/confirmed|see you/i)
  preview.world.standing = true
  await page.getByRole('heading', { name: 'See you on Wednesday, Mario' }).waitFor({ timeout: 10_000 })
  await expect.poll(() => page.getByRole('status').textContent()).toBe('See you on Wednesday, Mario')
  await page.getByText('Add to calendar').click()
  expect(await page.getByRole('link', { name: 'Calendar file (.ics)' }).getAttribute('href')).toBe(
    '/b/T0ken/event.ics',
  )
})

test('the browser’s own zone is taken once where the page was guessing, and never over a choice', async () => {
  const page = await open('/giulia/consulenza?lang=en', { timezoneId: 'America/New_York' })
  await page.getByText('Eastern Time (New York)').waitFor()
  expect(new URL(page.url()).searchParams.get('zone')).toBe('America/New_York')
  await page.goto(preview.url + PAGE)
  await page.getByText('Italy time (Rome)').waitFor()
  const asked = preview.world.seen.length
  await page.waitForTimeout(300)
  expect(preview.world.seen.length).toBe(asked)
})

test('the twelve-hour clock is remembered on this device, without a cookie', async () => {
  const page = await open()
  await page.getByLabel('12-hour clock').check()
  await page
    .getByRole('button', { name: /09:30 am/ })
    .first()
    .waitFor()
  await page.goto(preview.url + PAGE)
  await page
    .getByRole('button', { name: /09:30 am/ })
    .first()
    .waitFor()
  expect(await context.cookies()).toEqual([])
})

test('cities to choose from are in the language of the page', async () => {
  const page = await open('/giulia/consulenza?lang=it&zone=Europe%2FRome')
  await page.getByText('Cambia fuso orario').click()
  await page.getByLabel('Città o fuso orario').focus()
  await expect.poll(() => page.locator('#zones option').count()).toBeGreaterThan(400)
  expect(await page.locator('#zones option[label="Europe/London"]').getAttribute('value')).toBe('Londra')
  await page.getByLabel('Città o fuso orario').fill('Londra')
  await page.keyboard.press('Enter')
  await page.locator('.zone p', { hasText: 'Ora Regno Unito (Londra)' }).waitFor()
})

test('a hold that has lapsed says so', async () => {
  const page = await open('/giulia/consulenza?lang=en&zone=Europe%2FRome', {})
  await page.clock.install({ time: NOW })
  await page.getByRole('button', { name: /^Mon 23 Nov, 09:30/ }).click()
  await page.getByText('Held for you until 18:10').waitFor()
  await page.clock.fastForward(11 * 60_000)
  await page.locator('.chip', { hasText: 'No longer held for you, but you can still try.' }).waitFor()
})

test('another language or length keeps the focus on what was changed, and what was typed', async () => {
  const page = await open()
  await page.getByRole('button', { name: /^Mon 23 Nov, 09:30/ }).click()
  await fill(page)
  await page.getByRole('link', { name: 'Italiano' }).click()
  await page.getByRole('heading', { name: 'Il prima possibile' }).waitFor()
  expect(await focused(page)).toBe('A English')
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('it')
  await page.getByRole('button', { name: /^lun 23 nov, 09:30/ }).click()
  await page.getByRole('heading', { name: 'I tuoi dati' }).waitFor()
  expect(await page.getByLabel('Nome e cognome').inputValue()).toBe('Mario Rossi')
})

test('of two steps taken at once the later stands, and none goes the plain way', async () => {
  const page = await open()
  await page.evaluate(() => {
    document.documentElement.dataset['same'] = 'document'
    for (const name of ['on', 'on', 'on']) document.querySelector<HTMLElement>(`[data-turn=${name}]`)?.click()
  })
  await page.getByRole('grid', { name: 'Pick a day 21 Dec 2026 – 24 Jan 2027' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.dataset['same'])).toBe('document')
})

test('a link pressed while a submit is on its way does not overtake its answer', async () => {
  const page = await open()
  await page.getByRole('button', { name: /^Mon 23 Nov, 09:30/ }).click()
  await fill(page)
  await page.evaluate(() => {
    document.querySelector<HTMLElement>('.act button')?.click()
    document.querySelector<HTMLElement>('[data-turn=on]')?.click()
  })
  await page.waitForURL(/\/b\/T0ken/)
})
