import { randomBytes } from 'node:crypto'
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler, TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Locale } from '#core/locale/locale.ts'
import type { Deps } from './deps.ts'

/** What every request carries. */
export type Env = { Variables: { deps: Deps; requestId: string; nonce: string; locale: Locale; client: string } }

/** RFC 9457; `code` is what a program switches on, `detail` is a sentence a person may read. */
export const Problem = z
  .object({ type: z.string(), title: z.string(), status: z.number(), code: z.string(), detail: z.string().optional(), fields: z.record(z.string(), z.string()).optional(), host: z.string().optional(), requestId: z.string().optional() })
  .openapi('Problem')
export type Problem = z.infer<typeof Problem>

/** One problem+json answer; `more` may carry members of its own (RFC 9457 §3.2). */
export function problem<Status extends ContentfulStatusCode>(c: Context, status: Status, code: string, detail?: string, more: Partial<Problem> & { [member: string]: unknown } = {}) {
  const body: Problem = { type: 'about:blank', title: code, status, code, ...(detail ? { detail } : {}), requestId: c.get('requestId') as string, ...more }
  const response = c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  return response as unknown as Response & TypedResponse<Problem, Status, 'json'>
}

/** A router whose input errors are problems with one short code per field; nothing of the input is echoed. */
export function router<E extends Env = Env>() {
  return new OpenAPIHono<E>({
    defaultHook: (result, c) => {
      if (result.success) return
      const fields: Record<string, string> = {}
      for (const issue of result.error.issues) fields[issue.path.join('.') || '_'] ??= issue.code
      return problem(c, 400, 'bad-input', undefined, { fields })
    },
  })
}

/** Documentation of an answer in JSON. */
export const json = <S extends z.ZodType>(schema: S, description: string) => ({ content: { 'application/json': { schema } }, description })
type ProblemContent = { content: { 'application/problem+json': { schema: typeof Problem } }; description: string }
export const problems = <Status extends number>(...statuses: Status[]) =>
  Object.fromEntries(statuses.map((status) => [status, { content: { 'application/problem+json': { schema: Problem } }, description: 'Problem' }])) as { [S in Status]: ProblemContent }
export const body = <S extends z.ZodType>(schema: S) => ({ content: { 'application/json': { schema } }, required: true })

// NUL and other controls would be refused by PostgreSQL or break a letter; lone surrogates are silently changed by the driver (V02).
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
/** Text from outside: bounded, printable, well formed. One line unless `lines` is set. */
export const text = (max: number, options: { min?: number; lines?: boolean } = {}) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed() && !UNPRINTABLE.test(value) && (options.lines === true || !/[\r\n\u0085\u2028\u2029]/.test(value)), { message: 'unprintable' })
    .transform((value) => value.trim())
    .refine((value) => value.length >= (options.min ?? 0), { message: 'too-short' })

/** One address that the mail layer can carry: no groups, comments, quotes, lists or encoded words (G05, V05). */
export const emailAddress = z
  .string()
  .max(254)
  .transform((value) => value.trim())
  .refine((value) => /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,189}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/.test(value) && !value.includes('..') && !value.startsWith('.') && !value.includes('.@'), { message: 'email' })
export const emailKey = (address: string): string => address.trim().toLowerCase()

/** Headers for every answer; pages get a nonce for their one script and style. */
export const secureHeaders = (): MiddlewareHandler<Env> => async (c, next) => {
  const nonce = randomBytes(16).toString('base64')
  c.set('nonce', nonce)
  await next()
  const headers = c.res.headers
  headers.set('x-content-type-options', 'nosniff')
  // `no-referrer` would make a browser send its own forms from origin "null"; to others nothing is told either way (F15).
  headers.set('referrer-policy', 'same-origin')
  headers.set('x-frame-options', 'DENY')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), interest-cohort=()')
  if (!headers.has('content-security-policy'))
    headers.set(
      'content-security-policy',
      `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; object-src 'none'`,
    )
  if (c.get('deps').config.url?.startsWith('https:')) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
}

/**
 * Only pages of our own origin may change anything (F14): a browser says where a request comes from, and a request that changes
 * something without saying so must carry a header that a foreign form cannot set.
 */
export const sameOrigin = (): MiddlewareHandler<Env> => async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD' || c.req.method === 'OPTIONS') return next()
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (site === 'same-origin' || site === 'none') return next()
  if (site !== undefined) return problem(c, 403, 'foreign-origin')
  // Without the browser's own word (plain http on a local network, text browsers): a stated origin must be this server, and who
  // states none, or "null", may not be somebody who is signed in.
  const url = URL.parse(c.get('deps').config.url ?? '')
  // A server nobody has named answers to whatever address it was reached by; one with a name, to that name only.
  const ours = url && url.hostname !== 'localhost' ? [url.host] : [c.req.header('host'), url?.host]
  if (origin !== undefined && origin !== 'null') return ours.includes(URL.parse(origin)?.host) ? next() : problem(c, 403, 'foreign-origin')
  if (c.req.header('cookie') !== undefined && !c.req.header('x-ritrovo')) return problem(c, 403, 'foreign-origin', 'Send the header X-Ritrovo: 1.')
  return next()
}
