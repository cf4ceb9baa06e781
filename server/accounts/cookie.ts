import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Deps } from '#server/platform/deps.ts'
import { SESSION_LIFE } from './sessions.ts'

// `__Host-` keeps a neighbouring subdomain from planting a cookie, but browsers take it only over TLS.
const overTls = (c: Context): boolean => (c.get('deps') as Deps).config.url?.startsWith('https:') ?? false
const cookieName = (c: Context): string => (overTls(c) ? '__Host-ritrovo' : 'ritrovo')
const attributes = (c: Context) =>
  ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: overTls(c) }) as const

export const readSessionCookie = (c: Context): string | undefined => getCookie(c, cookieName(c))

export const setSessionCookie = (c: Context, token: string): void =>
  setCookie(c, cookieName(c), token, { ...attributes(c), maxAge: SESSION_LIFE / 1000 })

export const clearSessionCookie = (c: Context): void => void deleteCookie(c, cookieName(c), attributes(c))
