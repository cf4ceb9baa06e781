import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer, type Answering } from './api.ts'
import { elsewhere, ENDPOINTS } from './elsewhere.ts'
import { answerOf, Faults } from './faults.ts'
import { scopesOf } from './grants.ts'
import type { Exchange, Logged } from './log.ts'
import { findMethod } from './methods.ts'
import { idToken, signingKey, type App } from './oauth.ts'
import { Pushes, type Push } from './push.ts'
import { Markup } from './reply.ts'
import { GoogleStore } from './store.ts'
import { walk, type Walker } from './walk.ts'
import { grouped, readable, readBody, write } from './wire.ts'

export type PracticeGoogle = {
  /** `http://localhost:PORT`, no slash at the end. */
  url: string
  port: number
  clientId: string
  clientSecret: string
  /** What points Ritrovo at this server. */
  settings: Record<string, string>
  /** Every request, oldest first; `feature` is the method's name in Google's documents, such as `calendar.events.list`. */
  requests: Logged[]
  /** Hears every request with its answer; what it gives back ends the hearing. */
  exchanges(listener: (exchange: Exchange) => void): () => void
  store: GoogleStore
  faults: Faults
  /** Every knock, delivered or not, oldest first. */
  pushes: Push[]
  /** Resolves when no knock is under way any more. */
  settled(): Promise<void>
  /** Walks through the pages of an authorize address as a person would; the answer is where the browser is sent in the end. */
  consent(authorizeUrl: string | URL, person: Walker): Promise<URL>
  /** Tokens without the walk, for tests that begin after it. */
  grant(email: string, scope?: string): { accessToken: string; refreshToken: string; idToken: string }
  /** Rejects when any answer of this server broke its own schema. */
  stop(): Promise<void>
}

export type PracticeGoogleOptions = {
  port?: number
  /** Where the demo keeps everything; without it all is in memory. */
  file?: string | null
  clientId?: string
  clientSecret?: string
  /** What the consent page calls the app. */
  appName?: string
  /** Registered addresses; null (the default) takes any on loopback. */
  redirectUris?: string[] | null
  now?: () => number
}

const DEFAULT_SCOPE = `openid email ${['calendar.events', 'calendar.calendarlist.readonly', 'calendar.events.freebusy', 'gmail.send'].map((name) => `https://www.googleapis.com/auth/${name}`).join(' ')}`

/** A strict Google (OAuth 2, OpenID Connect, Calendar v3, Gmail send) on loopback: for --demo, and wherever a test needs a real wire. */
export async function startPracticeGoogle(options: PracticeGoogleOptions = {}): Promise<PracticeGoogle> {
  const store = new GoogleStore({ file: options.file ?? null, ...(options.now ? { now: options.now } : {}) })
  const app: App = {
    url: '',
    name: options.appName ?? 'Ritrovo',
    clientId: options.clientId ?? 'practice.apps.googleusercontent.com',
    clientSecret: options.clientSecret ?? 'GOCSPX-practice',
    redirectUris: options.redirectUris ?? null,
    store,
    key: await signingKey(),
  }
  const faults = new Faults()
  const requests: Logged[] = []
  const listeners = new Set<(exchange: Exchange) => void>()
  const mistakes: unknown[] = []
  let answering: Answering | null = null

  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      mistakes.push(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  await new Promise<void>((done, fail) =>
    server.once('error', fail).listen(options.port ?? 0, '127.0.0.1', done),
  )
  const { port } = server.address() as AddressInfo
  const url = (app.url = `http://localhost:${port}`)
  const pushes = new Pushes(store, url)
  answering = { store, pushes, faults, url }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    const raw = await readBody(request)
    if (raw === null) return void response.writeHead(413).end()
    const headers = request.headers as Record<string, string | undefined>
    const found = findMethod(request.method ?? '', pathname)
    const logged: Logged = {
      method: request.method ?? '',
      path: pathname,
      query: grouped(searchParams),
      body: readable(raw, headers['content-type']),
      feature: found?.method.feature ?? ENDPOINTS[pathname] ?? null,
      user: null,
    }
    logged.user = store.grants.holder((headers['authorization'] ?? '').replace(/^Bearer /, ''))?.email ?? null
    requests.push(logged)
    if (requests.length > 100_000) requests.splice(0, 50_000)
    const fault = faults.take(logged)
    if (fault?.delayMs) await new Promise((done) => setTimeout(done, fault.delayMs))
    if (fault?.cut === 'before') return void request.socket.destroy()
    const reply =
      (fault && answerOf(fault)) ??
      (found
        ? answer(answering!, found, Object.assign(logged, { headers }), raw)
        : elsewhere(app, logged, headers, raw))
    for (const listener of listeners)
      listener({
        request: { ...logged, headers },
        answer: {
          status: reply.status,
          headers: reply.headers ?? {},
          body: reply.body instanceof Markup ? reply.body.text : reply.body,
        },
      })
    if (fault?.cut === 'after') return void request.socket.destroy()
    write(response, reply)
  }

  return {
    url,
    port,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    settings: {
      RITROVO_GOOGLE_CLIENT_ID: app.clientId,
      RITROVO_GOOGLE_CLIENT_SECRET: app.clientSecret,
      RITROVO_GOOGLE_ISSUER: url,
      RITROVO_GOOGLE_AUTHORIZE_URL: `${url}/o/oauth2/v2/auth`,
      RITROVO_GOOGLE_TOKEN_URL: `${url}/token`,
      RITROVO_GOOGLE_REVOKE_URL: `${url}/revoke`,
      RITROVO_GOOGLE_JWKS_URL: `${url}/oauth2/v3/certs`,
      RITROVO_GOOGLE_CALENDAR_API: `${url}/calendar/v3`,
      RITROVO_GOOGLE_GMAIL_API: `${url}/gmail/v1`,
    },
    requests,
    exchanges(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    store,
    faults,
    pushes: pushes.sent,
    settled: () => pushes.settled(),
    consent: (authorizeUrl, person) => walk(new URL(authorizeUrl), person),
    grant(email, scope = DEFAULT_SCOPE) {
      const scopes = scopesOf(scope)
      const user = store.users.get(email)!
      const { access, refresh } = store.grants.grant(email, scopes, user.testing)
      return {
        accessToken: access,
        refreshToken: refresh.token,
        idToken: idToken(app, user, scopes, access, undefined),
      }
    },
    async stop() {
      store.stop()
      await pushes.settled()
      await new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
      if (mistakes.length > 0)
        throw new AggregateError(
          mistakes,
          `the practice server broke its own rules: ${mistakes.map(String).join('; ')}`,
        )
    },
  }
}
