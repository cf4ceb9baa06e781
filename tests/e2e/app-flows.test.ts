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

test('CAL-NOT-CONFIGURED leads an admin to the four steps and gives everybody else a letter to one', async () => {
  const page = await open('/app/settings/calendar?connect=now', { scene: 'offline', unset: true })
  await page.locator('label', { hasText: 'Google' }).click()
  await page.getByText('Google is not set up on this server yet.').waitFor()
  expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true)
  await page.getByRole('link', { name: '4-step guide' }).click()
  await page.getByRole('heading', { name: 'Connections' }).waitFor()
  expect(await page.getByLabel('Redirect URI').first().inputValue()).toBe(
    'https://agenda.studioferri.example/oauth/google/callback',
  )
  preview!.options.without = 'manage-workspace'
  await page.goto(`${preview!.url}/app/settings/calendar?connect=now`)
  await page.locator('label', { hasText: 'Google' }).click()
  const letter = page.getByRole('link', { name: 'Notify an administrator' })
  await expect.poll(() => letter.getAttribute('href')).toContain('mailto:giulia@studioferri.example?')
})

test('S-035, S-040, S-068: what Google will be asked for is read first; accepted, one comes back to the dashboard, a notice and the choice of calendars', async () => {
  const page = await open('/app/settings/calendar?connect=now', { scene: 'offline' })
  const sent: unknown[] = []
  page.on('request', (request) => request.url().endsWith('/oauth') && sent.push(request.postDataJSON()))
  await page.locator('label', { hasText: 'Google' }).click()
  await press(page, 'Continue')
  await page.getByRole('heading', { name: 'Before we go to Google' }).waitFor()
  await page
    .getByRole('listitem')
    .filter({ hasText: 'See events in this calendar and in the others you reach with Google' })
    .waitFor()
  await page.getByText('Sign in as giulia@studioferri.example').waitFor()
  await page.getByLabel('Don’t link the mailbox').check()
  await expect.poll(() => page.getByText('Your mailbox will be linked as well.').count()).toBe(0)
  await press(page, 'Accept and go to Google')
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/app/meetings')
  expect(await page.getByRole('status').filter({ hasText: 'Calendar connected' }).count()).toBe(1)
  expect(sent).toEqual([
    {
      provider: 'google',
      mail: false,
      loginHint: 'giulia@studioferri.example',
      textVersion: '2026-11',
      locale: 'en',
    },
  ])
})

test('CAL-SECOND is asked where one accepts, and the answer goes along', async () => {
  const page = await open('/app/settings/calendar', { scene: 'google', refuses: 'CAL-SECOND' })
  await press(page, 'Connect another account')
  await page.locator('label', { hasText: 'Office' }).click()
  await press(page, 'Continue')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Account to use').fill('private@posta.example')
  await press(page, 'Accept and go to Office 365')
  await page
    .getByText(
      'You already have giulia@studioferri.example. Replace it or add private@posta.example only to check conflicts?',
    )
    .waitFor()
  expect(await dialog.getByLabel('Account to use').inputValue()).toBe('private@posta.example')
  const second = page.waitForRequest((request) => request.url().endsWith('/oauth'))
  await press(page, 'Add private@posta.example to check conflicts')
  expect((await second).postDataJSON()).toMatchObject({ provider: 'microsoft', as: 'add' })
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
})

test('a trip that ended elsewhere: cause, ways out, and what was chosen before is asked for again unasked', async () => {
  const page = await open('/app/settings/calendar?connect=now&provider=google', { scene: 'offline' })
  await page.getByLabel('Don’t link the mailbox').check()
  await page.getByLabel('Account to use').fill('me@posta.example')
  await press(page, 'Accept and go to Google')
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
  await page.goto(`${preview!.url}/meetings?landing=CAL-PARTIAL-SCOPE`)
  await page.getByText('so we cannot').waitFor()
  const asked = page.waitForRequest((request) => request.url().endsWith('/oauth'))
  await press(page, 'Give that permission only')
  expect((await asked).postDataJSON()).toMatchObject({
    provider: 'google',
    mail: false,
    loginHint: 'me@posta.example',
    purpose: 'scopes',
  })
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
  await page.goto(`${preview!.url}/meetings?landing=CAL-WRONG-ACCOUNT`)
  await press(page, 'Use giulia.ferri@posta.example')
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
  await page.goto(`${preview!.url}/meetings?landing=CAL-ALREADY-USED`)
  await expect
    .poll(() => page.getByRole('link', { name: 'Ask Marco Bianchi' }).getAttribute('href'))
    .toContain('mailto:marco@studioferri.example?')
  const again = page.waitForRequest((request) => request.url().endsWith('/oauth'))
  await press(page, 'Use another account')
  expect((await again).postDataJSON()).not.toHaveProperty('loginHint')
  await page.getByRole('heading', { name: 'Almost done' }).waitFor()
})

test('S-024 the mailbox goes alone, and the calendar alone', async () => {
  const page = await open('/app/settings/calendar', { scene: 'google' })
  const ended: string[] = []
  page.on(
    'request',
    (request) =>
      request.method() === 'DELETE' && ended.push(new URL(request.url()).pathname.split('/').at(-1)!),
  )
  await press(page, 'Unlink the mailbox')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Unlink the mailbox' }).click()
  await page.getByText('Mailbox unlinked. The calendar stays.').waitFor()
  await press(page, 'Disconnect')
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('radio', { name: 'Only the calendar' }).check()
  await dialog.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByText('2 pages are offline. 4 meetings stay.').waitFor()
  expect(ended).toEqual(['mailbox', 'calendar'])
})

test('S-016 to S-018 two accounts from before stand side by side, and disconnecting one says what it costs', async () => {
  const page = await open('/app/settings/calendar', { scene: 'pair' })
  await page.getByText('Calendar and meetings use two accounts.').waitFor()
  expect(await page.getByRole('button', { name: 'Connect another account' }).count()).toBe(0)
  await press(page, 'Disconnect')
  await page.getByRole('alertdialog').getByText('From then on only one account can be connected.').waitFor()
})

test('what changed in the calendar is answered on the dashboard, and Today counts it', async () => {
  const page = await open('/app', { scene: 'google' })
  await page.getByRole('link', { name: '3 changes in your calendar want your word' }).click()
  await page.getByText('Moved to Mon 23 Nov, 14:00–14:30').waitFor()
  const settled = page.waitForRequest((request) => request.url().endsWith('/settle'))
  await page.getByRole('group', { name: 'Nina Berg' }).getByRole('button', { name: 'Keep ours' }).click()
  expect((await settled).postDataJSON()).toEqual({ way: 'keep' })
  await page.getByText('Ours is back in your calendar').waitFor()
})

test('S-006 a meeting from a contact says first whether it is written and invited to, or only noted', async () => {
  const page = await open('/app/contacts/00000000-0000-4000-8000-000000000202', { scene: 'google' })
  await press(page, 'Schedule meeting')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('It goes into your calendar, and Nina Berg gets an invitation.').waitFor()
  await dialog.getByLabel('Title').fill('Busy')
  await dialog.getByLabel('Guests').fill('tom@acme.example, ann@acme.example')
  await press(page, 'Schedule and invite')
  await page.getByText('Something stands in your calendar at this time.').waitFor()
  const sent = page.waitForRequest((request) => request.url().endsWith('/meetings'))
  await press(page, 'Schedule all the same')
  expect((await sent).postDataJSON()).toEqual({
    start: Date.UTC(2026, 10, 23, 9),
    duration: 30,
    title: 'Busy',
    location: { kind: 'ask', value: '' },
    guests: ['tom@acme.example', 'ann@acme.example'],
    anyway: true,
  })
  await page.getByText('Scheduled: Nina Berg gets the invitation').waitFor()
  preview!.options.scene = 'offline'
  await page.reload()
  await press(page, 'Schedule meeting')
  await page.getByText('No calendar connected: the meeting is noted, no invitation goes out.').waitFor()
  await page.getByRole('button', { name: 'Note the meeting' }).waitFor()
})

test('S-026 a team inbox whose address somebody uses asks before it takes the calendar away', async () => {
  const page = await open('/app/team/inboxes')
  await press(page, 'Add a shared inbox')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address').fill('marco@studioferri.example')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('A calendar is connected with this address').waitFor()
  const sent = page.waitForRequest((request) => request.url().endsWith('/shared-inboxes'))
  await dialog.getByRole('button', { name: 'Disconnect and add' }).click()
  expect((await sent).postDataJSON()).toMatchObject({ address: 'marco@studioferri.example', confirm: true })
  await page.getByText('Shared inbox added').waitFor()
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
