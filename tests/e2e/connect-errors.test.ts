import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Locale } from '#core/locale/locale.ts'
import { speak } from '#core/locale/say.ts'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { startPracticeCaldav, type PracticeCaldav } from '#practice/caldav/server.ts'
import { startPracticeGoogle, type PracticeGoogle } from '#practice/google/server.ts'
import { startPracticeMicrosoft, type PracticeMicrosoft } from '#practice/microsoft/server.ts'
import { openBrowser, startProduct, type Product } from './product.ts'
import { beginStudio, inviteTo, type Someone } from './studio.ts'

// Every way a connection can fail that a person can do something about, reached as a person reaches it, in both languages:
// the sentence exactly as the design has it, and its way out, gone where it leads.
const GIULIA = 'giulia@studioferri.example'
const OTHER = 'giulia.private@gmail.example'
const TEAM = 'info@studioferri.example'
const TAKEN = 'marco@studioferri.example'
const STRICT = 'giulia@strict.example'
const EMPTY = 'nobody@empty.example'

const WORDS = {
  en: {
    shared: 'This is a team inbox. Only a personal mailbox can have a calendar here.',
    wrong: `You came back as ${OTHER}, not ${GIULIA}.`,
    cancelled: 'Nothing was connected.',
    partial: 'The “View and edit events” box was left off, so we cannot read and write your meetings.',
    approval: 'Your organisation wants an administrator to approve.',
    noMailbox: 'This account has no calendar with Microsoft.',
    unverified: 'Google will warn you: you host this yourself.',
    notConfigured: 'Office 365 is not set up on this server yet.',
    appPassword: 'With two-step sign-in you need an app password.',
    used: `${TAKEN} is connected by Marco Bianchi.`,
    noPermission: 'Your role cannot connect a personal mailbox.',
    second: `You already have ${GIULIA}. Replace it or add ${OTHER} only to check conflicts?`,
  },
  it: {
    shared: 'Questa casella è del team. Il calendario si collega solo a una casella personale.',
    wrong: `Hai fatto l’accesso come ${OTHER}, non come ${GIULIA}.`,
    cancelled: 'Non è stato collegato nulla.',
    partial: 'Manca il permesso «Visualizzare e modificare gli eventi»: senza, non possiamo leggere e scrivere le tue riunioni.',
    approval: 'La tua organizzazione chiede l’ok di chi amministra.',
    noMailbox: 'Questo account non ha un calendario Microsoft.',
    unverified: 'Google mostrerà un avviso: il server è tuo.',
    notConfigured: 'Office 365 non è ancora configurato su questo server.',
    appPassword: 'Con l’accesso in due passaggi serve una password per le app.',
    used: `${TAKEN} è già collegata da Marco Bianchi.`,
    noPermission: 'Il tuo ruolo non può collegare una casella personale.',
    second: `Hai già ${GIULIA}. Vuoi sostituirlo o usare ${OTHER} solo per i controlli?`,
  },
} as const

let browser: Browser
let google: PracticeGoogle
let microsoft: PracticeMicrosoft
let caldav: PracticeCaldav
let product: Product
let giulia: Someone
let marco: Someone
let sara: Someone

beforeAll(async () => {
  ;[browser, google, microsoft, caldav] = await Promise.all([openBrowser(), startPracticeGoogle(), startPracticeMicrosoft(), startPracticeCaldav()])
  for (const [email, name] of [[GIULIA, 'Giulia Ferri'], [OTHER, 'Giulia'], [TEAM, 'Studio Ferri'], [TAKEN, 'Marco Bianchi']] as const) google.store.addUser({ email, name })
  microsoft.store.addTenant({ domain: 'strict.example', admin: 'approval' })
  microsoft.store.addUser({ email: STRICT, name: 'Giulia Ferri' })
  microsoft.store.addUser({ email: EMPTY, name: 'Nobody', mailbox: false })
  const { RITROVO_MICROSOFT_CLIENT_ID: _, RITROVO_MICROSOFT_CLIENT_SECRET: __, ...addresses } = microsoft.settings
  product = await startProduct({ ...google.settings, ...addresses, RITROVO_EGRESS_ALLOW: `localhost:${google.port},localhost:${microsoft.port},localhost:${caldav.port}` })
  giulia = await beginStudio(browser, product, GIULIA)
  const { id } = await giulia.api<{ id: string }>('POST', '/roles', { name: 'Front desk', permissions: ['see-all-contacts'] })
  expect(id).toBeTruthy()
  marco = await inviteTo(browser, product, giulia, { name: 'Marco Bianchi', email: TAKEN, role: 'member' })
  sara = await inviteTo(browser, product, giulia, { name: 'Sara Lenzi', email: 'sara@studioferri.example', role: 'Front desk' })
}, 120_000)

afterEach(async () => {
  await giulia.api('PATCH', '/workspace', { severalAccounts: false })
  for (const { id } of await connections()) await giulia.api('DELETE', `/connections/${id}`)
  google.store.grants.forget(OTHER)
  google.store.grants.forget(GIULIA)
})

afterAll(async () => {
  await browser?.close()
  await product?.stop()
  await google?.stop()
  await microsoft?.stop()
  await caldav?.stop()
})

type Connection = { id: string; account: string; state: string; mailbox: boolean; roles: string[] }
const connections = async (who = giulia) => (await who.api<{ connections: Connection[] }>('GET', '/connections')).connections
const said = (page: Page, sentence: string) => page.getByText(sentence, { exact: true }).waitFor()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** Connects a Google account without looking at any page. */
async function connectUnseen(who: Someone, email: string): Promise<void> {
  const { version } = await who.api<{ version: string }>('GET', '/connections/disclosure?provider=google&mail=true')
  const { url } = await who.api<{ url: string }>('POST', '/connections/oauth', { provider: 'google', mail: true, loginHint: email, textVersion: version, locale: 'en' })
  const back = await google.consent(url, { email })
  await who.context.request.get(back.href)
}

describe.each(['en', 'it'] as const)('in %s', (locale: Locale) => {
  const say = speak(calendarWords, locale)
  const words = WORDS[locale]

  /** From the app to the provider's first page, with the wished account in mind. */
  async function leave(provider: 'google' | 'microsoft', hint: string): Promise<Page> {
    const { page } = giulia
    await giulia.speaks(locale)
    await page.goto(`${product.url}/app/settings/calendar?connect=now&provider=${provider}`)
    await page.getByLabel(say('cal.disclose.account_label')).fill(hint)
    await button(page, say('cal.disclose.accept', { provider: provider === 'google' ? 'Google' : 'Office 365' })).click()
    await page.waitForURL((url) => url.origin === (provider === 'google' ? google : microsoft).url)
    return page
  }
  /** Whoever is signed in at Google with several accounts takes this one. */
  const takeAccount = async (page: Page, email: string) => {
    const address = new URL(page.url())
    address.searchParams.set('account', email)
    await page.goto(address.href)
  }
  const chooseAtMicrosoft = (page: Page, email: string) => page.getByRole('listitem').filter({ hasText: email }).getByRole('button').click()
  const connected = (page: Page) => page.getByRole('heading', { name: say('cal.choose.title') }).waitFor()

  test('CAL-NOT-CONFIGURED: an admin is led to the guide, everybody else can write to one', async () => {
    for (const [who, way] of [[giulia, say('way.guide')], [marco, say('way.notify')]] as const) {
      await who.speaks(locale)
      await who.page.goto(`${product.url}/app/settings/calendar?connect=now`)
      await who.page.locator('label', { hasText: 'Office 365' }).click()
      await said(who.page, words.notConfigured)
      await expect.poll(() => who.page.getByRole('link', { name: way }).getAttribute('href')).toMatch(who === giulia ? /^\/app\/connections$/ : /^mailto:giulia@/)
    }
  })

  test('CAL-CANCELLED: back from “Cancel” nothing is connected, and one press tries again with the same account', async () => {
    const page = await leave('google', GIULIA)
    await button(page, 'Cancel').click()
    await said(page, words.cancelled)
    expect(new URL(page.url()).pathname).toBe('/app/meetings')
    await button(page, say('way.again')).click()
    await page.getByText(`(${GIULIA})`).waitFor()
    await button(page, 'Allow').click()
    await connected(page)
    expect((await connections())[0]).toMatchObject({ account: GIULIA, state: 'connected' })
  })

  test('CAL-WRONG-ACCOUNT: who came back is named, and can be used as they are', async () => {
    const page = await leave('google', GIULIA)
    await takeAccount(page, OTHER)
    await button(page, 'Allow').click()
    await said(page, words.wrong)
    expect(await connections()).toEqual([])
    await page.getByText(speak(appWords, locale)('err.details')).click()
    await page.getByText('CAL-WRONG-ACCOUNT').waitFor()
    await button(page, say('way.use', { b: OTHER })).click()
    await connected(page)
    expect((await connections())[0]).toMatchObject({ account: OTHER, state: 'connected' })
  })

  test('CAL-PARTIAL-SCOPE: a box that was left off is named with what it costs, and asked for alone', async () => {
    const page = await leave('google', GIULIA)
    await page.getByRole('checkbox', { name: 'View and edit events on all your calendars' }).uncheck()
    await button(page, 'Allow').click()
    await said(page, words.partial)
    await button(page, say('way.scope_only')).click()
    await page.waitForURL((url) => url.origin === google.url)
    expect(await page.getByRole('checkbox').count()).toBe(1)
    await button(page, 'Allow').click()
    await connected(page)
  })

  test('without the mailbox’s box the calendar is connected all the same, and it is said', async () => {
    const page = await leave('google', GIULIA)
    await page.getByRole('checkbox', { name: 'Send email on your behalf' }).uncheck()
    await button(page, 'Allow').click()
    await connected(page)
    await said(page, say('cal.choose.without_mail'))
    expect((await connections())[0]).toMatchObject({ mailbox: false, state: 'connected' })
  })

  test('CAL-SHARED-INBOX: refused before one leaves, and again when one comes back with it', async () => {
    const { id } = await giulia.api<{ id: string }>('POST', '/shared-inboxes', { address: TEAM, provider: 'google', name: '', members: [] })
    await giulia.speaks(locale)
    const { page } = giulia
    await page.goto(`${product.url}/app/settings/calendar?connect=now&provider=google`)
    const account = page.getByLabel(say('cal.disclose.account_label'))
    await account.fill(TEAM)
    await button(page, say('cal.disclose.accept', { provider: 'Google' })).click()
    await said(page, words.shared)
    await button(page, say('way.own_mailbox')).click()
    expect(await account.inputValue()).toBe('')
    await button(page, say('cal.disclose.accept', { provider: 'Google' })).click()
    await page.getByRole('button', { name: TEAM }).click()
    await button(page, 'Allow').click()
    await said(page, words.shared)
    await button(page, say('way.own_mailbox')).click()
    await page.getByRole('heading', { name: say('cal.disclose.title', { provider: 'Google' }) }).waitFor()
    expect(await connections()).toEqual([])
    await giulia.api('DELETE', `/shared-inboxes/${id}`)
    google.store.grants.forget(TEAM)
  })

  test('CAL-ALREADY-USED: whose it is, a letter to them, or another account', async () => {
    if ((await connections(marco)).length === 0) await connectUnseen(marco, TAKEN)
    const page = await leave('google', TAKEN)
    await page.getByRole('button', { name: /^(Allow|Continue)$/ }).click()
    await said(page, words.used)
    await expect.poll(() => page.getByRole('link', { name: say('way.ask', { name: 'Marco Bianchi' }) }).getAttribute('href')).toContain(`mailto:${TAKEN}`)
    await button(page, say('way.use_another')).click()
    await page.getByRole('heading', { name: 'Choose an account' }).waitFor()
  })

  test('CAL-NO-PERMISSION: the role is named as the reason, and who can change it', async () => {
    await sara.speaks(locale)
    await sara.page.goto(`${product.url}/app/settings/calendar`)
    await said(sara.page, say('cal.need_personal_mail'))
    expect(await button(sara.page, say('cal.connect.cta')).count()).toBe(0)
    await sara.page.goto(`${product.url}/app/settings/calendar?connect=now`)
    await said(sara.page, words.noPermission)
    await expect.poll(() => sara.page.getByRole('dialog').getByRole('link', { name: say('way.ask_admin') }).getAttribute('href')).toContain(`mailto:${GIULIA}`)
  })

  test('CAL-UNVERIFIED-APP: Google’s warning is told before it is met, and what to press there', async () => {
    await giulia.api('PUT', '/provider-apps/google', { clientId: google.clientId, clientSecret: google.clientSecret, testing: true })
    await giulia.speaks(locale)
    const { page } = giulia
    await page.goto(`${product.url}/app/settings/calendar?connect=now&provider=google`)
    await said(page, words.unverified)
    await page.getByText(say('way.show_clicks'), { exact: true }).click()
    await said(page, say('cal.disclose.warned_1'))
    await giulia.api('DELETE', '/provider-apps/google')
  })

  test('CAL-SECOND: one account holds the place; where several are allowed the other may come beside it', async () => {
    await connectUnseen(giulia, GIULIA)
    await giulia.speaks(locale)
    const { page } = giulia
    const ask = async () => {
      await page.goto(`${product.url}/app/settings/calendar`)
      await button(page, say('cal.add')).click()
      await page.locator('label', { hasText: 'Google / Gmail' }).click()
      await button(page, say('cal.provider.next')).click()
      await page.getByLabel(say('cal.disclose.account_label')).fill(OTHER)
      await button(page, say('cal.disclose.accept', { provider: 'Google' })).click()
      await said(page, words.second)
    }
    await ask()
    expect(await button(page, say('way.replace', { a: GIULIA })).count()).toBe(1)
    expect(await button(page, say('way.add', { b: OTHER })).count()).toBe(0)
    await giulia.api('PATCH', '/workspace', { severalAccounts: true })
    await ask()
    await button(page, say('way.add', { b: OTHER })).click()
    await page.waitForURL((url) => url.origin === google.url)
    await page.getByRole('button', { name: /^(Allow|Continue)$/ }).click()
    await connected(page)
    expect((await connections()).map(({ account, roles }) => [account, roles])).toEqual(
      expect.arrayContaining([[GIULIA, expect.arrayContaining(['bookings'])], [OTHER, ['busy']]]),
    )
  })

  test('CAL-ADMIN-CONSENT: a ready message with the link of approval', async () => {
    await giulia.api('PUT', '/provider-apps/microsoft', { clientId: microsoft.clientId, clientSecret: microsoft.clientSecret, testing: false })
    await giulia.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const page = await leave('microsoft', STRICT)
    await chooseAtMicrosoft(page, STRICT)
    await page.getByRole('button', { name: 'Return to the application without granting consent' }).click()
    await said(page, words.approval)
    await button(page, say('way.copy_message')).click()
    await said(page, say('way.copied'))
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('/adminconsent?')
  })

  test('CAL-NO-MAILBOX: an account without a calendar leads to another provider', async () => {
    const page = await leave('microsoft', EMPTY)
    await chooseAtMicrosoft(page, EMPTY)
    const yes = button(page, 'Yes')
    if (await yes.count()) await yes.click()
    await said(page, words.noMailbox)
    await button(page, say('way.other_provider')).click()
    await page.getByRole('heading', { name: say('cal.provider.title') }).waitFor()
    await giulia.api('DELETE', '/provider-apps/microsoft')
  })

  test('CAL-APP-PASSWORD: a refused password says what two-step sign-in needs, and how to make one', async () => {
    await giulia.speaks(locale)
    const { page } = giulia
    await page.goto(`${product.url}/app/settings/calendar?connect=now`)
    await page.locator('label', { hasText: 'CalDAV' }).click()
    await button(page, say('cal.provider.next')).click()
    await button(page, say('cal.disclose.accept_caldav')).click()
    await page.getByLabel(say('cal.caldav.address')).fill(caldav.url)
    await page.getByLabel(say('cal.caldav.user')).fill(caldav.user)
    await page.getByLabel(say('cal.caldav.password'), { exact: true }).fill('the-usual-one')
    await button(page, say('cal.caldav.go')).click()
    await page.getByRole('alert').filter({ hasText: words.appPassword }).waitFor()
    await page.getByText(say('way.app_password')).click()
    await said(page, say('app_password.icloud'))
    expect(await page.getByLabel(say('cal.caldav.user')).inputValue()).toBe(caldav.user)
  })
})
