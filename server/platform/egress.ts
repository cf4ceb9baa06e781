import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { callbackify } from 'node:util'
import { Agent, type buildConnector } from 'undici'
import { Unreachable, type Line, type LineWish } from '#server/providers/provider.ts'
import { readHost, readPair } from './addresses.ts'
import { readAnswer, streamAnswer } from './answer.ts'
import {
  certificateOf,
  dial,
  systemConnect,
  systemResolve,
  tlsOptions,
  unless,
  type Policy,
  type Resolve,
} from './dial.ts'

export type Limits = {
  /** Milliseconds for the whole call: name, connection, every hop and the last byte of the body. */
  deadline?: number
  /** Bytes of the body after decompression. */
  maxBytes?: number
  redirects?: number
  /** One clock for several calls, on top of each call's own. */
  signal?: AbortSignal
  /** A certificate in PEM that the other end may also be signed by, beside those the system knows. */
  ca?: string
}

export type Egress = {
  /** `fetch` behind the policy. The body is read whole before it resolves, so every fault of the world is thrown here, as Unreachable. */
  fetch: typeof fetch
  within(limits: Limits): typeof fetch
  /** `fetch` over one connection of its own, which closes by itself when nothing is asked for a while. */
  line(wish?: Limits & LineWish): Line
  /** A connected socket for SMTP and IMAP; the caller owns it from here on. */
  openSocket(host: string, port: number, options: { tls: boolean; deadline?: number }): Promise<Socket>
  /** What an upgrade to TLS on such a socket must ask for. */
  tlsOptions(host: string, port: number): ConnectionOptions
  close(): Promise<void>
}

export type EgressOptions = {
  /** The operator's `host:port` pairs: only these may be private or without TLS. */
  allow: readonly string[]
  /** Pairs for `openSocket` alone: the operator's own mail server must not become a target for pages and calendars. */
  allowSockets?: readonly string[]
  extraCa?: ReadonlyMap<string, string>
  /** Called before every call: throws where none may start (inside a transaction). */
  guard?: () => void
  limits?: Limits
  resolve?: Resolve
  connect?: Policy['connect']
}

const WEB_PORTS = new Set([443, 8443])
const MAIL_PORTS = new Set([25, 143, 465, 587, 993])
const DEFAULTS = { deadline: 20_000, maxBytes: 8_000_000, redirects: 5 }
const CONNECTIONS = 8
const MOST_POOLS = 50
// These describe the connection, which is ours; undici writes them itself.
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'accept-encoding',
])
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const BODY_HEADERS = ['content-type', 'content-encoding', 'content-language', 'content-location']
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'REPORT'])

// Faults of which it is certain that nothing had been said yet: there was no line to say it on.
const unsent = new WeakSet<Unreachable>()

/** Whether the call that failed like this cannot have had any effect. */
export const neverSent = (error: unknown): boolean =>
  error instanceof Unreachable && (unsent.has(error) || error.reason === 'refused-address')

/** The only door out: whom we may call, how long, and how much we listen to (reliability.md §5.2). Proxy variables of the environment are not read. */
export function createEgress(options: EgressOptions): Egress {
  const base = {
    extraCa: options.extraCa ?? new Map<string, string>(),
    resolve: options.resolve ?? systemResolve,
    connect: options.connect ?? systemConnect,
  }
  const web: Policy = { ...base, allow: pairs(options.allow) }
  const sockets: Policy = { ...base, allow: pairs([...options.allow, ...(options.allowSockets ?? [])]) }

  const closing = new AbortController()
  const agents = new Set<Agent>()
  const agentWith = (connections: number, ca?: string, opened?: (socket: Socket) => void): Agent => {
    const connect = callbackify(async ({ hostname, port, protocol }: buildConnector.Options) => {
      const secure = protocol === 'https:'
      try {
        const socket = await dial(web, {
          host: hostname,
          port: Number(port) || (secure ? 443 : 80),
          secure,
          protocols: ['http/1.1'],
          ca,
          signal: closing.signal,
        })
        agents.add(agent)
        opened?.(socket)
        return socket
      } catch (error) {
        if (error instanceof Unreachable) unsent.add(error)
        throw error
      }
    })
    const agent = new Agent({
      connections,
      allowH2: false,
      connect: (wanted, done) =>
        connect(wanted, (error, socket) => (error ? done(error, null) : done(null, socket))),
    })
    return agent
  }
  const pool = agentWith(CONNECTIONS)
  // What was connected to by somebody's own certificate must not serve those who do not trust it.
  const pools = new Map<string, Agent>()
  const poolFor = (ca: string | undefined): Agent => {
    if (ca === undefined) return pool
    const known = pools.get(ca) ?? agentWith(CONNECTIONS, ca)
    if (pools.size >= MOST_POOLS) pools.clear()
    pools.set(ca, known)
    return known
  }
  const alone = (ca?: string, opened?: (socket: Socket) => void): Agent => {
    const agent = agentWith(1, ca, opened)
    return agent.on('disconnect', () => agents.delete(agent))
  }
  const bounds = (limits: Limits): Bounds => ({ ...DEFAULTS, ...options.limits, ...limits })

  const within =
    (limits: Limits): typeof fetch =>
    async (input, init) => {
      options.guard?.()
      return call(poolFor(limits.ca), web, bounds(limits), false, input, init, () => alone(limits.ca))
    }

  return {
    fetch: within({}),
    within,
    line({ stream = false, ...limits } = {}) {
      const seen = { certificate: null as Uint8Array | null, connections: 0 }
      const agent = alone(limits.ca, (socket) => {
        seen.connections++
        seen.certificate = certificateOf(socket)
      })
      return {
        fetch: async (input, init) => {
          options.guard?.()
          return call(agent, web, bounds(limits), stream, input, init)
        },
        certificate: () => seen.certificate,
        connections: () => seen.connections,
      }
    },
    async openSocket(host, port, { tls, deadline = DEFAULTS.deadline }) {
      options.guard?.()
      if (!MAIL_PORTS.has(port) && !sockets.allow.has(`${readHost(host)}:${port}`))
        throw new Unreachable(`port ${port} is not open to us`, 'refused-address')
      return dial(sockets, { host, port, secure: tls, signal: AbortSignal.timeout(deadline) })
    },
    tlsOptions: (host, port) => tlsOptions(sockets, host, port),
    async close() {
      // The pools would wait for connections that are still being made.
      closing.abort()
      const all = new Set([pool, ...pools.values(), ...agents])
      await Promise.all([...all].map((agent) => agent.destroy()))
    },
  }
}

type Bounds = Required<Omit<Limits, 'signal' | 'ca'>> & Limits

/** `spare` makes the one other agent that a safe call is asked on again when its connection breaks (C11). */
async function call(
  agent: Agent,
  policy: Policy,
  bounds: Bounds,
  stream: boolean,
  input: RequestInfo | URL,
  init?: RequestInit,
  spare?: () => Agent,
): Promise<Response> {
  const url = target(policy, input instanceof Request ? input.url : String(input))
  const request = new Request(input instanceof Request ? input : url, init)
  const caller = bounds.signal ? AbortSignal.any([request.signal, bounds.signal]) : request.signal
  const signal = AbortSignal.any([caller, AbortSignal.timeout(bounds.deadline)])
  let hop: Hop = {
    url,
    method: request.method,
    headers: ownHeaders(request.headers),
    body: request.body === null ? null : Buffer.from(await request.arrayBuffer()),
  }
  const asTold = (error: unknown): unknown => {
    if (caller.aborted && (caller.reason as Error | undefined)?.name !== 'TimeoutError') return caller.reason
    if (signal.aborted) return new Unreachable(`${hop.url.host} did not answer in time`, 'timeout')
    return faultOf(error, hop.url)
  }
  const hear = async (on: Agent): Promise<Response | Lead> => {
    const answer = await ask(on, hop, signal)
    const location = answer.headers['location']
    const leads = REDIRECTS.has(answer.statusCode) && typeof location === 'string'
    if (!leads || request.redirect === 'manual')
      return stream
        ? streamAnswer(answer, hop.method, hop.url, bounds.maxBytes, asTold)
        : await readAnswer(answer, hop.method, hop.url, bounds.maxBytes)
    answer.body.destroy()
    return { status: answer.statusCode, location }
  }
  let other = spare
  const again = (error: unknown) => {
    // A socket kept alive may be dead already. Not from the pool: its other sockets may have died with it.
    if (!other || signal.aborted || !SAFE.has(hop.method) || !broke(error)) throw error
    const fresh = other()
    other = undefined
    return hear(fresh)
  }
  try {
    for (let redirects = 0; ; redirects++) {
      const heard = await hear(agent).catch(again)
      if (heard instanceof Response) return heard
      if (request.redirect === 'error' || redirects >= bounds.redirects)
        throw new Unreachable(`${hop.url.host} sends us on and on`, 'bad-answer')
      const next = URL.parse(heard.location, hop.url)?.href ?? heard.location
      hop = follow(hop, heard.status, target(policy, next))
    }
  } catch (error) {
    throw asTold(error)
  }
}

type Lead = { status: number; location: string }
type Hop = { url: URL; method: string; headers: Headers; body: Buffer | null }

async function ask(agent: Agent, { url, method, headers, body }: Hop, signal: AbortSignal) {
  // The signal is the one clock: undici's own start again with every byte of a drip (M6).
  const noClocks = { headersTimeout: 0, bodyTimeout: 0 }
  const path = url.pathname + url.search
  const asked = agent.request({
    origin: url.origin,
    path,
    method,
    headers: Object.fromEntries(headers),
    body,
    signal,
    ...noClocks,
  })
  // undici hears the signal only once it is connected; we hear it at once.
  const answer = await unless(signal, asked)
  answer.body.on('error', () => undefined)
  return answer
}

/** The next call by the rules of fetch (RFC 9110 15.4), but to another origin bare: which header carries a secret is not ours to guess. */
function follow({ url, method, headers, body }: Hop, status: number, next: URL): Hop {
  const asGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'
  const bare = new Headers(headers)
  for (const name of BODY_HEADERS) bare.delete(name)
  const hop = asGet
    ? { url: next, method: 'GET', headers: bare, body: null }
    : { url: next, method, headers, body }
  if (next.origin === url.origin) return hop
  // A stranger changes nothing in the owner's name, and would get a write without its body.
  if (!SAFE.has(hop.method))
    throw new Unreachable(`${url.host} sends a ${hop.method} on to ${next.host}`, 'refused-address')
  return { ...hop, headers: ownHeaders(new Headers()), body: null }
}

/** Step 1 of the recipe, for every hop: who may be asked at all, before any name is looked up. */
function target(policy: Policy, text: string): URL {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new Unreachable('only web addresses can be reached', 'refused-address')
  if (url.username || url.password)
    throw new Unreachable('an address must not hold a user or a password', 'refused-address')
  const secure = url.protocol === 'https:'
  const port = Number(url.port) || (secure ? 443 : 80)
  const opened = policy.allow.has(`${url.hostname}:${port}`)
  if (!opened && (!secure || !WEB_PORTS.has(port)))
    throw new Unreachable(`${url.hostname}:${port} is not an address we connect to`, 'refused-address')
  return url
}

function ownHeaders(given: Headers): Headers {
  const headers = new Headers([...given].filter(([name]) => !OURS.has(name) && !name.startsWith('proxy-')))
  if (!headers.has('accept')) headers.set('accept', '*/*')
  if (!headers.has('user-agent')) headers.set('user-agent', 'Ritrovo')
  // One encoding, so that one decoder is all a hostile body can reach.
  headers.set('accept-encoding', 'gzip')
  return headers
}

/** Whether a connection that stood was cut under a call. */
const broke = (error: unknown): boolean =>
  !(error instanceof Unreachable) &&
  /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test((error as NodeJS.ErrnoException).code ?? '')

/** Node and undici tell the world's faults by code; what has none of these is our own bug and stays one. */
function faultOf(error: unknown, url: URL): unknown {
  if (error instanceof Unreachable) return error
  const { code = '', name } = error as NodeJS.ErrnoException
  if (name === 'HTTPParserError' || /^(?:Z_|HPE_|UND_ERR_(?:HEADERS_OVERFLOW|RES_))/.test(code))
    return new Unreachable(`${url.host} answered what we cannot read (${code || name})`, 'bad-answer')
  if (/^(?:E[A-Z]+|UND_ERR_SOCKET|UND_ERR_ABORTED|UND_ERR_DESTROYED)$/.test(code))
    return new Unreachable(`the connection to ${url.host} broke (${code})`, 'connect')
  return error
}

function pairs(list: readonly string[]): ReadonlySet<string> {
  return new Set(
    list.map((text) => {
      const pair = readPair(text)
      if (!pair) throw new Error(`not a host:port pair: ${text}`)
      return pair
    }),
  )
}
