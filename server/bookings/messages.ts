import type { Context } from 'hono'
import type { Env } from '#server/platform/http.ts'
import { contactOf, frameOf } from './frame.ts'
import { renderMessage } from './pages.tsx'

/** For an address that leads nowhere. */
export const missingPage = (c: Context<Env>): Response | Promise<Response> =>
  c.html(renderMessage(frameOf(c, { locale: c.get('locale'), workspace: 'Ritrovo' }), { kind: 'not-found', requestId: null, retryAfter: null, contact: null, back: null }), 404)

/** For a fault of ours: no stack, no path, an id that whoever runs the server finds in the log (S10). */
export const errorPage = (c: Context<Env>, status: 500 | 503): Response | Promise<Response> =>
  c.html(renderMessage(frameOf(c, { locale: c.get('locale'), workspace: 'Ritrovo' }), { kind: status === 503 ? 'maintenance' : 'failed', requestId: c.get('requestId'), retryAfter: null, contact: contactOf(c.get('deps')), back: null }), status)
