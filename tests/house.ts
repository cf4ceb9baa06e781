import { randomBytes, randomUUID } from 'node:crypto'
import { Hono, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { createUser } from '#server/accounts/create-user.ts'
import { INVITED_SEAT, type Permission } from '#server/accounts/model.ts'
import { hashOf } from '#server/accounts/password.ts'
import { openSession } from '#server/accounts/sessions.ts'
import type { Deps } from '#server/platform/deps.ts'
import { problem, sameOrigin, secureHeaders, type Env } from '#server/platform/http.ts'

type Rooms = { routes: Hono['routes'] }
type House = { request(path: string, init?: RequestInit): Response | Promise<Response> }

/** A house with only these rooms, behind the same front door as the whole one. */
export function aHouse(deps: Deps, ...rooms: Rooms[]): House {
  const door: MiddlewareHandler<Env> = (c, next) => {
    c.set('deps', deps)
    c.set('requestId', randomUUID())
    c.set('locale', 'en')
    c.set('client', c.req.header('x-test-client') ?? '192.0.2.1')
    return next()
  }
  const app = new Hono<Env>().use(door, secureHeaders(), sameOrigin())
  app.onError((error, c) => {
    if (error instanceof HTTPException) return problem(c, error.status, 'bad-input')
    throw error
  })
  for (const room of rooms) app.route('/api/v1', room as Hono<Env>)
  return app
}

export type Answer<Body> = { status: number; headers: Headers; body: Body }
export type Refusal = { status: number; code: string; fields?: Record<string, string> }

/** Someone at a browser on our own pages: keeps cookies and says where its requests come from. */
export function aBrowser(house: House, given: Record<string, string> = {}) {
  const jar = new Map<string, string>()
  async function ask<Body>(
    method: string,
    path: string,
    json?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await house.request(`/api/v1${path}`, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
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
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Body,
    }
  }
  return {
    jar,
    get: <Body = Refusal>(path: string, headers?: Record<string, string>) =>
      ask<Body>('GET', path, undefined, headers),
    post: <Body = Refusal>(path: string, json: unknown = {}, headers?: Record<string, string>) =>
      ask<Body>('POST', path, json, headers),
    put: <Body = Refusal>(path: string, json: unknown, headers?: Record<string, string>) =>
      ask<Body>('PUT', path, json, headers),
    patch: <Body = Refusal>(path: string, json: unknown, headers?: Record<string, string>) =>
      ask<Body>('PATCH', path, json, headers),
    delete: <Body = Refusal>(path: string, headers?: Record<string, string>) =>
      ask<Body>('DELETE', path, undefined, headers),
  }
}
export type Browser = ReturnType<typeof aBrowser>

/** A browser in which this user has signed in. */
export async function signedInAs(
  deps: Deps,
  house: House,
  who: { workspaceId: string; userId: string },
): Promise<Browser> {
  const browser = aBrowser(house)
  browser.jar.set('ritrovo', await deps.db.inWorkspace(who.workspaceId, (tx) => openSession(deps, tx, who)))
  return browser
}

export const PASSWORD = 'correct horse battery'

/** A colleague with a role of their own, or the built-in one that is named. */
export async function aColleague(
  deps: Deps,
  workspaceId: string,
  options: { name?: string; email?: string; may?: Permission[]; builtIn?: 'admin' } = {},
) {
  const { name = 'Luca Bruni', email = `luca-${randomBytes(4).toString('hex')}@example.test` } = options
  const passwordHash = await hashOf(PASSWORD)
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const [role] = options.builtIn
      ? await tx.prepared<{ id: string }>('', `select role_id as id from roles where built_in = $1`, [
          options.builtIn,
        ])
      : await tx.prepared<{ id: string }>(
          '',
          `insert into roles (workspace_id, name, permissions) values ($1, 'Colleague', $2) returning role_id as id`,
          [workspaceId, options.may ?? ['personal-email']],
        )
    const outcome = await createUser(tx, {
      workspaceId,
      email,
      name,
      passwordHash,
      roleId: role!.id,
      locale: 'it',
      zone: 'Europe/Rome',
      seat: INVITED_SEAT,
    })
    if (outcome.kind !== 'created') throw new Error('this address is someone’s already')
    return { workspaceId, userId: outcome.userId, slug: outcome.slug, roleId: role!.id, email }
  })
}
