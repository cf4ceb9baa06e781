import type { IncomingMessage } from 'node:http'
import type { Fault } from './faults.ts'

const LIMIT = 5_000_000

/** An answer as it goes out, with its body as it was before it became text. */
export type Told = { status: number; headers: Record<string, string>; body: string; answer: unknown }

export const json = (
  status: number,
  body: object | undefined,
  headers: Record<string, string> = {},
): Told => ({
  status,
  answer: body,
  body: body === undefined ? '' : JSON.stringify(body),
  headers: {
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json; odata.metadata=minimal; charset=utf-8' }),
    ...headers,
  },
})

/** What goes out instead of an answer. */
export function faulty(fault: Fault): Told {
  const body =
    typeof fault.body === 'string'
      ? fault.body
      : JSON.stringify(fault.body ?? { error: { code: 'UnknownError', message: '' } })
  return {
    status: fault.status ?? 200,
    headers: { 'content-type': 'application/json', ...fault.headers },
    body,
    answer: fault.body,
  }
}

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

export function readable(text: string, type = ''): unknown {
  if (text === '') return null
  try {
    return type.startsWith('application/json')
      ? JSON.parse(text)
      : /urlencoded/.test(type)
        ? Object.fromEntries(new URLSearchParams(text))
        : text
  } catch {
    return text
  }
}

// Tokens stay out of the log, here too.
export const plainHeaders = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name !== 'authorization' && name !== 'cookie')
      .map(([name, value]) => [name, String(value)]),
  )
