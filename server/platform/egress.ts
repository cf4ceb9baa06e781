import { pipeline, type Readable } from 'node:stream'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { createGunzip } from 'node:zlib'
import { Agent, type Dispatcher } from 'undici'
import { Unreachable } from '#server/providers/provider.ts'
import { readHost, readPair } from './addresses.ts'
import { dial, systemConnect, systemResolve, tlsOptions, unless, type Policy, type Resolve } from './dial.ts'

export type Limits = {
  /** Milliseconds for the whole call: name, connection, every hop and the last byte of the body. */
  deadline?: number
  /** Bytes of the body after decompression. */
  maxBytes?: number
  redirects?: number
  /** One clock for several calls, on top of each call's own. */
  signal?: AbortSignal
}

export type Egress = {
  /** `fetch` behind the policy. The body is read whole before it resolves, so every fault of the world is thrown here, as Unreachable. */
  fetch: typeof fetch
  within(limits: Limits): typeof fetch
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
// A body in one-byte chunks costs far more memory and time than its bytes: a chunk counts at least this much.
const CHUNK_COSTS = 16
// These describe the connection, which is ours; undici writes them itself.
const OURS = ['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'expect', 'te', 'trailer', 'accept-encoding']
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'REPORT'])

/** The only door out: whom we may call, how long, and how much we listen to (reliability.md §5.2). Proxy variables of the environment are not read. */
export function createEgress(options: EgressOptions): Egress {
  const base = { extraCa: options.extraCa ?? new Map<string, string>(), resolve: options.resolve ?? systemResolve, connect: options.connect ?? systemConnect }
  const web: Policy = { ...base, allow: pairs(options.allow) }
  const sockets: Policy = { ...base, allow: pairs([...options.allow, ...(options.allowSockets ?? [])]) }

  const closing = new AbortController()
  const agent = new Agent({
    connections: 8,
    allowH2: false,
    connect({ hostname, port, protocol }, done) {
      const secure = protocol === 'https:'
      dial(web, { host: hostname, port: Number(port) || (secure ? 443 : 80), secure, protocols: ['http/1.1'], signal: closing.signal }).then(
        (socket) => done(null, socket),
        (error: Error) => done(error, null),
      )
    },
  })

  const within = (limits: Limits): typeof fetch => async (input, init) => {
    options.guard?.()
    return call(agent, web, { ...DEFAULTS, ...options.limits, ...limits }, input, init)
  }

  return {
    fetch: within({}),
    within,
    async openSocket(host, port, { tls, deadline = DEFAULTS.deadline }) {
      options.guard?.()
      if (!MAIL_PORTS.has(port) && !sockets.allow.has(`${readHost(host)}:${port}`)) throw new Unreachable(`port ${port} is not open to us`, 'refused-address')
      return dial(sockets, { host, port, secure: tls, signal: AbortSignal.timeout(deadline) })
    },
    tlsOptions: (host, port) => tlsOptions(sockets, host, port),
    close() {
      // The pool would wait for connections that are still being made.
      closing.abort()
      return agent.destroy()
    },
  }
}

type Bounds = Required<Omit<Limits, 'signal'>> & Limits

async function call(agent: Agent, policy: Policy, bounds: Bounds, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let url = target(policy, input instanceof Request ? input.url : String(input))
  const request = new Request(input instanceof Request ? input : url, init)
  const caller = bounds.signal ? AbortSignal.any([request.signal, bounds.signal]) : request.signal
  const signal = AbortSignal.any([caller, AbortSignal.timeout(bounds.deadline)])
  let { method } = request
  let headers = ownHeaders(request.headers)
  let body = request.body === null ? null : Buffer.from(await request.arrayBuffer())

  try {
    for (let hop = 0; ; hop++) {
      // undici hears the signal only once it is connected; we hear it at once.
      const answer = await unless(signal, agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: Object.fromEntries(headers),
        body,
        signal,
        // The signal is the one clock: undici's own start again with every byte of a drip (M6).
        headersTimeout: 0,
        bodyTimeout: 0,
      }))
      answer.body.on('error', () => undefined)
      const location = answer.headers['location']
      if (![301, 302, 303, 307, 308].includes(answer.statusCode) || typeof location !== 'string' || request.redirect === 'manual')
        return await readAnswer(answer, method, url, bounds.maxBytes)

      answer.body.destroy()
      if (request.redirect === 'error' || hop >= bounds.redirects) throw new Unreachable(`${url.host} sends us on and on`, 'bad-answer')
      const next = target(policy, URL.parse(location, url)?.href ?? location)
      if ((answer.statusCode === 303 && method !== 'HEAD') || (answer.statusCode < 303 && method === 'POST')) {
        method = 'GET'
        body = null
        for (const name of ['content-type', 'content-encoding', 'content-language', 'content-location']) headers.delete(name)
      }
      if (next.origin !== url.origin) {
        // Which header carries a secret is not ours to guess: none goes to a stranger, and nothing is changed there in the owner's name.
        if (!SAFE.has(method)) throw new Unreachable(`${url.host} sends a ${method} on to ${next.host}`, 'refused-address')
        headers = ownHeaders(new Headers())
        body = null
      }
      url = next
    }
  } catch (error) {
    if (caller.aborted && (caller.reason as Error | undefined)?.name !== 'TimeoutError') throw caller.reason
    if (signal.aborted) throw new Unreachable(`${url.host} did not answer in time`, 'timeout')
    throw faultOf(error, url)
  }
}

/** Step 1 of the recipe, for every hop: who may be asked at all, before any name is looked up. */
function target(policy: Policy, text: string): URL {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new Unreachable('only web addresses can be reached', 'refused-address')
  if (url.username || url.password) throw new Unreachable('an address must not hold a user or a password', 'refused-address')
  const secure = url.protocol === 'https:'
  const port = Number(url.port) || (secure ? 443 : 80)
  const opened = policy.allow.has(`${url.hostname}:${port}`)
  if (!opened && (!secure || !WEB_PORTS.has(port))) throw new Unreachable(`${url.hostname}:${port} is not an address we connect to`, 'refused-address')
  return url
}

function ownHeaders(given: Headers): Headers {
  const headers = new Headers(given)
  for (const name of OURS) headers.delete(name)
  for (const name of [...headers.keys()]) if (name.startsWith('proxy-')) headers.delete(name)
  if (!headers.has('accept')) headers.set('accept', '*/*')
  if (!headers.has('user-agent')) headers.set('user-agent', 'Ritrovo')
  // One encoding, so that one decoder is all a hostile body can reach.
  headers.set('accept-encoding', 'gzip')
  return headers
}

async function readAnswer(answer: Dispatcher.ResponseData, method: string, url: URL, max: number): Promise<Response> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers))
    for (const one of [value ?? []].flat()) if (/^[\t\x20-\x7e\x80-\xff]*$/.test(one)) headers.append(name, one)

  const { statusCode: status } = answer
  if (status < 200 || status > 599) throw new Unreachable(`${url.host} answered ${status}`, 'bad-answer')
  const bare = method === 'HEAD' || status === 204 || status === 205 || status === 304
  const bytes = bare ? null : await readBody(decoded(answer.body, headers, url), max, url)
  if (bare) answer.body.destroy()
  headers.delete('content-encoding')
  if (!bare) headers.delete('content-length')

  const response = new Response(bytes, { status, headers })
  // A constructed Response has no address; hrefs inside the body are resolved against the last hop's.
  return Object.defineProperty(response, 'url', { value: url.href })
}

function decoded(body: Readable, headers: Headers, url: URL): Readable {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity' || encoding === '' || headers.get('content-length') === '0') return body
  if (encoding === 'gzip' || encoding === 'x-gzip') return pipeline(body, createGunzip({ chunkSize: 65_536 }), () => undefined)
  body.destroy()
  throw new Unreachable(`${url.host} answered in an encoding we did not offer`, 'bad-answer')
}

async function readBody(body: Readable, max: number, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(65_536)
  let size = 0
  let cost = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    cost += Math.max(chunk.length, CHUNK_COSTS)
    if (cost > max) throw new Unreachable(`${url.host} answered more than ${max} bytes`, 'too-large')
    if (size + chunk.length > bytes.length) {
      const wider = new Uint8Array(Math.max(bytes.length * 2, size + chunk.length))
      wider.set(bytes)
      bytes = wider
    }
    bytes.set(chunk, size)
    size += chunk.length
  }
  return bytes.subarray(0, size)
}

/** Node and undici tell the world's faults by code; what has none of these is our own bug and stays one. */
function faultOf(error: unknown, url: URL): unknown {
  if (error instanceof Unreachable) return error
  const { code = '', name } = error as NodeJS.ErrnoException
  if (name === 'HTTPParserError' || /^(?:Z_|HPE_|UND_ERR_(?:HEADERS_OVERFLOW|RES_))/.test(code)) return new Unreachable(`${url.host} answered what we cannot read (${code || name})`, 'bad-answer')
  if (/^(?:E[A-Z]+|UND_ERR_SOCKET|UND_ERR_ABORTED|UND_ERR_DESTROYED)$/.test(code)) return new Unreachable(`the connection to ${url.host} broke (${code})`, 'connect')
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
