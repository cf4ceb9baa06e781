import type { Config } from '#server/platform/config.ts'
import { senderOf } from './sender.ts'

/** The operator's mail server. `required` and `optional` are about STARTTLS; `wrapped` speaks TLS from the first byte. */
export type SmtpServer = { host: string; port: number; tls: 'wrapped' | 'required' | 'optional'; user: string | null; password: string | null; name: string }

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1'])
export const isLoopback = (host: string): boolean => LOOPBACK.has(host.toLowerCase())

/** `smtp[s]://user:password@host:port[?tls=optional]`; null when no mail server is set. */
export function smtpServer(config: Pick<Config, 'smtp' | 'mailFrom' | 'url'>): SmtpServer | null {
  const url = config.smtp && URL.parse(config.smtp.open())
  if (!url) return null
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const wrapped = url.protocol === 'smtps:'
  const tls = wrapped ? 'wrapped' : url.searchParams.get('tls') === 'optional' || isLoopback(host) ? 'optional' : 'required'
  const [user, password] = url.username === '' ? [null, null] : [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  return { host, port: Number(url.port) || (wrapped ? 465 : 587), tls, user, password, name: senderOf(config).domain }
}
