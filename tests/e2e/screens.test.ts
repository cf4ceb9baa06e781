import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { speak } from '#core/locale/say.ts'
import { publicWords } from '#core/locale/words/public.ts'
import { openBrowser, startProduct, type Product } from './product.ts'

// Every screen of the demo company, looked at by axe-core and photographed: languages × widths × themes.
const SHOTS = join(import.meta.dirname, '..', '..', 'test-results')
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const LOOKS = [
  { locale: 'it', width: 390, dark: false },
  { locale: 'it', width: 1280, dark: true },
  { locale: 'en', width: 390, dark: true },
  { locale: 'en', width: 1280, dark: false },
] as const

let browser: Browser
let product: Product

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  ;[browser, product] = await Promise.all([openBrowser(), startProduct({}, ['--demo'])])
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

const contextOf = ({ locale, width, dark }: (typeof LOOKS)[number], javaScriptEnabled = true): Promise<BrowserContext> =>
  browser.newContext({ viewport: { width, height: 844 }, locale: locale === 'it' ? 'it-IT' : 'en-GB', timezoneId: 'Europe/Rome', colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', bypassCSP: true, javaScriptEnabled })

type Finding = { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }

/** What axe-core finds wrong by WCAG 2.2 A and AA; nothing is what we want. */
async function axe(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: AXE })
  const found = (await page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((result) => result.violations)`)) as Finding[]
  return found.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(' ')} — ${node.failureSummary.split('\n').slice(1).join(' ').slice(0, 200)}`))
}

async function look(page: Page, name: string): Promise<string[]> {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await sleep(150)
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
  const sideways = (await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number
  // As tall as the page: a bar fixed to the bottom covers what is under it only until one scrolls.
  const { width } = page.viewportSize()!
  await page.setViewportSize({ width, height: Math.max(844, Number(await page.evaluate('document.documentElement.scrollHeight'))) })
  await sleep(100)
  const findings = await axe(page)
  await page.setViewportSize({ width, height: 844 })
  return [...findings, ...(sideways > 1 ? [`scrolls sideways by ${sideways} px`] : [])].map((finding) => `${name} ${finding}`)
}

const APP = { today: '/app', meetings: '/app/meetings', contacts: '/app/contacts', profile: '/app/settings/profile', email: '/app/settings/email', calendar: '/app/settings/calendar', availability: '/app/settings/availability', notifications: '/app/settings/notifications', security: '/app/settings/security', team: '/app/team', outbox: '/app/outbox' }

describe.each(LOOKS)('in $locale at $width px, dark $dark', (looks) => {
  const name = `${looks.locale}-${looks.width}-${looks.dark ? 'dark' : 'light'}`

  test('axe finds nothing on the visitor’s pages, and none scrolls sideways', async () => {
    const context = await contextOf(looks)
    const page = await context.newPage()
    const findings: string[] = []
    await page.goto(`${product.url}/giulia-ferri`)
    findings.push(...(await look(page, `landing-${name}`)))
    await page.goto(`${product.url}/giulia-ferri/demo`)
    findings.push(...(await look(page, `times-${name}`)))
    await page.locator('button[name=slot]').first().click()
    await page.locator('input[name=name]').waitFor()
    findings.push(...(await look(page, `form-${name}`)))
    await page.goto(`${product.url}/privacy`)
    findings.push(...(await look(page, `privacy-${name}`)))
    await page.goto(`${product.url}/nobody/here`)
    findings.push(...(await look(page, `missing-${name}`)))
    expect(findings).toEqual([])
    await context.close()
  })

  test('axe finds nothing in the app, and no screen scrolls sideways', async () => {
    const context = await contextOf(looks)
    const page = await context.newPage()
    const findings: string[] = []
    await page.goto(`${product.url}/login`)
    findings.push(...(await look(page, `login-${name}`)))
    const signedIn = await context.request.post(`${product.url}/api/v1/sessions`, { data: { email: 'giulia@example.org', password: 'practice makes perfect' }, headers: { 'x-ritrovo': '1' } })
    expect(signedIn.status()).toBe(201)
    await context.request.patch(`${product.url}/api/v1/me`, { data: { locale: looks.locale, theme: looks.dark ? 'dark' : 'light' }, headers: { 'x-ritrovo': '1' } })
    const { pages } = (await (await context.request.get(`${product.url}/api/v1/pages`)).json()) as { pages: { id: string }[] }
    const { bookings } = (await (await context.request.get(`${product.url}/api/v1/bookings`)).json()) as { bookings: { id: string; contact: { id: string } | null }[] }
    const screens = { ...APP, editor: `/app/pages/${pages[0]!.id}`, meeting: `/app/meetings/${bookings[0]!.id}`, contact: `/app/contacts/${bookings[0]!.contact!.id}` }
    for (const [screen, path] of Object.entries(screens)) {
      await page.goto(product.url + path)
      await page.locator('h1').first().waitFor()
      findings.push(...(await look(page, `${screen}-${name}`)))
    }
    expect(findings).toEqual([])
    await context.close()
  })
})

test('a public page weighs 60 kB at the most, all in, with 10 kB of script', async () => {
  const context = await browser.newContext({ locale: 'it-IT' })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  const scripts: string[] = []
  page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()))
  await page.goto(`${product.url}/giulia-ferri/demo?zone=Europe/Rome`, { waitUntil: 'networkidle' })
  expect(bytes).toBeGreaterThan(5000)
  expect(bytes).toBeLessThanOrEqual(60_000)
  expect(scripts.every((script) => script.startsWith(product.url))).toBe(true)
  await context.close()
})

test('two clicks and no more lead from the page to a booking, and no cookie is set', async () => {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Rome' })
  const page = await context.newPage()
  await page.goto(`${product.url}/giulia-ferri/demo`)
  await page.locator('button[name=slot]').first().click()
  await page.locator('input[name=name]').fill('Tess Mann')
  await page.locator('input[name=email]').fill('tess@example.com')
  await page.getByRole('button', { name: speak(publicWords, 'en')('book.confirm'), exact: true }).click()
  await page.waitForURL(/\/b\//)
  expect(await context.cookies()).toEqual([])
  await context.close()
})

test('whoever loses the race sees the nearest times and retypes nothing', async () => {
  const say = speak(publicWords, 'en')
  const contexts = await Promise.all([1, 2].map(() => browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Rome', javaScriptEnabled: false })))
  const [first, second] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page]
  // The second opened the form without a hold, as a link in a letter may.
  await first.goto(`${product.url}/giulia-ferri/incontro`)
  const slot = await first.locator('button[name=slot]').first().getAttribute('value')
  await second.goto(`${product.url}/giulia-ferri/incontro?slot=${slot}`)
  await second.locator('input[name=name]').fill('Slow Visitor')
  await second.locator('input[name=email]').fill('slow@example.com')
  await first.locator('button[name=slot]').first().click()
  await first.locator('input[name=name]').fill('Quick Visitor')
  await first.locator('input[name=email]').fill('quick@example.com')
  await first.getByRole('button', { name: say('book.confirm'), exact: true }).click()
  await first.waitForURL(/\/b\//)
  await second.getByRole('button', { name: say('book.confirm'), exact: true }).click()
  await second.getByRole('alert').waitFor()
  await second.screenshot({ path: join(SHOTS, 'taken.png'), fullPage: true })
  await second.getByRole('alert').locator('button[name=slot]').first().click()
  await second.locator('input[name=name]').waitFor()
  expect(await second.locator('input[name=name]').inputValue()).toBe('Slow Visitor')
  expect(await second.locator('input[name=email]').inputValue()).toBe('slow@example.com')
  await Promise.all(contexts.map((context) => context.close()))
})
