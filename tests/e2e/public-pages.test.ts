import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as pages from '#server/bookings/pages.tsx'
import { launch } from './browser.ts'
import { buildIsland, startPreview, type Preview } from './preview-public.ts'
import { STATES } from './public-gallery.ts'
import { NOW } from './public-states.ts'

let preview: Preview
let browser: Browser
beforeAll(async () => {
  preview = await startPreview(pages, await buildIsland())
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  await preview.close()
})

const open = async (context: BrowserContext, state: string, lang = 'it'): Promise<Page> => {
  const page = await context.newPage()
  await page.clock.setFixedTime(NOW)
  await page.goto(`${preview.url}/states/${state}?lang=${lang}`)
  return page
}

type Violation = { id: string; nodes: { html: string; failureSummary?: string }[] }

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

async function violations(page: Page): Promise<string[]> {
  const run = `axe.run({ runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations)`
  const found = await page.evaluate<Violation[]>(run)
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

type Setting = { lang: 'it' | 'en'; width: number; colorScheme: 'light' | 'dark' }

const EVERY: Setting[] = (['it', 'en'] as const).flatMap((lang) =>
  [390, 1280].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ lang, width, colorScheme })),
  ),
)
// One of each kind of page in every combination; the others in two that show each language, width and theme.
const CROSSED = [
  'picker',
  'picker-taken',
  'form-errors',
  'booked',
  'cancel',
  'proposal',
  'landing',
  'message-failed',
]
const settingsOf = (state: string): Setting[] =>
  EVERY.filter(
    ({ lang, width, colorScheme }) =>
      CROSSED.includes(state) ||
      ((lang === 'it') === (width === 390) && (lang === 'it') === (colorScheme === 'light')),
  )

describe.each(Object.keys(STATES))('%s', (state) => {
  test('has nothing that axe objects to, in either language, theme or width', async () => {
    const context = await browser.newContext({ timezoneId: 'Europe/Rome', reducedMotion: 'reduce' })
    const found: string[] = []
    for (const [lang, settings] of Map.groupBy(settingsOf(state), (setting) => setting.lang)) {
      const page = await open(context, state, lang)
      await page.evaluate(axe.source)
      for (const { width, colorScheme } of settings) {
        await page.setViewportSize({ width, height: 800 })
        await page.emulateMedia({ colorScheme })
        found.push(...(await violations(page)).map((one) => `${lang} ${width} ${colorScheme} ${one}`))
      }
      await page.close()
    }
    await context.close()
    expect(found).toEqual([])
  })

  test('never scrolls sideways: at 320 px, and with text at 200 %', async () => {
    const context = await browser.newContext({
      timezoneId: 'Europe/Rome',
      viewport: { width: 320, height: 700 },
    })
    const page = await open(context, state)
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    const found = [await overflow()]
    await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
    for (const width of [640, 1280]) {
      await page.setViewportSize({ width, height: 700 })
      found.push(await overflow())
    }
    await context.close()
    expect(found).toEqual([0, 0, 0])
  })
})

test('targets are at least 44 px high on a phone, or stand in a line of text', async () => {
  const context = await browser.newContext({
    timezoneId: 'Europe/Rome',
    viewport: { width: 390, height: 844 },
    hasTouch: true,
  })
  const small: string[] = []
  for (const state of [
    'picker',
    'picker-several',
    'picker-zone',
    'form-long',
    'booked',
    'proposal',
    'cancel',
    'landing',
  ]) {
    const page = await open(context, state)
    small.push(
      ...(await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('a, button, summary, select, input:not([type=hidden])')]
          .filter((one) => one.checkVisibility() && !one.closest('.pot, p, .facts > li > a, .notice, h2'))
          .map((one) => ({ one, box: (one.closest('label') ?? one).getBoundingClientRect() }))
          .filter(({ box }) => box.height > 0 && box.height < 43.5)
          .map(({ one, box }) => `${location.pathname} ${one.outerHTML.slice(0, 80)} ${box.height}`),
      )),
    )
    await page.close()
  }
  await context.close()
  expect(small).toEqual([])
})

test('the first view weighs no more than 60 kB, its script no more than 10, and nothing comes from elsewhere', async () => {
  const context = await browser.newContext({ timezoneId: 'Europe/Rome' })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  const sizes = new Map<string, number>()
  const names = new Map<string, string>()
  session.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, response.url))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    sizes.set(names.get(requestId) ?? requestId, encodedDataLength),
  )
  await page.goto(`${preview.url}/giulia/consulenza?lang=it&zone=Europe/Rome`, { waitUntil: 'networkidle' })
  await context.close()
  const foreign = [...sizes.keys()].filter((url) => !url.startsWith(preview.url) && !url.startsWith('data:'))
  const total = [...sizes]
    .filter(([url]) => url.startsWith(preview.url))
    .reduce((sum, [, size]) => sum + size, 0)
  expect(foreign).toEqual([])
  expect(total).toBeGreaterThan(20_000)
  expect(total).toBeLessThan(60_000)
  expect([...sizes].find(([url]) => url.endsWith('.js'))![1]).toBeLessThan(10_000)
})

test('days and times have their whole name for a screen reader', async () => {
  const context = await browser.newContext({ timezoneId: 'Europe/Rome' })
  const page = await open(context, 'picker')
  await page.getByRole('grid', { name: 'Scegli un giorno 16 nov – 20 dic 2026' }).waitFor()
  const names = {
    day: await page.getByRole('link', { name: 'mercoledì 25 novembre, 8 orari liberi' }).count(),
    chosen: await page
      .getByRole('gridcell', { name: 'mercoledì 25 novembre, 8 orari liberi', selected: true })
      .count(),
    today: await page
      .getByRole('gridcell', { name: 'domenica 22 novembre, oggi, Nessun orario libero' })
      .count(),
    slot: await page.getByRole('button', { name: 'mercoledì 25 novembre, 10:00', exact: true }).count(),
    morning: await page.getByRole('list', { name: 'Mattina' }).getByRole('listitem').count(),
    headings: await page.getByRole('heading').allTextContents(),
  }
  await context.close()
  expect(names).toEqual({
    day: 1,
    chosen: 1,
    today: 1,
    slot: 1,
    morning: 4,
    headings: [
      'Consulenza iniziale',
      'Il prima possibile',
      '16 nov – 20 dic 2026',
      'mercoledì 25 novembre',
      'Mattina',
      'Pomeriggio',
    ],
  })
})

test('with forced colours every control still has an edge, and the chosen day differs', async () => {
  const context = await browser.newContext({ timezoneId: 'Europe/Rome', forcedColors: 'active' })
  const page = await open(context, 'picker')
  const seen = await page.evaluate(() => {
    const look = (selector: string) => getComputedStyle(document.querySelector(selector)!)
    return {
      day: look('a.date[data-starts]:not([aria-current])').borderStyle,
      slot: look('.slot').borderStyle,
      differs:
        look('a.date[aria-current]').backgroundColor !==
        look('a.date[data-starts]:not([aria-current])').backgroundColor,
    }
  })
  await context.close()
  expect(seen).toEqual({ day: 'solid', slot: 'solid', differs: true })
})

test('mirrored, the weeks run from the right and nothing overflows', async () => {
  const context = await browser.newContext({
    timezoneId: 'Europe/Rome',
    viewport: { width: 390, height: 800 },
  })
  const page = await open(context, 'form-errors')
  const seen = await page.evaluate(() => {
    document.documentElement.dir = 'rtl'
    const [first, second] = [...document.querySelectorAll('.weeks td')].map(
      (cell) => cell.getBoundingClientRect().left,
    )
    return {
      mirrored: first! > second!,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }
  })
  await context.close()
  expect(seen).toEqual({ mirrored: true, overflow: 0 })
})
