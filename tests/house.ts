import { randomUUID } from 'node:crypto'
import { Hono, type MiddlewareHandler } from 'hono'
import type { Deps } from '#server/platform/deps.ts'
import { sameOrigin, secureHeaders, type Env } from '#server/platform/http.ts'

type Routes = { fetch: Hono['fetch'] }

/** A house with only these rooms, behind the same front door as the whole one. */
export function aHouse(deps: Deps, ...rooms: Routes[]) {
  const door: MiddlewareHandler<Env> = (c, next) => {
    c.set('deps', deps)
    c.set('requestId', randomUUID())
    c.set('locale', 'en')
    c.set('client', '192.0.2.1')
    return next()
  }
  const app = new Hono<Env>().use(door, secureHeaders(), sameOrigin())
  for (const room of rooms) app.route('/api/v1', room as unknown as Hono<Env>)
  return app
}

export type Answer = { status: number; headers: Headers; body: any }

/** Someone at a browser on our own pages: keeps cookies and says where its requests come from. */
export function aBrowser(app: { request: Hono['request'] }, given: Record<string, string> = {}) {
  const jar = new Map<string, string>()
  async function ask(method: string, path: string, json?: unknown, headers: Record<string, string> = {}) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await app.request(`/api/v1${path}`, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie ? { cookie } : {}),
        ...given,
        ...headers,
      },
      ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (/max-age=0/i.test(line)) jar.delete(name!)
      else jar.set(name!, value!)
    }
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) as Record<string, unknown> & { [key: string]: unknown } }
  }
  return {
    jar,
    get: (path: string, headers?: Record<string, string>) => ask('GET', path, undefined, headers),
    post: (path: string, json: unknown = {}, headers?: Record<string, string>) => ask('POST', path, json, headers),
    patch: (path: string, json: unknown, headers?: Record<string, string>) => ask('PATCH', path, json, headers),
    delete: (path: string, headers?: Record<string, string>) => ask('DELETE', path, undefined, headers),
  }
}
