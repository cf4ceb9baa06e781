import { mkdirSync } from 'node:fs'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SCREENS } from './app-gallery.ts'
import { launch } from './browser.ts'
import { buildApp } from './build-app.ts'
import { startPreview } from './preview-app.ts'
import { NOW } from './preview-data.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
// Every theme with every width and every language; EVERY=1 crosses all three.
const ROUNDS = {
  it: [
    [1280, 'light'],
    [390, 'dark'],
  ],
  en: [
    [1280, 'dark'],
    [390, 'light'],
  ],
} as const
const CROSSED = [
  [1280, 'light'],
  [1280, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const
const EVERY = Boolean(process.env['EVERY'])
// To look at them all: SCREENSHOTS=folder npm test -- app-screens
const FOLDER = process.env['SCREENSHOTS']

let web: string
let browser: Browser
beforeAll(async () => {
  web = await buildApp()
  browser = await launch()
  if (FOLDER) mkdirSync(FOLDER, { recursive: true })
})
afterAll(() => browser.close())

type Violation = { id: string; nodes: { html: string; failureSummary?: string }[] }

async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate<Violation[]>(
    `axe.run({ runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations)`,
  )
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
  )
}

// Answers that are part of the scene; and the letter's frame, which rightly refuses the test's own script.
const EXPECTED = /status of 4\d\d|Blocked script execution in '[^']*\/html'/

// Keys look like this; a sentence never does.
const RAW_KEY =
  /\b(?:nav|do|cal|way|landing|apps|inboxes|ledger|changes|page|pages|meeting|today|team|setup|editor|hours|problem|err|booking|timeline|contact|outbox)\.[a-z_]+(?:\.[a-z_]+)*\b(?!\.example)/

describe.each(Object.entries(SCREENS))('%s', (name, { path, then, ...options }) => {
  test.each(['it', 'en'] as const)('can be used by everyone and fits every width, in %s', async (locale) => {
    const preview = await startPreview({ ...options, locale, web })
    const context = await browser.newContext({
      timezoneId: 'Europe/Rome',
      locale: locale === 'it' ? 'it-IT' : 'en-GB',
      viewport: { width: 1280, height: 860 },
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    const told: string[] = []
    page.on('pageerror', (error) => told.push(error.message))
    page.on(
      'console',
      (message) => message.type() === 'error' && !EXPECTED.test(message.text()) && told.push(message.text()),
    )
    await page.clock.setFixedTime(NOW)
    await page.goto(preview.url + path)
    await page.waitForLoadState('networkidle')
    await then?.(page)
    await page.waitForTimeout(300)
    await page.evaluate(axe.source)
    for (const [width, colorScheme] of EVERY ? CROSSED : ROUNDS[locale]) {
      await page.emulateMedia({ colorScheme })
      // As tall as the page: bars that stick to an edge would lie over what is only waiting to be scrolled to.
      await page.setViewportSize({ width, height: 844 })
      await page.setViewportSize({
        width,
        height: Math.max(844, await page.evaluate(() => document.documentElement.scrollHeight)),
      })
      await page.waitForTimeout(150)
      expect(await violations(page), `${width} ${colorScheme}`).toEqual([])
      if (FOLDER) await page.screenshot({ path: `${FOLDER}/${name}-${locale}-${width}-${colorScheme}.png` })
    }
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 })
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth),
        `no sideways scrolling at ${width}`,
      ).toBe(width)
    }
    expect((await page.locator('body').innerText()).match(RAW_KEY)).toBeNull()
    expect(await page.title()).not.toBe('Ritrovo')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale)
    expect(told).toEqual([])
    await context.close()
    await preview.close()
  })
})
