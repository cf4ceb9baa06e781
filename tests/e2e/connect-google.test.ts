import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { startPracticeGoogle, type PracticeGoogle } from '#practice/google/server.ts'
import { freePort } from '../counterparts/started.ts'
import { openBrowser, startProduct, type Product } from './product.ts'
import { beginStudio, bookAs, until, type Someone } from './studio.ts'

// One journey with a Google account, everything real but Google itself; in order, each step needs the one before.
const SHOTS = join(import.meta.dirname, '..', '..', 'test-results')
const GIULIA = 'giulia@studioferri.example'
let browser: Browser
let google: PracticeGoogle
let product: Product
let giulia: Someone

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  ;[browser, google] = await Promise.all([openBrowser(), startPracticeGoogle()])
  google.store.addUser({ email: GIULIA, name: 'Giulia Ferri', unverified: true })
  google.store.addUser({ email: 'giulia.private@gmail.example', name: 'Giulia' })
  google.store.addCalendar(GIULIA, { summary: 'Family' })
  // Its own address opened, so that the practice Google can knock as the real one does.
  const port = await freePort()
  product = await startProduct({ ...google.settings, PORT: String(port), RITROVO_EGRESS_ALLOW: `localhost:${google.port},localhost:${port}` })
  giulia = await beginStudio(browser, product, GIULIA)
})

afterAll(async () => {
  await browser?.close()
  await product?.stop()
  await google?.stop()
})

const shot = (name: string) => giulia.page.screenshot({ path: join(SHOTS, `connect-google-${name}.png`), fullPage: true })
type Booking = { id: string; start: number; state: string; calendarState: string }
const booked = async (): Promise<Booking> => (await giulia.api<{ bookings: Booking[] }>('GET', '/bookings?state=upcoming')).bookings[0]!
const written = () => [...google.store.calendars.get(GIULIA)!.stored.values()].map(({ event }) => event).filter(({ status }) => status !== 'cancelled')

test('S-020 S-030 S-031 S-032 S-033 S-034 S-035 S-036 S-037 S-040 gear, General, Calendar, connect, what Google will be asked, Google itself, and back on the dashboard', async () => {
  const { page } = giulia
  await page.goto(`${product.url}/app`)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'General' }).click()
  await page.getByRole('link', { name: 'Calendar', exact: true }).click()
  await page.getByRole('button', { name: 'Connect your calendar' }).click()
  await page.locator('label', { hasText: 'Google / Gmail' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  // S-070 to S-074, S-023, S-025
  for (const line of ['See events in this calendar and in the others you reach with Google', 'Create and change events and calendars', 'Match events with your contacts', 'Your mailbox will be linked as well. You can unlink it later.'])
    await page.getByRole('listitem').filter({ hasText: line }).waitFor()
  await page.getByText(`Sign in as ${GIULIA}`).waitFor()
  await shot('1-disclosure')
  await page.getByRole('button', { name: 'Accept and go to Google' }).click()
  await page.waitForURL((url) => url.origin === google.url)
  // CAL-UNVERIFIED-APP as Google shows it: told before, passed as told.
  await page.getByText('Advanced').click()
  await page.getByRole('button', { name: 'Go on (unsafe)' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/app/meetings')
  expect(await page.getByRole('status').filter({ hasText: 'Calendar connected' }).count()).toBe(1)
  await page.getByText(`${GIULIA} is connected.`).waitFor()
  expect(await page.getByRole('radio', { name: GIULIA }).isChecked()).toBe(true)
  await page.getByRole('checkbox', { name: 'Family' }).click()
  await page.getByText('Choice saved').waitFor()
  await shot('2-choose')
  await page.getByRole('button', { name: 'Done' }).last().click()
  const trip = google.requests.find(({ feature }) => feature === 'oauth.authorize' || feature?.includes('auth'))
  expect(JSON.stringify(trip?.query)).toContain(GIULIA)
})

test('the card says what is linked, and the receipt what was allowed, in which words', async () => {
  const { page } = giulia
  await page.goto(`${product.url}/app/settings/calendar`)
  await page.getByText(`Linked: letters to your visitors go out from ${GIULIA}.`).waitFor()
  await page.getByText('Two-way sync is on: changes reach us at once').waitFor()
  await page.getByRole('button', { name: 'See what I allowed' }).click()
  const receipt = page.getByRole('dialog')
  await receipt.getByText('See events in this calendar and in the others you reach with Google').waitFor()
  await receipt.getByText('https://www.googleapis.com/auth/calendar.events', { exact: true }).waitFor()
  await shot('3-receipt')
  const [file] = await Promise.all([page.waitForEvent('download'), receipt.getByRole('link', { name: 'Download the receipt' }).click()])
  expect(file.suggestedFilename()).toBe('ritrovo-consent.json')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Check the connection' }).click()
  await page.getByText('done in').waitFor()
  await shot('4-card')
})

test('S-004 a visitor books, and the meeting stands in Google’s calendar', async () => {
  const { pages } = await giulia.api<{ pages: { url: string; state: string }[] }>('GET', '/pages')
  await until('the page to take bookings', async () => (await giulia.api<{ pages: { state: string }[] }>('GET', '/pages')).pages[0]!.state === 'active', 90)
  await bookAs(browser, product.url + pages[0]!.url, { name: 'Mario Rossi', email: 'mario@example.test' })
  await until('the meeting to stand', async () => (await booked())?.calendarState === 'standing')
  expect(written()).toHaveLength(1)
  expect(Date.parse(written()[0]!.start!.dateTime!)).toBe((await booked()).start)
})

test('its owner moves it in Google’s own calendar, and the booking moves', async () => {
  const before = await booked()
  const page = await giulia.context.newPage()
  await page.goto(`${google.url}/?person=${encodeURIComponent(GIULIA)}`)
  const card = page.locator(`article[data-event="${written()[0]!.id}"]`)
  const inRome = (at: number) => new Date(at).toLocaleString('sv-SE', { timeZone: 'Europe/Rome' }).replace(' ', 'T').slice(0, 16)
  const form = card.locator('form', { has: page.getByRole('button', { name: 'Move' }) })
  await form.getByLabel('From').fill(inRome(before.start + 90 * MINUTE))
  await form.getByLabel('To').fill(inRome(before.start + 120 * MINUTE))
  // A page that is closed too soon takes its form with it.
  await Promise.all([page.waitForResponse((response) => response.request().method() === 'POST'), form.getByRole('button', { name: 'Move' }).click()])
  await page.close()
  const moved = await until('the booking to follow', async () => {
    const now = await booked()
    return now.start !== before.start && now
  }, 120)
  expect(moved).toMatchObject({ id: before.id, start: before.start + 90 * MINUTE, state: 'confirmed' })
  await giulia.page.goto(`${product.url}/app/meetings/${moved.id}`)
  await giulia.page.getByText('Stands in your calendar').waitFor()
  await shot('5-moved')
})

test('S-006 a meeting made on the contact’s record says that it will be written and invited to, and then is', async () => {
  const { page } = giulia
  await page.goto(`${product.url}/app/contacts`)
  await page.getByRole('link', { name: 'Mario Rossi' }).first().click()
  await page.getByRole('button', { name: 'Schedule meeting' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('It goes into your calendar, and Mario Rossi gets an invitation.').waitFor()
  await dialog.getByLabel('Title').fill('Contract talk')
  await dialog.getByLabel('Where', { exact: true }).selectOption({ label: 'Google Meet' })
  await dialog.getByRole('button', { name: 'Schedule and invite' }).click()
  await page.getByText('Scheduled: Mario Rossi gets the invitation').waitFor()
  await until('the meeting in Google’s calendar', () => written().find(({ summary, hangoutLink }) => summary?.includes('Contract talk') && hangoutLink))
  await page.getByRole('list').getByText('Contract talk').first().waitFor()
})

test('S-072 a meeting made in Google with a contact appears in their timeline by itself', async () => {
  const start = Date.now() + 30 * HOUR
  google.store.putEvent(GIULIA, { summary: 'Lunch with Mario', start: { dateTime: new Date(start).toISOString() }, end: { dateTime: new Date(start + HOUR).toISOString() }, attendees: [{ email: 'mario@example.test' }] })
  const { page } = giulia
  await until('the line in the timeline', async () => {
    if (await page.getByText('Lunch with Mario').count()) return true
    await page.reload()
    await page.getByRole('heading', { name: 'Timeline' }).waitFor()
    return false
  })
  await page.getByText('from the calendar, matched by itself').waitFor()
  await shot('6-contact')
})

test('the ledger shows what was written and why, and nothing that was not', async () => {
  const { page } = giulia
  await page.goto(`${product.url}/app/settings/calendar`)
  await page.getByRole('link', { name: 'What Ritrovo did in your calendar' }).click()
  await page.getByRole('button', { name: 'Only changes' }).click()
  const created = page.getByRole('row').filter({ hasText: 'Created' }).filter({ hasText: 'For a booking' })
  await created.first().waitFor()
  expect(await page.getByText('Looked at events').count()).toBe(0)
  await shot('7-ledger')
})

test('CAL-EXPIRED: Google signs us out, the page takes requests, and one click brings it back', async () => {
  const { page } = giulia
  google.store.revokeGrant(GIULIA)
  await page.goto(`${product.url}/app/settings/calendar`)
  await page.getByRole('button', { name: 'Check the connection' }).click()
  await until('the connection to break', async () => (await giulia.api<{ connections: { state: string }[] }>('GET', '/connections')).connections[0]!.state === 'broken', 90)
  await page.reload()
  await page.getByText('Google signed us out. Your pages now take requests only.').waitFor()
  await shot('8-expired')
  await giulia.speaks('it')
  await page.reload()
  await page.getByText('Google ha chiuso l’accesso. Le tue pagine ora raccolgono solo richieste.').waitFor()
  await giulia.speaks('en')
  await page.reload()
  await page.getByRole('button', { name: 'Reconnect' }).click()
  await page.waitForURL((url) => url.origin === google.url)
  const advanced = page.getByText('Advanced')
  if (await advanced.count()) {
    await advanced.click()
    await page.getByRole('button', { name: 'Go on (unsafe)' }).click()
  }
  await page.getByRole('button', { name: /Allow|Continue/ }).click()
  await page.waitForURL(/\/app\/meetings/)
  expect((await giulia.api<{ connections: { state: string }[] }>('GET', '/connections')).connections[0]!.state).toBe('connected')
})
