import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { Unreachable } from '#server/providers/provider.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import type { LetterTrouble } from './model.ts'
import { isLoopback, type SmtpServer } from './smtp-server.ts'

export type Envelope = { from: string; to: string }

export type Handover =
  | { kind: 'sent' }
  /** The server said no for good. */
  | { kind: 'refused' }
  /** Certainly not taken; may be tried again. */
  | { kind: 'later'; trouble: LetterTrouble }
  /** Given, and no answer came back. */
  | { kind: 'unknown' }
  /** `begin` said that the letter is no longer ours to send. */
  | { kind: 'not-ours' }

const ANSWER_WITHIN = 20_000
export const HANDOVER_WITHIN = 45_000

/** Hands one message to the operator's server. `begin` runs when the server is ready for the first byte and may still call it off. */
export async function handOver(deps: Deps, server: SmtpServer, envelope: Envelope, source: Buffer, begin: () => Promise<boolean>): Promise<Handover> {
  const progress = { begun: false, ours: true }
  const limit = AbortSignal.timeout(HANDOVER_WITHIN)
  let connection: SMTPConnection | null = null
  try {
    connection = await connect(deps, server, limit)
    await signIn(connection, server, limit)
    await within(limit, send(connection, envelope, once(source, async () => {
      progress.ours = await begin()
      if (!progress.ours) throw new Error('the letter was taken over')
      progress.begun = true
      await failpoint('mail_before_data')
    })))
    await failpoint('mail_after_data')
    return { kind: 'sent' }
  } catch (error) {
    if (!progress.ours) return { kind: 'not-ours' }
    return verdict(error as SmtpError, progress.begun)
  } finally {
    connection?.close()
  }
}

type SmtpError = Error & { responseCode?: number; command?: string; code?: string }

/** Only a reply that belongs to this message tells its fate; a session that ends without one tells nothing (C31). */
function verdict(error: SmtpError, begun: boolean): Handover {
  const code = error.responseCode
  if (code !== undefined && ['MAIL FROM', 'RCPT TO', 'DATA'].includes(error.command ?? '')) return code >= 500 ? { kind: 'refused' } : { kind: 'later', trouble: 'try-later' }
  if (begun) return { kind: 'unknown' }
  if (error.code === 'EAUTH' || error.command?.startsWith('AUTH')) return { kind: 'later', trouble: 'sign-in' }
  if (error.code === 'ETLS' || (error instanceof Unreachable && error.reason === 'tls')) return { kind: 'later', trouble: 'tls' }
  return { kind: 'later', trouble: code === undefined ? 'connect' : 'try-later' }
}

async function connect(deps: Deps, server: SmtpServer, limit: AbortSignal): Promise<SMTPConnection> {
  const wrapped = server.tls === 'wrapped'
  const socket = await deps.egress.openSocket(server.host, server.port, { tls: wrapped, deadline: ANSWER_WITHIN })
  const connection = new SMTPConnection({
    connection: socket,
    host: server.host,
    port: server.port,
    secure: wrapped,
    secured: wrapped,
    // Fails when the server does not offer it: whoever strips the offer from the wire gets no letter (H11).
    requireTLS: server.tls === 'required',
    tls: deps.egress.tlsOptions(server.host, server.port),
    name: server.name,
    greetingTimeout: ANSWER_WITHIN,
    socketTimeout: ANSWER_WITHIN,
  })
  // Errors reach whoever waits; without a listener a late one would end the process.
  connection.on('error', () => undefined)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  connection.once('error', reject)
  connection.once('end', () => reject(new Error('the session ended')))
  connection.connect((error) => (error ? reject(error) : resolve()))
  try {
    await within(limit, promise)
    return connection
  } catch (error) {
    const upgrading = connection.upgrading === true
    connection.close()
    // A certificate nobody signed, or a handshake that never ends, comes as a fault of the socket.
    throw upgrading ? Object.assign(error as Error, { code: 'ETLS' }) : error
  }
}

async function signIn(connection: SMTPConnection, { host, user, password }: SmtpServer, limit: AbortSignal): Promise<void> {
  if (user === null) return
  if (!connection.secure && !isLoopback(host)) throw Object.assign(new Error('no password over an open connection'), { code: 'ETLS' })
  await within(limit, new Promise<void>((done, fail) => connection.login({ user, pass: password ?? '' }, (error) => (error ? fail(error) : done()))))
}

const send = (connection: SMTPConnection, { from, to }: Envelope, message: Readable) =>
  new Promise<void>((done, fail) => connection.send({ from, to: [to] }, message, (error) => (error ? fail(error) : done())))

/** The message as a stream that asks before its first byte. When the answer is no it breaks off, and a message without its final dot is none (RFC 5321 §4.1.1.4). */
const once = (source: Buffer, ask: () => Promise<void>): Readable =>
  Readable.from(
    (async function* () {
      await ask()
      yield source
    })(),
  )

async function within<T>(limit: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(new Error('took too long'))
  limit.addEventListener('abort', stop, { once: true })
  if (limit.aborted) stop()
  try {
    return await Promise.race([work, promise])
  } finally {
    limit.removeEventListener('abort', stop)
  }
}
