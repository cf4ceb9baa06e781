import { createAdaptorServer } from '@hono/node-server'
import { startPracticeGoogle } from '#practice/google/server.ts'
import { startPracticeMicrosoft } from '#practice/microsoft/server.ts'
import { createApp } from '#server/app.ts'
import type { Connection } from '#server/calendars/model.ts'
import type { OAuthProvider } from '#server/connections/model.ts'
import { providers } from '#server/providers/registry.ts'
import type { Task } from '#server/platform/jobs.ts'
import { freePort } from './counterparts/started.ts'
import { aWorkspace, freshDatabase } from './database.ts'
import { signedInAs, type Browser } from './house.ts'

export const OAUTH: OAuthProvider[] = ['google', 'microsoft']
export const ME = { google: 'giulia@gmail.test', microsoft: 'giulia@contoso.test' } as const
export const OTHER = { google: 'other@gmail.test', microsoft: 'other@contoso.test' } as const

export type Person = {
  email: string
  untick?: string[]
  answer?: 'yes' | 'no'
  /** Their organization's administrator has to say yes: they go back without one. */
  approval?: boolean
}
export type WorldOptions = {
  now?: () => number
  env?: Record<string, string>
  tasks?: Task<never>[]
  work?: boolean
  locale?: 'en' | 'it'
  /** Really listens, so that providers can knock. */
  listen?: boolean
}

/** Ritrovo between a practice Google and a practice Microsoft, with Giulia signed in at her browser and two accounts of hers at each. */
export async function anOAuthWorld(options: WorldOptions = {}) {
  const clock = options.now ? { now: options.now } : {}
  const port = options.listen ? await freePort() : null
  const google = await startPracticeGoogle(clock)
  const microsoft = await startPracticeMicrosoft(clock)
  for (const email of [ME.google, OTHER.google]) google.store.addUser({ email, name: 'Giulia Ferri' })
  for (const email of [ME.microsoft, OTHER.microsoft])
    microsoft.store.addUser({ email, name: 'Giulia Ferri' })
  const world = await freshDatabase(
    {
      ...google.settings,
      ...microsoft.settings,
      RITROVO_EGRESS_ALLOW: [google.port, microsoft.port, ...(port ? [port] : [])]
        .map((one) => `localhost:${one}`)
        .join(','),
      ...(port ? { RITROVO_URL: `http://localhost:${port}` } : {}),
      ...options.env,
    },
    {
      providers,
      ...clock,
      ...(options.tasks ? { tasks: options.tasks } : {}),
      ...(options.work ? { work: options.work } : {}),
    },
  )
  const { deps } = world
  const who = await aWorkspace(deps, options.locale ? { locale: options.locale } : {})
  const app = createApp(deps)
  const browser = await signedInAs(deps, app, who)
  const server = port ? createAdaptorServer({ fetch: app.fetch }) : null
  if (server) await new Promise<void>((done) => server.listen(port!, '127.0.0.1', () => done()))

  /** Walks to the provider's page and through it; the answer is the address the browser is sent back to. */
  const walk = (url: string, person: Person): Promise<URL> =>
    url.startsWith(google.url)
      ? google.consent(url, {
          email: person.email,
          ...(person.untick ? { untick: person.untick } : {}),
          cancel: person.answer === 'no',
        })
      : person.approval
        ? withoutApproval(url, person.email)
        : microsoft.consent(url, { email: person.email, answer: person.answer ?? 'yes' })

  /** The page “Need admin approval” has one way on only. */
  const withoutApproval = async (url: string, email: string): Promise<URL> => {
    const form = (page: string) => ({
      action: /action="([^"]+)"/.exec(page)![1]!,
      request: /name="request" value="([^"]+)"/.exec(page)![1]!,
    })
    const post = (page: string, fields: Record<string, string>) => {
      const { action, request } = form(page)
      return fetch(new URL(action, url), {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ request, ...fields }),
      })
    }
    const chooser = await (await fetch(url)).text()
    const needed = await (await post(chooser, { account: microsoft.store.person(email).id })).text()
    return new URL((await post(needed, { answer: 'approval' })).headers.get('location')!)
  }

  /** The browser follows the redirect back to us. */
  const comeBack = async (back: URL, by: Browser = browser, headers: Record<string, string> = {}) => {
    const cookie = [...by.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await app.request(`${back.pathname}${back.search}`, { headers: { cookie, ...headers } })
    const location = response.headers.get('location')
    return { status: response.status, location, body: await response.text() }
  }

  const begin = (provider: OAuthProvider, more: object = {}, by: Browser = browser) =>
    by.post<{
      url: string
      code: string
      detail: string
      account?: string
      mayAdd?: boolean
      connectionId?: string
    }>('/connections/oauth', { provider, mail: true, textVersion: '2026-11', locale: 'en', ...more })

  /** The whole way there and back. */
  const trip = async (
    provider: OAuthProvider,
    person: Person = { email: ME[provider] },
    more: object = {},
    by: Browser = browser,
  ) => {
    const begun = await begin(provider, more, by)
    if (begun.status !== 201) throw new Error(`the trip did not begin: ${begun.status} ${begun.body.code}`)
    const { status, location, body } = await comeBack(await walk(begun.body.url, person), by)
    const to = new URL(location ?? '/', 'http://localhost:3000')
    return {
      status,
      body,
      path: to.pathname,
      connected: to.searchParams.get('connected'),
      landing: to.searchParams.get('landing'),
      without: to.searchParams.get('without'),
    }
  }

  const connections = async (by: Browser = browser): Promise<Connection[]> =>
    (await by.get<{ connections: Connection[] }>('/connections')).body.connections

  const land = async (token: string | null, by: Browser = browser) =>
    (
      await by.get<{ code: string; ways: string[]; text: string; detail: Record<string, string> }>(
        `/connections/landings/${token}`,
      )
    ).body

  const stop = async () => {
    server?.close()
    await world.stop()
    await Promise.all([google.stop(), microsoft.stop()])
  }
  return {
    ...world,
    ...who,
    app,
    browser,
    google,
    microsoft,
    practice: { google, microsoft },
    walk,
    comeBack,
    begin,
    trip,
    connections,
    land,
    stop,
  }
}
export type OAuthWorld = Awaited<ReturnType<typeof anOAuthWorld>>
