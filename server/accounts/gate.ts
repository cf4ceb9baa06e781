import type { Context, MiddlewareHandler } from 'hono'
import { problem, type Env } from '#server/platform/http.ts'
import { readToken } from '#server/platform/secrets.ts'
import { memberOf, type Member } from './member.ts'
import type { Permission } from './model.ts'
import { readSessionCookie, setSessionCookie } from './cookie.ts'
import { SESSION_LIFE, TOUCH_EVERY } from './sessions.ts'
import { findSession, touchSession } from './store.ts'

declare const proven: unique symbol

/** Proof that someone may act in a workspace. Only this file makes one, from a session that stands in the database now. */
export type Scope = Member & { readonly sessionHash: Buffer; readonly [proven]: true }

export type SignedIn = { Variables: Env['Variables'] & { scope: Scope } }

export const may = (scope: Scope, permission: Permission): boolean => scope.permissions.has(permission)

/** Lets in who carries a living session, and tells the rest of the request who that is. */
export const signedIn = (): MiddlewareHandler<SignedIn> => async (c, next) => {
  const scope = await findScope(c)
  if (!scope) return problem(c, 401, 'not-signed-in')
  c.set('scope', scope)
  c.set('locale', scope.user.locale)
  return next()
}

/** Stands after `signedIn`: roles are read with every request, so what a role loses is lost at once. */
export const withPermission =
  (permission: Permission): MiddlewareHandler<SignedIn> =>
  async (c, next) =>
    may(c.var.scope, permission)
      ? next()
      : problem(c, 403, permission === 'personal-email' ? 'no-personal-email' : 'not-allowed')

/** Whoever carries a living session, or null: for the few addresses that a browser visits and no program reads. */
export async function findScope(c: Context<Env> | Context<SignedIn>): Promise<Scope | null> {
  const { deps } = c.var
  const token = readSessionCookie(c)
  const read = token === undefined ? null : readToken(token)
  if (!token || !read) return null
  const { workspaceId, hash } = read
  const now = deps.now()
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const row = await findSession(tx, workspaceId, hash, now)
    if (!row) return null
    if (now - row.lastSeenAt >= TOUCH_EVERY) {
      await touchSession(tx, workspaceId, hash, now, now + SESSION_LIFE)
      setSessionCookie(c, token)
    }
    return { ...memberOf(row), sessionHash: hash } as Scope
  })
}
