import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { launch } from './browser.ts'
import { buildApp } from './build-app.ts'
import { startPreview, type Preview, type PreviewOptions } from './preview-app.ts'
import { NOW } from './preview-data.ts'

let web: string
let browser: Browser
let context: BrowserContext | undefined
let preview: Preview | undefined
beforeAll(async () => {
  web = await buildApp()
  browser = await launch()
})
afterEach(async () => {
  await context?.close()
  await preview?.close()
  context = preview = undefined
})
afterAll(() => browser.close())

async function open(path: string, options: Partial<PreviewOptions> = {}): Promise<Page> {
  preview = await startPreview({ scene: 'connected', locale: 'en', web, ...options })
  context = await browser.newContext({
    timezoneId: 'Europe/Rome',
    locale: 'en-GB',
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.clock.setFixedTime(NOW)
  await page.goto(preview.url + path)
  return page
}
const press = (page: Page, name: string | RegExp) =>
  page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click()
const PAGE = '/app/pages/00000000-0000-4000-8000-000000000081'

test('S-030 to S-035, S-040: gear, General, Calendar, connect; then the dashboard says so and asks which calendars', async () => {
  const page = await open('/app', { scene: 'offline' })
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'General' }).click()
  await page.getByRole('link', { name: 'Calendar', exact: true }).click()
  await press(page, 'Connect your calendar')
  await page.locator('label', { hasText: 'CalDAV' }).click()
  await press(page, 'Continue')
  await press(page, 'Accept and continue')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Server address').fill('cloud.example.org')
  await dialog.getByLabel('User name').fill('giulia')
  await dialog.getByLabel('Password', { exact: true }).fill('s3cret-of-hers')
  await press(page, 'Connect the calendar')
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/app/meetings')
  expect(await page.getByRole('status').filter({ hasText: 'Calendar connected' }).count()).toBe(1)
  expect(await page.getByRole('checkbox', { name: /Lavoro/ }).isChecked()).toBe(true)
  const kept = await page.evaluate(() =>
    [
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      location.href,
      JSON.stringify(history.state),
    ].join(),
  )
  expect(kept).not.toContain('s3cret-of-hers')
  await press(page, 'Done')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
})

test('S-015 without the permission the card says whom to ask, and there is no button', async () => {
  const page = await open('/app/settings/calendar', { scene: 'offline', without: 'personal-email' })
  await page.getByText('You need access to your personal mailbox settings.').waitFor()
  expect(await page.getByRole('button', { name: 'Connect your calendar' }).count()).toBe(0)
})

test('a way in that is not there yet says so and leads no further', async () => {
  const page = await open('/app/settings/calendar?connect=now', { scene: 'offline' })
  await page.locator('label', { hasText: 'Google' }).click()
  await page.getByText('Google / Gmail is not set up on this server yet.').waitFor()
  expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true)
})

test('a refused connection tells cause and way out, loses nothing that was typed, and goes to the other server only when told', async () => {
  const page = await open('/app/settings/calendar?connect=now', { scene: 'offline' })
  await page.locator('label', { hasText: 'CalDAV' }).click()
  await press(page, 'Continue')
  await press(page, 'Accept and continue')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Server address').fill('elsewhere.example')
  await dialog.getByLabel('User name').fill('giulia')
  await dialog.getByLabel('Password', { exact: true }).fill('wrong')
  await press(page, 'Connect the calendar')
  await page.getByText('Your calendars live on another server: dav.studioferri.example.').waitFor()
  await press(page, 'Go to dav.studioferri.example with my password')
  await page.getByText('dav.studioferri.example does not accept this user name and password.').waitFor()
  expect(await dialog.getByLabel('Server address').inputValue()).toBe('https://dav.studioferri.example')
  expect(await dialog.getByLabel('User name').inputValue()).toBe('giulia')
  expect(
    await dialog
      .getByLabel('Password', { exact: true })
      .evaluate((field) => field === document.activeElement),
  ).toBe(true)
})

test('disconnecting says first how many pages go offline and how many meetings stay', async () => {
  const page = await open('/app/settings/calendar')
  await press(page, 'Disconnect')
  const dialog = page.getByRole('alertdialog')
  await dialog.getByText('Your 2 pages go offline').waitFor()
  await dialog.getByText('4 booked meetings stay').waitFor()
  await dialog.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByText('2 pages are offline. 4 meetings stay.').waitFor()
})

test('a session that ends while someone types asks for the password over the page and keeps every word', async () => {
  const page = await open(PAGE)
  await page.getByLabel('Name of the meeting').fill('Half typed')
  preview!.options.scene = 'signed-out'
  await press(page, 'Save')
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
  await page.getByRole('alertdialog').getByLabel('Password', { exact: true }).fill('right')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByRole('alertdialog').count()).toBe(0)
  expect(await page.getByLabel('Name of the meeting').inputValue()).toBe('Half typed')
  await press(page, 'Save')
  await page.getByText('Page saved').waitFor()
})

test('a deep link asks to sign in and then opens its place; one to elsewhere does not', async () => {
  const page = await open('/app/contacts?search=laura', { scene: 'signed-out' })
  await page.getByLabel('E-mail').fill('giulia@studioferri.example')
  await page.getByLabel('Password', { exact: true }).fill('right')
  await press(page, 'Sign in')
  await page.getByRole('link', { name: 'Laura Conti' }).waitFor()
  expect(new URL(page.url()).search).toBe('?search=laura')
  preview!.options.scene = 'signed-out'
  await page.goto(`${preview!.url}/login?to=https://evil.example/app`)
  await page.getByLabel('E-mail').fill('giulia@studioferri.example')
  await page.getByLabel('Password', { exact: true }).fill('right')
  await press(page, 'Sign in')
  await page.getByRole('heading', { name: 'Good afternoon, Giulia' }).waitFor()
  expect(new URL(page.url()).origin).toBe(preview!.url)
})

test('a page saved elsewhere meanwhile is not overwritten unseen; saving mine sends only what I changed', async () => {
  const page = await open(PAGE, { staleOnce: true })
  const sent: unknown[] = []
  page.on('request', (request) => request.method() === 'PATCH' && sent.push(request.postDataJSON()))
  await page.getByLabel('Name of the meeting').fill('Mine')
  await press(page, 'Save')
  await page.getByText('This page was changed elsewhere in the meantime').waitFor()
  expect(await page.getByLabel('Name of the meeting').inputValue()).toBe('Mine')
  await press(page, 'Save mine over it')
  await page.getByText('Page saved').waitFor()
  expect(sent).toEqual([
    { eventType: { title: 'Mine' }, version: 3 },
    { eventType: { title: 'Mine' }, version: 3 },
  ])
})

test('unsaved changes can be undone step by step, and leaving asks first', async () => {
  const page = await open(PAGE)
  const title = page.getByLabel('Name of the meeting')
  await title.fill('One')
  await page.getByRole('button', { name: '45 minutes' }).click()
  await page.getByRole('button', { name: 'Undo the last change' }).click()
  expect(await page.getByRole('button', { name: '45 minutes' }).getAttribute('aria-pressed')).toBe('false')
  expect(await title.inputValue()).toBe('One')
  await page.getByRole('link', { name: 'Contacts' }).click()
  await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor()
  await press(page, 'Stay here')
  expect(await title.inputValue()).toBe('One')
  await press(page, 'Drop all changes')
  await page.getByRole('link', { name: 'Contacts' }).click()
  await page.getByRole('heading', { name: 'Contacts' }).waitFor()
})

test('language and theme change at once and are saved', async () => {
  const page = await open('/app/settings/profile')
  await page.getByLabel('Language', { exact: true }).selectOption('it')
  await page.getByRole('heading', { name: 'Lingua e aspetto' }).waitFor()
  await page.getByLabel('Aspetto', { exact: true }).selectOption('dark')
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
  expect(preview!.options).toMatchObject({ locale: 'it', theme: 'dark' })
  expect(
    await page.evaluate(() => [
      document.documentElement.lang,
      localStorage.getItem('ritrovo.locale'),
      localStorage.getItem('ritrovo.theme'),
    ]),
  ).toEqual(['it', 'it', 'dark'])
})

test('the keyboard alone is enough: skip link, list of actions, Escape, and the focus comes back', async () => {
  const page = await open('/app/meetings')
  await page.getByRole('table').waitFor()
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
  const more = page.getByRole('button', { name: 'More about Demo del prodotto' })
  await more.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Duplicate' }).waitFor()
  await page.keyboard.press('Escape')
  expect(await more.evaluate((button) => button === document.activeElement)).toBe(true)
  await press(page, 'Decline')
  const dialog = page.getByRole('alertdialog')
  await dialog.waitFor()
  for (let tab = 0; tab < 8; tab++) await page.keyboard.press('Tab')
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  await page.keyboard.press('Escape')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Decline')
})

test('after a move to another screen its heading has the focus and names the document', async () => {
  const page = await open('/app')
  await page.getByRole('heading', { name: 'Good afternoon, Giulia' }).waitFor()
  await page.getByRole('link', { name: 'Contacts' }).click()
  await expect
    .poll(() => page.evaluate(() => [document.activeElement?.tagName, document.title]))
    .toEqual(['H1', 'Contacts · Ritrovo'])
})

test('a time that was taken meanwhile is said where the answer was given', async () => {
  const page = await open('/app/meetings')
  await page.getByRole('group', { name: 'Rita Moro' }).getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('alert').filter({ hasText: 'Something else stands at this time now.' }).waitFor()
})

test('a server that does not answer is said in words, with a way to try again', async () => {
  const page = await open('/app/contacts')
  await page.getByRole('link', { name: 'Laura Conti' }).waitFor()
  await context!.setOffline(true)
  await page.getByLabel('Search by name, e-mail or company').fill('xyz')
  await page.getByRole('alert').filter({ hasText: 'The server does not answer.' }).waitFor()
  await context!.setOffline(false)
  await press(page, 'Try again')
  await page.getByText('Nobody matches “xyz”.').waitFor()
})

type Chunk = { file: string; imports?: string[]; dynamicImports?: string[] }

test('the dashboard’s first load stays under 200 kB of script', () => {
  const manifest = JSON.parse(readFileSync(join(web, '.vite', 'manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >
  const needed = new Set<string>()
  const take = (name: string) => {
    if (needed.has(name)) return
    needed.add(name)
    manifest[name]?.imports?.forEach(take)
  }
  take('index.html')
  take('bookings/dashboard.tsx')
  const size = [...needed].reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(web, manifest[name]!.file))).length,
    0,
  )
  expect(size).toBeGreaterThan(50_000)
  expect(size).toBeLessThan(200_000)
})
