import { lookup } from 'node:dns/promises'
import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import { Unreachable } from '#server/providers/provider.ts'
import { isPublic, readAddress, readHost } from './addresses.ts'

export type Resolve = (host: string) => Promise<{ address: string; family: number }[]>

export type Policy = {
  /** The pairs `host:port` that the operator opened: they may be private and need no encryption. */
  allow: ReadonlySet<string>
  /** Certificates in PEM that one pair `host:port` may also be signed by. */
  extraCa: ReadonlyMap<string, string>
  resolve: Resolve
  connect: typeof net.connect
}

export type Wanted = {
  host: string
  port: number
  /** TLS from the first byte. */
  secure: boolean
  /** What to offer by ALPN; mail servers may hang up on an offer they do not know. */
  protocols?: string[]
  /** A certificate in PEM that this one connection may also be signed by. */
  ca?: string | undefined
  signal?: AbortSignal
}

export const systemResolve: Resolve = (host) => lookup(host, { all: true, order: 'verbatim' })
export const systemConnect: typeof net.connect = net.connect

const CONNECT_WITHIN = 5_000

/**
 * A connection to an address the policy allows, checked before connecting and on the connected socket before its first byte
 * (reliability.md §5.2). A literal is judged here because Node asks no lookup about it; a name is resolved once and its answers are pinned.
 */
export async function dial(
  policy: Policy,
  { host, port, secure, protocols, ca, signal }: Wanted,
): Promise<Socket> {
  const limit = AbortSignal.any([AbortSignal.timeout(CONNECT_WITHIN), ...(signal ? [signal] : [])])
  const name = readHost(host)
  if (!name) throw new Unreachable('this is no host', 'refused-address')
  const pair = `${name}:${port}`
  const bare = name.replace(/^\[|\]$/g, '')

  const answers = readAddress(bare)
    ? [{ address: bare, family: bare.includes(':') ? 6 : 4 }]
    : await resolveWithin(policy, bare, limit)
  if (!policy.allow.has(pair) && !answers.every(({ address }) => isPublic(address)))
    throw new Unreachable(`${pair} is not an address we connect to`, 'refused-address')

  const socket = await open(policy, bare, port, answers, limit)
  if (!answers.some(({ address }) => sameAddress(address, socket.remoteAddress))) {
    socket.destroy()
    throw new Unreachable(`${pair} led to another address`, 'refused-address')
  }
  if (!secure) return socket
  const wish = {
    ...tlsOptions(policy, bare, port, ca),
    socket,
    ...(protocols ? { ALPNProtocols: protocols } : {}),
  }
  return encrypt(wish, pair, limit)
}

/** What TLS to this pair asks for; also for a protocol that upgrades its own socket (STARTTLS). */
export function tlsOptions(policy: Policy, host: string, port: number, ca?: string): tls.ConnectionOptions {
  const extra = [policy.extraCa.get(`${readHost(host)}:${port}`), ca].filter((pem) => pem !== undefined)
  return {
    host,
    ...(readAddress(host) ? {} : { servername: host }),
    minVersion: 'TLSv1.2',
    // Said aloud so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment changes nothing.
    rejectUnauthorized: true,
    ...(extra.length > 0 ? { ca: [...tls.getCACertificates('default'), ...extra] } : {}),
  }
}

/** What the other end proved itself with, in DER. */
export const certificateOf = (socket: Socket): Uint8Array | null =>
  socket instanceof tls.TLSSocket ? socket.getPeerCertificate().raw : null

async function resolveWithin(policy: Policy, host: string, limit: AbortSignal) {
  try {
    const answers = await unless(limit, policy.resolve(host))
    if (answers.length > 0) return answers
  } catch (error) {
    if (limit.aborted) throw new Unreachable(`no answer about the name ${host} in time`, 'timeout')
    throw new Unreachable(`the name ${host} was not found (${codeOf(error)})`, 'dns')
  }
  throw new Unreachable(`the name ${host} has no address`, 'dns')
}

async function open(
  policy: Policy,
  host: string,
  port: number,
  answers: { address: string; family: number }[],
  limit: AbortSignal,
): Promise<Socket> {
  // Node tries the pinned answers in turn (RFC 8305); it has no other way to learn an address.
  const pinned: net.LookupFunction = (_name, _options, done) => done(null, answers)
  const socket = policy.connect({
    host,
    port,
    lookup: pinned,
    autoSelectFamily: true,
    noDelay: true,
    keepAlive: true,
  })
  try {
    await settled(socket, 'connect', limit)
    return socket
  } catch (error) {
    socket.destroy()
    if (limit.aborted) throw new Unreachable(`${host}:${port} did not answer in time`, 'timeout')
    throw new Unreachable(`${host}:${port} could not be reached (${codeOf(error)})`, 'connect')
  }
}

async function encrypt(
  wish: tls.ConnectionOptions & { socket: Socket },
  pair: string,
  limit: AbortSignal,
): Promise<Socket> {
  const socket = tls.connect(wish)
  try {
    await settled(socket, 'secureConnect', limit)
    return socket
  } catch (error) {
    socket.destroy()
    wish.socket.destroy()
    if (limit.aborted) throw new Unreachable(`${pair} did not finish its greeting in time`, 'timeout')
    throw new Unreachable(`${pair} did not prove who it is (${codeOf(error)})`, 'tls')
  }
}

function settled(socket: Socket, event: 'connect' | 'secureConnect', limit: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const closed = () => reject(Object.assign(new Error('closed'), { code: 'ECLOSED' }))
  socket.once(event, resolve).once('error', reject).once('close', closed)
  // A socket that dies between two owners must not end the process: this listener stays.
  socket.on('error', () => undefined)
  return unless(limit, promise).finally(() =>
    socket.off('error', reject).off('close', closed).off(event, resolve),
  )
}

/** Waits for `work`, but not past the signal. */
export async function unless<T>(limit: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(limit.reason as Error)
  limit.addEventListener('abort', stop, { once: true })
  if (limit.aborted) stop()
  try {
    return await Promise.race([work, promise])
  } finally {
    limit.removeEventListener('abort', stop)
  }
}

function sameAddress(one: string, other: string | undefined): boolean {
  const [a, b] = [readAddress(one), readAddress(other ?? '')]
  return a !== null && b !== null && a.family === b.family && a.value === b.value
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown'
