import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { authorizeQuery } from './entra-schema.ts'
import { document, html, type Html } from '../html.ts'

export type EntraAnswer = { status: number; headers: Record<string, string>; body: string }
export type Refusal = { status: number; error: string; code: number; text: string; suberror?: string }
type Request = z.infer<typeof authorizeQuery>

export const page = (title: string, body: Html): EntraAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  body: document(title, body),
})

/** What a person sees when there is no app to send them back to. */
export const trouble = (text: string): EntraAnswer => ({
  ...page(
    'Sorry',
    html`<h1>Sorry, but we’re having trouble signing you in.</h1>
      <p>${text}</p>`,
  ),
  status: 400,
})

export const jsonAnswer = (body: object, status: number): EntraAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})

/** Back to the app, in the way it asked for. */
export function sendBack(
  request: Pick<Request, 'redirect_uri'> & Partial<Request>,
  fields: Record<string, string>,
): EntraAnswer {
  const all = { ...fields, ...(request.state === undefined ? {} : { state: request.state }) }
  if (request.response_mode === 'form_post')
    return page(
      'Working',
      html`<h1>Back to the app</h1>
        <form method="post" action="${request.redirect_uri}">
          ${Object.entries(all).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}<button>
            Continue
          </button>
        </form>`,
    )
  const to = new URL(request.redirect_uri)
  if (request.response_mode === 'fragment') to.hash = new URLSearchParams(all).toString()
  else for (const [name, value] of Object.entries(all)) to.searchParams.append(name, value)
  return {
    status: 302,
    headers: { location: to.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    body: '',
  }
}

/** learn.microsoft.com/entra/identity-platform/reference-error-codes */
export function refusalBody({ error, code, text, suberror }: Refusal): object {
  const [trace, correlation] = [randomUUID(), randomUUID()]
  const at = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${at}`,
    error_codes: [code],
    timestamp: at,
    trace_id: trace,
    correlation_id: correlation,
    ...(suberror === undefined ? {} : { suberror }),
  }
}
