import { setTimeout as sleep } from 'node:timers/promises'
import type { APIResponse, Browser, BrowserContext, Page } from 'playwright-core'
import type { Locale } from '#core/locale/locale.ts'
import { speak } from '#core/locale/say.ts'
import { publicWords } from '#core/locale/words/public.ts'
import type { Product } from './product.ts'

export const PASSWORD = 'a long enough sentence'
const ASKED = { 'x-ritrovo': '1' }

/** Somebody signed in to a running product: their browser, and what they ask of the API without looking. */
export type Someone = {
  context: BrowserContext
  page: Page
  api: <Answer>(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, data?: unknown) => Promise<Answer>
  speaks: (locale: Locale) => Promise<void>
}

async function someone(browser: Browser, product: Product, enter: (context: BrowserContext) => Promise<APIResponse>): Promise<Someone> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Rome', reducedMotion: 'reduce' })
  context.setDefaultTimeout(20_000)
  const entered = await enter(context)
  if (!entered.ok()) throw new Error(`nobody came in: ${entered.status()} ${await entered.text()}`)
  const page = await context.newPage()
  const api: Someone['api'] = async (method, path, data) => {
    const answer = await context.request.fetch(`${product.url}/api/v1${path}`, { method, headers: ASKED, ...(data === undefined ? {} : { data }) })
    if (!answer.ok()) throw new Error(`${method} ${path} answered ${answer.status()}: ${await answer.text()}`)
    return (answer.status() === 204 ? undefined : await answer.json()) as never
  }
  return { context, page, api, speaks: async (locale) => void (await api('PATCH', '/me', { locale })) }
}

/** The first workspace, by the link the console printed. */
export const beginStudio = (browser: Browser, product: Product, email: string, locale: Locale = 'en'): Promise<Someone> =>
  someone(browser, product, (context) =>
    context.request.post(`${product.url}/api/v1/setup`, {
      headers: ASKED,
      data: { key: new URL(product.setupLink).searchParams.get('k'), name: 'Giulia Ferri', email, password: PASSWORD, workspaceName: 'Studio Ferri', locale, zone: 'Europe/Rome' },
    }),
  )

/** A colleague, through an invitation. */
export async function inviteTo(browser: Browser, product: Product, admin: Someone, { name, email, role }: { name: string; email: string; role: string }): Promise<Someone> {
  const { roles } = await admin.api<{ roles: { id: string; name: string; builtIn: string | null }[] }>('GET', '/people')
  const roleId = roles.find((each) => each.builtIn === role || each.name === role)!.id
  const { link } = await admin.api<{ link: string }>('POST', '/invitations', { email, roleId })
  const token = new URL(link).pathname.split('/').at(-1)
  return someone(browser, product, (context) =>
    context.request.post(`${product.url}/api/v1/invitations/by-token/${token}/accept`, { headers: ASKED, data: { name, password: PASSWORD, locale: 'en', zone: 'Europe/Rome' } }),
  )
}

/** Looks again until something is there. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false> | T | null | undefined | false, seconds = 60): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(250)) {
    const found = await look()
    if (found) return found
  }
  throw new Error(`waited in vain for ${what}`)
}

/** As a visitor: the first free time of a page, with a name and an address. */
export async function bookAs(browser: Browser, url: string, { name, email }: { name: string; email: string }): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Rome', viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  await page.goto(url)
  await page.locator('button[name=slot]').first().click()
  await page.locator('input[name=name]').fill(name)
  await page.locator('input[name=email]').fill(email)
  await page.getByRole('button', { name: speak(publicWords, 'en')('book.confirm'), exact: true }).click()
  await page.waitForURL(/\/b\//)
  await context.close()
}
