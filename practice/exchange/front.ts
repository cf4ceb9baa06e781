import { gzipSync } from 'node:zlib'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault } from './faults.ts'
import type { Behaviour } from './behaviour.ts'

const LIMIT = 30_000_000

/** An answer as it goes out. */
export type Answer = {
  status: number
  headers: Record<string, string | string[]>
  text: string
  faulty: boolean
}

export const plain = (status: number, text: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  text,
  faulty: false,
})
export const xml = (status: number, text: string, { contentType }: Behaviour): Answer => ({
  status,
  headers: { 'content-type': contentType },
  text,
  faulty: false,
})
/** What goes out instead of an answer. */
export const faulty = (fault: Fault): Answer => ({
  status: fault.status ?? 200,
  headers: { 'content-type': 'text/html', ...fault.headers },
  text: fault.body ?? '',
  faulty: true,
})

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LIMIT) throw new Error('the body is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

// Passwords stay out of the log, here too.
export const plainHeaders = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name !== 'authorization' && name !== 'cookie')
      .map(([name, value]) => [name, String(value)]),
  )

export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, text }: Answer,
  gzip: boolean,
): void {
  const packed = gzip && text.length > 500 && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const body = packed ? gzipSync(text) : Buffer.from(text)
  response.writeHead(status, {
    ...headers,
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
    'content-length': body.length,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
