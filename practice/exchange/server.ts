import { X509Certificate } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Auth, type Asked } from './auth.ts'
import { discover } from './autodiscover.ts'
import { Broken, Ews, operationIn, type OpenStream } from './ews.ts'
import { Faults, type Fault } from './faults.ts'
import { faulty, plain, plainHeaders, readText, send, xml, type Answer } from './front.ts'
import { ownerActs, ownerPage } from './owner.ts'
import { PracticeStore } from './store.ts'

export type PracticeRequest = {
  method: string
  path: string
  headers: Record<string, string>
  body: string
  /** The address of who asked. */
  user: string | null
  scheme: 'Basic' | 'NTLM' | null
  /** Such as `CreateItem`; null for what is no request to EWS. */
  operation: string | null
}
/** Of a stream one for each envelope. `faulty`: a fault made the answer, which need not be one Exchange would give. */
export type Exchange = PracticeRequest & { status: number; answer: string; faulty: boolean }

export type PracticeExchange = {
  url: string
  ewsUrl: string
  autodiscoverUrl: string
  /** Where http is spoken, for Autodiscover's step without a password: `url` itself unless that speaks TLS. */
  plainUrl: string
  port: number
  settings: Record<string, string>
  requests: PracticeRequest[]
  /** Hears every exchange from now on, until the answer is called. */
  exchanges(listener: (exchange: Exchange) => void): () => void
  store: PracticeStore
  faults: Faults
  /** What became of each NTLM answer: 'good', 'wrong-mic', 'no-binding'… */
  verdicts: Auth['verdicts']
  /** Rejects when this server was about to answer something its own tables refuse. */
  stop(): Promise<void>
}
export type PracticeExchangeOptions = {
  port?: number
  /** Everything is kept here between starts. */
  file?: string | null
  /** PEM; the server then speaks TLS. */
  tls?: { key: string; cert: string }
  now?: () => number
}

const EWS = '/ews/exchange.asmx'
const AUTODISCOVER = '/autodiscover/autodiscover.xml'
const CROWDED: Fault = {
  fault: {
    code: 'ErrorExceededConnectionCount',
    text: 'You have exceeded the available concurrent connections for your account.',
  },
}

/** EWS and Autodiscover on loopback: strict, stateful, and knowing only what is documented. */
export async function startPracticeExchange(
  options: PracticeExchangeOptions = {},
): Promise<PracticeExchange> {
  const { tls } = options
  const store = new PracticeStore({
    file: options.file ?? null,
    ...(options.now ? { now: options.now } : {}),
  })
  const faults = new Faults()
  const ews = new Ews(store)
  const auth = new Auth(store, tls ? new X509Certificate(tls.cert).raw : null)
  const requests: PracticeRequest[] = []
  const listeners = new Set<(exchange: Exchange) => void>()
  const broken: unknown[] = []
  const busy = new Map<string, number>()
  const streams = new Map<string, number>()

  const hear = (request: IncomingMessage, response: ServerResponse) =>
    void arrive(request, response).catch((error: unknown) => {
      if (error instanceof Broken || !request.socket.destroyed) broken.push(error)
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(String(error))
    })
  const server = tls ? createTlsServer({ key: tls.key, cert: tls.cert }, hear) : createServer(hear)
  const other = tls
    ? createServer((request, response) => void send(request, response, redirect(request.url ?? ''), false))
    : null
  const port = await listen(server, options.port ?? 0)
  const url = `${tls ? 'https' : 'http'}://localhost:${port}`
  const plainUrl = other ? `http://localhost:${await listen(other, 0)}` : url

  /** The step without a password: only a redirect is ever told. */
  function redirect(path: string): Answer {
    const known = path.toLowerCase().startsWith(AUTODISCOVER) && store.httpRedirect !== null
    return known ? plain(302, '', { location: store.httpRedirect! }) : plain(404, 'Not found')
  }

  async function arrive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? '/', url)
    const path = at.pathname.toLowerCase()
    const guarded = path === EWS || (path === AUTODISCOVER && request.method === 'POST')
    const asked = guarded ? auth.ask(request) : null
    const caller = asked?.caller ?? null
    const body = await readText(request)
    const seen: PracticeRequest = {
      method: request.method ?? '',
      path: at.pathname,
      headers: plainHeaders(request.headers),
      body,
      user: caller?.person.email ?? null,
      scheme: caller?.scheme ?? null,
      operation: path === EWS && body !== '' ? operationIn(body) : null,
    }
    requests.push(seen)
    if (requests.length > 100_000) requests.splice(0, 50_000)
    const crowd = caller && path === EWS ? enter(caller.person.id, response) : 0
    // Who has not shown who they are meets no fault: a sign-in takes its rounds first.
    const fault = guarded && !caller ? null : faults.take(seen)
    if (fault?.delayMs) await new Promise((done) => setTimeout(done, fault.delayMs))
    if (fault?.cut === 'before') return void request.socket.destroy()
    const told = await answer(request, response, seen, at, crowd > store.connections ? CROWDED : fault, asked)
    if (fault?.cut === 'after') return void request.socket.destroy()
    if (told === null) return
    if (fault?.headers && !told.faulty) Object.assign(told.headers, fault.headers)
    send(request, response, told, store.gzip && path === EWS)
    say(seen, told)
  }

  /** How many of a person's requests are under way, this one too; open streams are counted elsewhere. */
  function enter(person: string, response: ServerResponse): number {
    busy.set(person, (busy.get(person) ?? 0) + 1)
    response.once('close', () => busy.set(person, busy.get(person)! - 1))
    return busy.get(person)! - (streams.get(person) ?? 0)
  }

  const say = (
    seen: PracticeRequest,
    { status, text, faulty }: Pick<Answer, 'status' | 'text' | 'faulty'>,
  ) => {
    for (const listener of listeners) listener({ ...seen, status, answer: text, faulty })
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    seen: PracticeRequest,
    at: URL,
    fault: Fault | null,
    asked: Asked | null,
  ): Promise<Answer | null> {
    const path = at.pathname.toLowerCase()
    if (fault?.unauthorized || asked?.caller === null) {
      const challenges =
        asked?.caller === null
          ? asked.challenges
          : store.schemes.map((one) => (one === 'Basic' ? 'Basic realm="practice.example"' : one))
      return plain(401, '', { 'www-authenticate': challenges })
    }
    if (fault && (fault.status !== undefined || fault.body !== undefined)) return faulty(fault)
    if (path === EWS) return exchange(request, response, seen, fault, asked!.caller!.person.email)
    if (path === AUTODISCOVER) {
      if (seen.method === 'GET') return redirect(path)
      const person = asked!.caller!.person
      const moved =
        person.mailbox === 'cloud'
          ? ({ kind: 'redirectAddr', address: `${person.user}@practice.mail.onmicrosoft.com` } as const)
          : store.autodiscover
      const found = discover(seen.body, person, moved, `${url}/EWS/Exchange.asmx`)
      return found === null ? plain(404, 'Not found') : xml(200, found, store)
    }
    if (seen.method === 'GET' && path === '/')
      return plain(200, ownerPage(store, at.searchParams.get('user')), {
        'content-type': 'text/html; charset=utf-8',
      })
    if (seen.method === 'POST' && path.startsWith('/events/')) {
      // The page's own forms only: another site's would come from elsewhere.
      if (![undefined, url].includes(request.headers.origin))
        return plain(403, 'This form is not of this page.')
      const { status, headers, body } = ownerActs(store, path, new URLSearchParams(seen.body))
      return plain(status, body, headers)
    }
    return plain(404, 'Not found')
  }

  function exchange(
    request: IncomingMessage,
    response: ServerResponse,
    seen: PracticeRequest,
    fault: Fault | null,
    email: string,
  ): Answer | null {
    if (seen.method !== 'POST') return plain(405, '', { allow: 'POST' })
    if (!/^text\/xml\b/i.test(request.headers['content-type'] ?? '')) return plain(415, '')
    const person = store.person(email)
    const told = ews.answer(seen.body, person, fault, stream(request, response, seen, person.id))
    return told && { ...xml(told.status, told.text, store), faulty: told.faulty }
  }

  const stream =
    (request: IncomingMessage, response: ServerResponse, seen: PracticeRequest, person: string): OpenStream =>
    () => {
      const open = streams.get(person) ?? 0
      if (open >= store.streams) return null
      streams.set(person, open + 1)
      response.once('close', () => streams.set(person, streams.get(person)! - 1))
      const affinity = request.headers['x-preferserveraffinity']
        ? { 'set-cookie': 'X-BackEndOverrideCookie=exchange.practice.example~1; path=/; HttpOnly' }
        : {}
      response.writeHead(200, { 'content-type': store.contentType, ...affinity })
      const write = (text: string) => {
        response.write(text)
        say(seen, { status: 200, text, faulty: false })
      }
      return { response, write }
    }

  return {
    url,
    ewsUrl: `${url}/EWS/Exchange.asmx`,
    autodiscoverUrl: `${url}/autodiscover/autodiscover.xml`,
    plainUrl,
    port,
    settings: {},
    requests,
    store,
    faults,
    verdicts: auth.verdicts,
    exchanges(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async stop() {
      await Promise.all([server, ...(other ? [other] : [])].map(close))
      if (broken.length > 0) throw broken[0] as Error
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const close = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })
