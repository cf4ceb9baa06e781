import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { Unreachable } from '#server/providers/provider.ts'

/** The answer as a Response whose body is already here, whole and within `max` bytes. */
export async function readAnswer(
  answer: Dispatcher.ResponseData,
  method: string,
  url: URL,
  max: number,
): Promise<Response> {
  const { headers, bare } = headOf(answer, method, url)
  const bytes = bare ? null : await readBody(decoded(answer.body, headers, url), max, url)
  if (bare) answer.body.destroy()
  return response(bytes, answer, headers, bare, url)
}

/** The answer as a Response whose body is still to come, in all no more than `max` bytes. */
export function streamAnswer(
  answer: Dispatcher.ResponseData,
  method: string,
  url: URL,
  max: number,
  faultOf: (error: unknown) => unknown,
): Response {
  const { headers, bare } = headOf(answer, method, url)
  if (bare) answer.body.destroy()
  const body = bare ? null : streamOf(passing(decoded(answer.body, headers, url), max, url, faultOf))
  return response(body, answer, headers, bare, url)
}

const streamOf = (chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })

async function* passing(
  body: Readable,
  max: number,
  url: URL,
  faultOf: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let size = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > max) throw tooLarge(url, max)
      yield new Uint8Array(chunk)
    }
  } catch (error) {
    throw faultOf(error)
  } finally {
    body.destroy()
  }
}

function headOf(
  { headers: told, statusCode: status }: Dispatcher.ResponseData,
  method: string,
  url: URL,
): { headers: Headers; bare: boolean } {
  const headers = new Headers()
  for (const [name, value] of Object.entries(told))
    for (const one of [value ?? []].flat())
      if (/^[\t\x20-\x7e\x80-\xff]*$/.test(one)) headers.append(name, one)
  if (status < 200 || status > 599) throw new Unreachable(`${url.host} answered ${status}`, 'bad-answer')
  return { headers, bare: method === 'HEAD' || status === 204 || status === 205 || status === 304 }
}

function response(
  body: BodyInit | null,
  { statusCode: status }: Dispatcher.ResponseData,
  headers: Headers,
  bare: boolean,
  url: URL,
): Response {
  headers.delete('content-encoding')
  if (!bare) headers.delete('content-length')
  const made = new Response(body, { status, headers })
  // A constructed Response has no address; hrefs inside the body are resolved against the last hop's.
  return Object.defineProperty(made, 'url', { value: url.href })
}

const tooLarge = (url: URL, max: number): Unreachable =>
  new Unreachable(`${url.host} answered more than ${max} bytes`, 'too-large')

function decoded(body: Readable, headers: Headers, url: URL): Readable {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity' || encoding === '' || headers.get('content-length') === '0') return body
  if (encoding === 'gzip' || encoding === 'x-gzip')
    return pipeline(body, createGunzip({ chunkSize: 65_536 }), () => undefined)
  body.destroy()
  throw new Unreachable(`${url.host} answered in an encoding we did not offer`, 'bad-answer')
}

async function readBody(body: Readable, max: number, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  // One growing array, not a list of chunks: a chunk of one byte is an object of a hundred.
  let bytes = new Uint8Array(65_536)
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (size + chunk.length > max) throw tooLarge(url, max)
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
