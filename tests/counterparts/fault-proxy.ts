import { createServer, request as ask } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Fault =
  /** The server did it; nobody hears so (C06). */
  | { kind: 'lose-reply' }
  /** The connection breaks before the server hears of it. */
  | { kind: 'reset' }
  | { kind: 'hang' }
  /** One byte every so many milliseconds. */
  | { kind: 'drip'; every: number }
  /** The server is not asked; this is the answer. */
  | { kind: 'answer'; status: number; body?: string; headers?: Record<string, string> }
  /** The server is asked; its body is replaced. */
  | { kind: 'swap'; change: (body: string) => string; headers?: Record<string, string> }
  /** The body ends after so many bytes, the connection with it. */
  | { kind: 'truncate'; after: number }

/** Which requests: all conditions given must hold. */
export type When = { method?: string; path?: RegExp; body?: RegExp }

export type Seen = { method: string; path: string; headers: IncomingMessage['headers']; body: string }

export type FaultProxy = {
  url: string
  port: number
  /** Everything that came in, faults included. */
  requests: Seen[]
  /** The next `times` requests that fit meet this fault; rules are tried in the order they were set. */
  inject(when: When, fault: Fault, times?: number): void
  clear(): void
  stop(): Promise<void>
}

type Rule = { when: When; fault: Fault; left: number }

/** Stands before a real server and breaks what one asks it to break, on the wire. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  let rules: Rule[] = []
  const requests: Seen[] = []
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy())
  })

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming)
    const seen: Seen = {
      method: incoming.method!,
      path: incoming.url!,
      headers: incoming.headers,
      body: body.toString(),
    }
    requests.push(seen)
    const rule = rules.find(({ when, left }) => left > 0 && fits(when, seen))
    if (rule) rule.left--
    const fault = rule?.fault
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'reset') return reset(outgoing)
    if (fault?.kind === 'answer') {
      outgoing.writeHead(fault.status, fault.headers ?? {})
      outgoing.end(fault.body ?? '')
      return
    }
    const answer = await forward(upstream, incoming, body)
    if (fault?.kind === 'lose-reply') return reset(outgoing)
    await reply(outgoing, answer, fault)
  }

  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}/`,
    port,
    requests,
    inject: (when, fault, times = 1) => void rules.push({ when, fault, left: times }),
    clear: () => {
      rules = []
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

const fits = ({ method, path, body }: When, seen: Seen): boolean =>
  (method === undefined || method === seen.method) &&
  (path === undefined || path.test(seen.path)) &&
  (body === undefined || body.test(seen.body))

const reset = (outgoing: ServerResponse): void => {
  outgoing.socket?.resetAndDestroy()
}

type Answer = { status: number; headers: IncomingMessage['headers']; body: Buffer }

function forward(upstream: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((done, fail) => {
    const url = new URL(incoming.url!, upstream)
    const headers = { ...incoming.headers, 'accept-encoding': 'identity' }
    const asked = ask(
      { host: url.hostname, port: url.port, method: incoming.method!, path: incoming.url!, headers },
      (answer) => {
        bytesOf(answer).then(
          (bytes) => done({ status: answer.statusCode!, headers: answer.headers, body: bytes }),
          fail,
        )
      },
    )
    asked.once('error', fail)
    asked.end(body)
  })
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function reply(
  outgoing: ServerResponse,
  { status, headers, body }: Answer,
  fault: Fault | undefined,
): Promise<void> {
  const { connection: _, 'transfer-encoding': __, 'content-length': ___, ...kept } = headers
  const bytes = fault?.kind === 'swap' ? Buffer.from(fault.change(body.toString())) : body
  outgoing.writeHead(status, {
    ...kept,
    ...(fault?.kind === 'swap' ? fault.headers : {}),
    ...(status === 204 ? {} : { 'content-length': String(bytes.length) }),
  })
  if (fault?.kind === 'drip') {
    for (let at = 0; at < bytes.length && !outgoing.destroyed; at++) {
      outgoing.write(bytes.subarray(at, at + 1))
      await sleep(fault.every)
    }
  }
  if (fault?.kind === 'truncate') {
    outgoing.write(bytes.subarray(0, fault.after), () => outgoing.destroy())
    return
  }
  outgoing.end(fault?.kind === 'drip' ? undefined : bytes)
}
