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
const WIDTHS = [1280, 390] as const
const THEMES = ['light', 'dark'] as const
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
  const found = await page.evaluate<Violation[]>(`axe.run({ runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations)`)
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`)
}

// Keys look like this; a sentence never does.
const RAW_KEY = /\b(?:nav|do|cal|page|pages|meeting|today|team|setup|editor|hours|problem|err|booking|timeline|contact|outbox)\.[a-z_]+(?:\.[a-z_]+)*\b(?!\.example)/

describe.each(Object.entries(SCREENS))('%s', (name, { scene, path, then }) => {
  test.each(['it', 'en'] as const)('can be used by everyone and fits every width, in %s', async (locale) => {
    const preview = await startPreview({ scene, locale, web })
    const context = await browser.newContext({ timezoneId: 'Europe/Rome', locale: locale === 'it' ? 'it-IT' : 'en-GB', viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' })
    const page = await context.newPage()
    const told: string[] = []
    page.on('pageerror', (error) => told.push(error.message))
    page.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && told.push(message.text()))
    await page.clock.setFixedTime(NOW)
    await page.goto(preview.url + path)
    await page.waitForLoadState('networkidle')
    await then?.(page)
    await page.waitForLoadState('networkidle')
    await page.evaluate(axe.source)
    for (const width of WIDTHS)
      for (const colorScheme of THEMES) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 860 })
        await page.emulateMedia({ colorScheme })
        expect(await violations(page), `${width} ${colorScheme}`).toEqual([])
        if (FOLDER) await page.screenshot({ path: `${FOLDER}/${name}-${locale}-${width}-${colorScheme}.png`, fullPage: true })
      }
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `no sideways scrolling at ${width}`).toBe(width)
    }
    expect((await page.locator('body').innerText()).match(RAW_KEY)).toBeNull()
    expect(await page.title()).not.toBe('Ritrovo')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale)
    expect(told).toEqual([])
    await context.close()
    await preview.close()
  })
})
