import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logged } from './log.ts'
import { Markup, type Reply } from './reply.ts'

const LIMIT = 40_000_000

export const grouped = (search: URLSearchParams): Logged['query'] =>
  Object.fromEntries(
    [...new Set(search.keys())].map((name) => [
      name,
      ((all) => (all.length === 1 ? all[0]! : all))(search.getAll(name)),
    ]),
  )

export function readable(raw: string, type: string | undefined): unknown {
  if (raw === '') return undefined
  if (/^application\/x-www-form-urlencoded\b/i.test(type ?? ''))
    return Object.fromEntries(new URLSearchParams(raw))
  try {
    return JSON.parse(raw) as unknown
  } catch {
    return raw
  }
}

export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LIMIT) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

export function write(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  const [type, text] =
    body === undefined
      ? [null, '']
      : body instanceof Markup
        ? ['text/html; charset=utf-8', body.text]
        : typeof body === 'string'
          ? ['text/html; charset=utf-8', body]
          : ['application/json; charset=UTF-8', JSON.stringify(body)]
  response.writeHead(status, { ...(type ? { 'content-type': type } : {}), ...headers })
  response.end(text)
}
