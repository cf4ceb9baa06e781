import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import ICAL from 'ical.js'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { speak } from '#core/locale/say.ts'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import { publicWords } from '#core/locale/words/public.ts'
import type { Locale } from '#core/locale/locale.ts'
import { startAiosmtpd, type MailServer } from '../counterparts/aiosmtpd.ts'
import { readWithPython } from '../counterparts/python-caldav.ts'
import { startRadicale, type CalendarServer } from '../counterparts/radicale.ts'
import { openBrowser, startProduct, type Product } from './product.ts'

// One journey, as a stranger would walk it: everything real, in order; each step needs the one before.
let browser: Browser
let product: Product
let radicale: CalendarServer
let mail: MailServer
let host: Page

const SHOTS = join(import.meta.dirname, '..', '..', 'test-results')
const HOST: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Rome' }

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  ;[browser, radicale, mail] = await Promise.all([openBrowser(), startRadicale({ calendars: ['work', 'family'] }), startAiosmtpd()])
  product = await startProduct({ ...mail.env, RITROVO_EGRESS_ALLOW: `localhost:${radicale.port}`, RITROVO_SYNC_MINUTES: '1' })
  host = await (await browser.newContext(HOST)).newPage()
})

afterAll(async () => {
  await browser?.close()
  await product?.stop()
  await radicale?.stop()
  await mail?.stop()
})

const shot = (page: Page, name: string) => page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })

async function until<T>(what: string, look: () => Promise<T | null | undefined | false> | T | null | undefined | false, seconds = 30): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) {
    const found = await look()
    if (found) return found
  }
  throw new Error(`waited in vain for ${what}`)
}

const app = speak(appWords, 'en')
const accounts = speak(accountWords, 'en')
const calendars = speak(calendarWords, 'en')
const meetings = speak(bookingWords, 'en')

test('the printed link sets up the first workspace', async () => {
  expect(product.setupLink).toContain('/setup?k=')
  await host.goto(product.setupLink)
  await host.getByLabel(accounts('setup.name')).fill('Giulia Ferri')
  await host.getByLabel(accounts('setup.email')).fill('giulia@studioferri.example')
  await host.getByLabel(accounts('setup.password'), { exact: true }).fill('a long enough sentence')
  await host.getByLabel(accounts('setup.workspace')).fill('Studio Ferri')
  await host.getByRole('button', { name: app('do.continue') }).click()
  await host.getByRole('heading', { name: accounts('setup.hours.title') }).waitFor()
  await shot(host, 'setup-hours')
  await host.getByRole('button', { name: app('do.continue') }).or(host.getByRole('button', { name: accounts('setup.hours.skip') })).first().click()
  await host.getByText(accounts('setup.calendar.lead')).waitFor()
  await host.getByRole('button', { name: accounts('setup.calendar.later') }).click()
  await host.getByRole('heading', { name: accounts('setup.done.title') }).waitFor()
})

test('S-002 gear → General → Calendar → Connect your calendar: a real radicale is found, chosen and read', async () => {
  await host.goto(`${product.url}/app/settings/calendar`)
  await host.getByRole('button', { name: calendars('cal.connect.cta') }).first().click()
  await host.getByText(calendars('cal.provider.caldav'), { exact: true }).click()
  await host.getByRole('button', { name: calendars('cal.provider.next') }).click()
  await host.getByRole('button', { name: calendars('cal.disclose.accept_caldav') }).click()
  await host.getByLabel(calendars('cal.caldav.address')).fill(radicale.url)
  await host.getByLabel(calendars('cal.caldav.user')).fill(radicale.user)
  await host.getByLabel(calendars('cal.caldav.password'), { exact: true }).fill('not the right one')
  await host.getByRole('button', { name: calendars('cal.caldav.go') }).click()
  // A wrong password is said in words and nothing typed is lost.
  await host.getByRole('alert').first().waitFor()
  expect(await host.getByLabel(calendars('cal.caldav.address')).inputValue()).toBe(radicale.url)
  await host.getByLabel(calendars('cal.caldav.password'), { exact: true }).fill(radicale.password)
  await host.getByRole('button', { name: calendars('cal.caldav.go') }).click()
  await host.waitForURL(/\/app\/meetings/)
  await host.getByText(calendars('cal.choose.check'), { exact: true }).waitFor()
  await shot(host, 'choose-calendars')
  await host.getByRole('button', { name: calendars('cal.done') }).last().click()
  await host.goto(`${product.url}/app/settings/calendar`)
  await until('the first sync', async () => (await host.getByText(/verified/i).count()) > 0)
  await shot(host, 'settings-calendar')
})

let path = ''
test('S-010 the host makes a page of their own', async () => {
  await host.goto(`${product.url}/app/meetings`)
  await host.getByRole('button', { name: meetings('meetings.new_page') }).first().click()
  const dialog = host.getByRole('dialog')
  await dialog.getByRole('textbox').first().fill('Consulenza iniziale')
  await dialog.getByRole('button').last().click()
  await host.waitForURL(/\/app\/pages\//)
  await shot(host, 'page-editor')
  path = '/giulia-ferri/consulenza-iniziale'
  expect((await host.request.get(product.url + path)).status()).toBe(200)
})

type Booked = { token: string; email: string; locale: Locale }
const booked: Booked[] = []

async function bookAs(options: { locale: Locale; javaScript: boolean; zone: string; width: number; dark: boolean; email: string }): Promise<Booked> {
  const say = speak(publicWords, options.locale)
  const context = await browser.newContext({ viewport: { width: options.width, height: 844 }, locale: options.locale === 'it' ? 'it-IT' : 'en-GB', timezoneId: options.zone, javaScriptEnabled: options.javaScript, colorScheme: options.dark ? 'dark' : 'light' })
  const page = await context.newPage()
  const name = `${options.locale}-${options.width}-${options.dark ? 'dark' : 'light'}-${options.javaScript ? 'script' : 'plain'}`
  await page.goto(product.url + path)
  await shot(page, `book-${name}-1-times`)
  await page.locator('button[name=slot]').first().click()
  await page.locator('input[name=name]').waitFor()
  await shot(page, `book-${name}-2-form`)
  await page.locator('input[name=name]').fill('Mario Rossi')
  await page.locator('input[name=email]').fill(options.email)
  await page.getByRole('button', { name: say('book.confirm'), exact: true }).click()
  await page.waitForURL(/\/b\//)
  await until('the booking to stand', async () => {
    if ((await page.content()).includes(say('state.confirmed'))) return true
    await page.reload()
    return false
  })
  await shot(page, `book-${name}-3-done`)
  const token = /\/b\/([^?/]+)/.exec(page.url())![1]!
  await context.close()
  return { token, email: options.email, locale: options.locale }
}

test('S-004 another browser books in Italian with JavaScript and in English without; both stand in radicale', async () => {
  booked.push(await bookAs({ locale: 'it', javaScript: true, zone: 'Europe/Rome', width: 390, dark: false, email: 'mario@example.test' }))
  booked.push(await bookAs({ locale: 'en', javaScript: false, zone: 'Europe/London', width: 1280, dark: true, email: 'mary@example.test' }))
  booked.push(await bookAs({ locale: 'en', javaScript: true, zone: 'America/New_York', width: 1280, dark: false, email: 'nina@example.test' }))
  const seen = await readWithPython(radicale)
  expect(seen.map((event) => event.attendees.join()).sort()).toEqual([expect.stringContaining('mario@'), expect.stringContaining('mary@'), expect.stringContaining('nina@')])
  expect(new Set(seen.map((event) => event.start)).size).toBe(3)
})

test('the invitation arrived with a valid .ics under the UID that stands in the calendar', async () => {
  const letter = await until('the letter', () => mail.letters().find((one) => one.to.includes('mario@example.test')))
  const source = letter.source.toString()
  expect(source).toContain('method=REQUEST')
  const base64 = /Content-Type: (?:application\/ics|text\/calendar)[\s\S]*?base64[\s\S]*?\r?\n\r?\n([A-Za-z0-9+/=\r\n]+)/.exec(source)
  const text = base64 ? Buffer.from(base64[1]!.replace(/\s/g, ''), 'base64').toString() : /BEGIN:VCALENDAR[\s\S]*?END:VCALENDAR/.exec(source)![0]
  const calendar = new ICAL.Component(ICAL.parse(text) as never)
  expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST')
  const uid = String(calendar.getFirstSubcomponent('vevent')!.getFirstPropertyValue('uid'))
  expect((await readWithPython(radicale)).map((event) => event.uid)).toContain(uid)
})

test('the contact’s timeline shows the booking', async () => {
  await host.goto(`${product.url}/app/contacts`)
  await host.getByRole('listitem').or(host.getByRole('row')).filter({ hasText: 'mario@example.test' }).getByRole('link').first().click()
  await host.waitForURL(/\/app\/contacts\//)
  await host.getByText('Consulenza iniziale').filter({ visible: true }).first().waitFor()
  await shot(host, 'contact')
  expect(await host.getByText(speak(contactWords, 'en')('timeline.upcoming')).count()).toBeGreaterThan(0)
})

test('the visitor moves it, then cancels, and the calendar follows', async () => {
  const { token } = booked[0]!
  const say = speak(publicWords, 'it')
  const context = await browser.newContext({ locale: 'it-IT', timezoneId: 'Europe/Rome', viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const before = (await readWithPython(radicale)).find((event) => event.attendees.join().includes('mario@'))!
  await page.goto(`${product.url}/b/${token}`)
  await shot(page, 'manage-it')
  await page.goto(`${product.url}/b/${token}/move`)
  await page.locator('button[name=slot]').last().click()
  await page.getByRole('button', { name: say('move.confirm') }).first().click()
  await page.waitForURL(/\/b\/[^/]+(\?|$)/)
  const moved = await until('the event to move', async () => (await readWithPython(radicale)).find((event) => event.uid === before.uid && event.start !== before.start))
  expect(moved.sequence).toBe(1)
  await page.goto(`${product.url}/b/${token}/cancel`)
  await page.locator('form button').last().click()
  await until('the event to go', async () => !(await readWithPython(radicale)).some((event) => event.uid === before.uid))
  await until('the cancellation', () => mail.letters().some((one) => one.to.includes('mario@example.test') && one.source.toString().includes('method=CANCEL')))
  await shot(page, 'cancelled-it')
  await context.close()
})

test('F13 every link of every letter may be opened twice by a scanner and nothing changes', async () => {
  const links = new Set(mail.letters().flatMap((letter) => [...decoded(letter.source.toString()).matchAll(/https?:\/\/localhost:\d+\/[^\s"<>)]+/g)].map((match) => match[0].replaceAll('&amp;', '&'))))
  expect(links.size).toBeGreaterThan(2)
  const before = JSON.stringify(await readWithPython(radicale))
  for (const link of links) for (const method of ['GET', 'HEAD', 'GET']) await fetch(link, { method, redirect: 'manual' })
  expect(JSON.stringify(await readWithPython(radicale))).toBe(before)
})

/** The readable parts of a message: quoted-printable and base64 undone. */
function decoded(source: string): string {
  return source
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\r?\n\r?\n([A-Za-z0-9+/=\r\n]{200,})/g, (_all, block: string) => `\n\n${Buffer.from(block.replace(/\s/g, ''), 'base64').toString()}`)
}
