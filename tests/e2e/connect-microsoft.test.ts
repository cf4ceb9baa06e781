import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { startPracticeMicrosoft, type PracticeMicrosoft } from '#practice/microsoft/server.ts'
import { freePort } from '../counterparts/started.ts'
import { openBrowser, startProduct, type Product } from './product.ts'
import { beginStudio, bookAs, until, type Someone } from './studio.ts'

// One journey with a Microsoft 365 account, from the empty server on; everything real but Microsoft itself; each step needs the one before.
const SHOTS = join(import.meta.dirname, '..', '..', 'test-results')
const GIULIA = 'giulia@studioferri.example'
let browser: Browser
let microsoft: PracticeMicrosoft
let product: Product
let giulia: Someone

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  ;[browser, microsoft] = await Promise.all([openBrowser(), startPracticeMicrosoft()])
  microsoft.store.addUser({ email: GIULIA, name: 'Giulia Ferri' })
  microsoft.store.addUser({ email: 'giulia.private@outlook.example', name: 'Giulia', personal: true })
  const { RITROVO_MICROSOFT_CLIENT_ID: _, RITROVO_MICROSOFT_CLIENT_SECRET: __, ...addresses } = microsoft.settings
  const port = await freePort()
  product = await startProduct({ ...addresses, PORT: String(port), RITROVO_EGRESS_ALLOW: `localhost:${microsoft.port},localhost:${port}` })
  giulia = await beginStudio(browser, product, GIULIA)
})

afterAll(async () => {
  await browser?.close()
  await product?.stop()
  await microsoft?.stop()
})

const shot = (name: string) => giulia.page.screenshot({ path: join(SHOTS, `connect-microsoft-${name}.png`), fullPage: true })
type Booking = { id: string; start: number; state: string; calendarState: string; joinUrl: string | null }
const booked = async (): Promise<Booking | undefined> => (await giulia.api<{ bookings: Booking[] }>('GET', '/bookings?state=upcoming')).bookings[0]
const written = () => microsoft.store.eventsOf(microsoft.store.calendarOf(GIULIA).id).filter(({ isCancelled }) => !isCancelled)

test('CAL-NOT-CONFIGURED: the dialog leads an admin to the four steps; a wrong secret is told from the right one', async () => {
  const { page } = giulia
  await page.goto(`${product.url}/app/settings/calendar?connect=now`)
  await page.locator('label', { hasText: 'Office 365' }).click()
  await page.getByText('Office 365 is not set up on this server yet.').waitFor()
  await page.getByRole('link', { name: '4-step guide' }).click()
  const card = page.getByRole('region', { name: 'Office 365' })
  expect(await card.getByLabel('Redirect URI', { exact: true }).inputValue()).toBe(`${product.url}/oauth/microsoft/callback`)
  await card.getByLabel('Client ID').fill(microsoft.clientId)
  await card.getByLabel('Client secret', { exact: true }).fill('not-this-one')
  await card.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').waitFor()
  await card.getByRole('button', { name: 'Test the keys' }).click()
  await card.getByText('Microsoft').filter({ hasText: /secret/ }).waitFor()
  await shot('1-wrong-secret')
  await card.getByLabel('Client secret', { exact: true }).fill(microsoft.clientSecret)
  await card.getByRole('button', { name: 'Save' }).click()
  await expect.poll(() => card.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await card.getByRole('button', { name: 'Test the keys' }).click()
  await expect.poll(async () => (await giulia.api<{ apps: { testOutcome: string }[] }>('GET', '/provider-apps')).apps[1]!.testOutcome).toBe('good')
})

test('S-020 S-034 S-035 S-038 S-039 S-040 Office 365 is chosen, read about, allowed with Yes, and the dashboard asks which calendars', async () => {
  const { page } = giulia
  await page.goto(`${product.url}/app/settings/calendar`)
  await page.getByRole('button', { name: 'Connect your calendar' }).click()
  await page.locator('label', { hasText: 'Office 365' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Before we go to Office 365' }).waitFor()
  await page.getByText(`Sign in as ${GIULIA}`).waitFor()
  await page.getByRole('button', { name: 'Accept and go to Office 365' }).click()
  await page.waitForURL((url) => url.origin === microsoft.url)
  await page.getByRole('listitem').filter({ hasText: GIULIA }).getByRole('button').click()
  await page.getByRole('button', { name: 'Yes', exact: true }).click()
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/app/meetings')
  expect(await page.getByRole('status').filter({ hasText: 'Calendar connected' }).count()).toBe(1)
  await shot('2-choose')
  await page.getByRole('button', { name: 'Done' }).last().click()
})

test('a page that meets on Teams, booked by a visitor: the event invites, and its link is shown', async () => {
  const { page } = giulia
  const [own] = (await giulia.api<{ pages: { id: string; url: string }[] }>('GET', '/pages')).pages
  await page.goto(`${product.url}/app/pages/${own!.id}`)
  await page.getByLabel('Where', { exact: true }).selectOption({ label: 'Microsoft Teams' })
  await page.getByText('Your calendar makes a new link for each meeting').waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Page saved').waitFor()
  await until('the page to take bookings', async () => (await giulia.api<{ pages: { state: string }[] }>('GET', '/pages')).pages[0]!.state === 'active')
  await bookAs(browser, product.url + own!.url, { name: 'Mario Rossi', email: 'mario@example.test' })
  const meeting = await until('the link of the meeting', async () => {
    const now = await booked()
    return now?.calendarState === 'standing' && now.joinUrl !== null && now
  })
  expect(written().map(({ attendees }) => attendees.map(({ email }) => email))).toEqual([['mario@example.test']])
  await page.goto(`${product.url}/app/meetings/${meeting.id}`)
  await page.getByRole('link', { name: meeting.joinUrl! }).waitFor()
  await shot('3-meeting')
})

test('its owner moves it in Outlook, and the booking moves', async () => {
  const before = (await booked())!
  const page = await giulia.context.newPage()
  await page.goto(`${microsoft.url}/?user=${encodeURIComponent(GIULIA)}`)
  const inRome = (at: number) => new Date(at).toLocaleString('sv-SE', { timeZone: 'Europe/Rome' }).replace(' ', 'T').slice(0, 16)
  const form = page.locator('form[action="/events/move"]').first()
  await form.getByLabel('Starts').fill(inRome(before.start + HOUR))
  await form.getByLabel('Ends').fill(inRome(before.start + 1.5 * HOUR))
  // A page that is closed too soon takes its form with it.
  await Promise.all([page.waitForResponse((response) => response.request().method() === 'POST'), form.getByRole('button').click()])
  await page.close()
  const moved = await until('the booking to follow', async () => {
    const now = await booked()
    return now && now.start !== before.start && now
  })
  expect(moved).toMatchObject({ id: before.id, start: before.start + HOUR, state: 'confirmed' })
})

test('told to ask first, a deletion in Outlook becomes a question on the dashboard, and keeping ours writes it again', async () => {
  const { page } = giulia
  const [own] = (await giulia.api<{ pages: { id: string }[] }>('GET', '/pages')).pages
  await page.goto(`${product.url}/app/pages/${own!.id}?section=after`)
  await page.getByLabel('When it is deleted there').selectOption({ label: 'Ask me first' })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Page saved').waitFor()
  const outlook = await giulia.context.newPage()
  await outlook.goto(`${microsoft.url}/?user=${encodeURIComponent(GIULIA)}`)
  await Promise.all([outlook.waitForResponse((response) => response.request().method() === 'POST'), outlook.locator('form[action="/events/delete"]').first().getByRole('button').click()])
  await outlook.close()
  await until('the question', async () => (await giulia.api<{ changes: unknown[] }>('GET', '/calendar-changes')).changes.length > 0)
  await page.goto(`${product.url}/app`)
  await page.getByRole('link', { name: '1 change in your calendar wants your word' }).click()
  await page.getByText('Deleted there').waitFor()
  await shot('4-question')
  await page.getByRole('button', { name: 'Keep ours' }).click()
  await page.getByText('Ours is back in your calendar').waitFor()
  await until('the event to stand again', () => written().length === 1)
})
