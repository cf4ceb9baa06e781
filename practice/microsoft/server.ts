import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Rounds } from './delta.ts'
import { Entra } from './entra.ts'
import { Faults } from './faults.ts'
import { Front } from './front.ts'
import { Broken, Graph } from './graph.ts'
import { Notices, type Lifecycle, type Push } from './notices.ts'
import { PracticeStore } from './store.ts'
import { issue, words } from './tokens.ts'
import { walk } from './walk.ts'
import { faulty, plainHeaders, readable, readText } from './wire.ts'

export type PracticeRequest = {
  method: string
  path: string
  query: Record<string, string>
  body: unknown
  headers: Record<string, string>
  /** Whose token it carried. */ user: string | null
  /** The row of Graph's table, such as `GET /me/calendars`; null elsewhere. */ feature: string | null
}
export type Exchange = PracticeRequest & {
  status: number
  answer: unknown
  answerHeaders: Record<string, string>
}

export type PracticeMicrosoft = {
  url: string
  port: number
  clientId: string
  clientSecret: string
  /** The environment that points Ritrovo at this server. */
  settings: Record<string, string>
  requests: PracticeRequest[]
  /** Hears every exchange from now on, until the answer is called. */
  exchanges(listener: (exchange: Exchange) => void): () => void
  store: PracticeStore
  faults: Faults
  pushes: Push[]
  /** Tells apps about their subscriptions, all of them without an id. 'subscriptionRemoved' takes it away first. */
  lifecycle(event: Lifecycle, subscriptionId?: string): Promise<void>
  /** Resolves when no notice is under way. */
  settled(): Promise<void>
  /** Walks through sign-in and permissions as a person does, over HTTP; the answer is where the browser is sent back to. */
  consent(authorizeUrl: string | URL, person: { email: string; answer?: 'yes' | 'no' }): Promise<URL>
  /** Tokens without the walk, for tests that begin after it. */
  grant(email: string, scope?: string): { accessToken: string; refreshToken: string; idToken: string }
  /** Rejects when this server was about to answer something its own schemas refuse. */
  stop(): Promise<void>
}

export type PracticeMicrosoftOptions = {
  port?: number
  /** Everything is kept here between starts. */
  file?: string | null
  clientId?: string
  clientSecret?: string
  /** The registered addresses to come back to; any of this machine when absent. */
  redirectUris?: string[]
  now?: () => number
}

const SCOPE =
  'openid profile email offline_access User.Read Calendars.ReadWrite MailboxSettings.Read Mail.Send'
/** learn.microsoft.com/graph/throttling-limits#outlook-service-limits */
const AT_ONCE = 4

/** Entra and Graph on loopback: strict, stateful, and knowing only what is documented. */
export async function startPracticeMicrosoft(
  options: PracticeMicrosoftOptions = {},
): Promise<PracticeMicrosoft> {
  const clientId = options.clientId ?? '5f2c9a1e-7b34-4d0a-9c61-2e8d4f60b713'
  const clientSecret = options.clientSecret ?? 'practice-secret'
  const store = new PracticeStore({
    file: options.file ?? null,
    ...(options.now ? { now: options.now } : {}),
  })
  const faults = new Faults()
  const requests: PracticeRequest[] = []
  const listeners = new Set<(exchange: Exchange) => void>()
  const broken: Broken[] = []
  const busy = new Map<string, number>()

  const server = createServer(
    (request, response) =>
      void arrive(request, response).catch((error: unknown) => {
        if (error instanceof Broken) broken.push(error)
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
        response.end(String(error))
      }),
  )
  await new Promise<void>((done, fail) =>
    server.once('error', fail).listen(options.port ?? 0, '127.0.0.1', done),
  )
  const { port } = server.address() as AddressInfo
  const url = `http://localhost:${port}`
  const notices = new Notices(store)
  const entra = new Entra(store, url, {
    id: clientId,
    secret: clientSecret,
    redirectUris: options.redirectUris ?? null,
  })
  const graph = new Graph(store, url, new Rounds(), (address) => notices.validate(address))
  const front = new Front(store, graph, entra)

  async function arrive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? '/', url)
    const method = request.method ?? ''
    const user = at.pathname.startsWith('/v1.0/')
      ? (graph.caller(request.headers)?.person.email ?? null)
      : null
    const crowd = (busy.get(user ?? '') ?? 0) + 1
    busy.set(user ?? '', crowd)
    response.once('close', () => busy.set(user ?? '', busy.get(user ?? '')! - 1))
    const text = await readText(request)
    const seen: PracticeRequest = {
      method,
      path: at.pathname,
      query: Object.fromEntries(at.searchParams),
      body: readable(text, request.headers['content-type']),
      headers: plainHeaders(request.headers),
      user,
      feature: graph.feature(method, at.pathname, request.headers),
    }
    requests.push(seen)
    if (requests.length > 100_000) requests.splice(0, 50_000)
    const fault = faults.take(seen)
    if (fault?.delayMs) await new Promise((done) => setTimeout(done, fault.delayMs))
    if (fault?.cut === 'before') return void request.socket.destroy()
    const told =
      fault?.status !== undefined || fault?.body !== undefined
        ? faulty(fault)
        : await front.answer(method, at, request, text, user !== null && crowd > AT_ONCE)
    if (fault?.cut === 'after') return void request.socket.destroy()
    response.writeHead(
      told.status,
      fault?.headers && fault.status === undefined && fault.body === undefined
        ? { ...told.headers, ...fault.headers }
        : told.headers,
    )
    response.end(method === 'HEAD' ? undefined : told.body)
    for (const listener of listeners)
      listener({ ...seen, status: told.status, answer: told.answer, answerHeaders: told.headers })
  }

  function grant(email: string, scope = SCOPE) {
    const person = store.person(email)
    person.consents[clientId] = [...new Set([...(person.consents[clientId] ?? []), ...words(scope)])]
    const {
      access_token: accessToken,
      refresh_token: refreshToken = '',
      id_token: idToken = '',
    } = issue(store, url, person, clientId, words(scope))
    return { accessToken, refreshToken, idToken }
  }

  return {
    url,
    port,
    clientId,
    clientSecret,
    requests,
    store,
    faults,
    grant,
    consent: (authorizeUrl, { email, answer }) => walk(authorizeUrl, store.person(email).id, answer ?? 'yes'),
    settings: {
      RITROVO_MICROSOFT_CLIENT_ID: clientId,
      RITROVO_MICROSOFT_CLIENT_SECRET: clientSecret,
      RITROVO_MICROSOFT_TENANT: 'common',
      RITROVO_MICROSOFT_ISSUER: `${url}/{tenantid}/v2.0`,
      RITROVO_MICROSOFT_AUTHORIZE_URL: `${url}/{tenant}/oauth2/v2.0/authorize`,
      RITROVO_MICROSOFT_TOKEN_URL: `${url}/{tenant}/oauth2/v2.0/token`,
      RITROVO_MICROSOFT_JWKS_URL: `${url}/{tenant}/discovery/v2.0/keys`,
      RITROVO_MICROSOFT_GRAPH_API: `${url}/v1.0`,
    },
    pushes: notices.pushes,
    exchanges(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    lifecycle: (event, id) => notices.lifecycle(event, id),
    settled: () => notices.settled(),
    async stop() {
      await new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
      await notices.settled()
      if (broken.length > 0) throw broken[0]!
    },
  }
}
