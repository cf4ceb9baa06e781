import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What shall happen to one letter: a reply to DATA, a reply to RCPT, or a line that breaks after the last byte. */
export type Fate = 'take' | 'drop' | '451' | '550' | 'rcpt-451' | 'rcpt-550'
export type Delivered = { from: string; to: string[]; tls: boolean; user: boolean; source: Buffer }

export type MailServer = {
  port: number
  /** With the right user and password in it. */
  url: string
  /** What a Ritrovo that sends through it is set up with. */
  env: Record<string, string>
  /** The fates of the next letters; those after them are taken. */
  script(...fates: Fate[]): void
  letters(): Delivered[]
  stop(): Promise<void>
}

/** Debian's aiosmtpd on a free port of this machine. */
export async function startAiosmtpd(mode: 'starttls' | 'wrapped' | 'plain' = 'starttls'): Promise<MailServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ritrovo-smtp-'))
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=mail.test', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  const port = await freePort()
  const child = spawn('/usr/bin/python3', [join(import.meta.dirname, 'mail-server.py'), folder, certificate, key, mode], { env: { ...process.env, SMTP_PORT: String(port) }, stdio: ['pipe', 'pipe', 'pipe'] })
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()))
  await new Promise<void>((done, fail) => {
    child.stdout.once('data', () => done())
    child.once('exit', () => fail(new Error(`aiosmtpd did not start: ${words}`)))
    child.once('error', fail)
  })
  const script = join(folder, 'script.json')
  const url = mode === 'plain' ? `smtp://127.0.0.1:${port}` : `${mode === 'wrapped' ? 'smtps' : 'smtp'}://alice%40example.test:secret@127.0.0.1:${port}`
  return {
    port,
    url,
    env: { RITROVO_SMTP_URL: url, RITROVO_MAIL_FROM: 'Studio Ferri <meet@example.test>', RITROVO_EXTRA_CA: `127.0.0.1:${port}=${certificate}` },
    script: (...fates) => writeFileSync(script, JSON.stringify(fates)),
    letters: () =>
      readdirSync(folder)
        .filter((name) => /^\d+\.json$/.test(name))
        .sort()
        .map((name) => {
          const letter = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Omit<Delivered, 'source'> & { source: string }
          return { ...letter, source: Buffer.from(letter.source, 'base64') }
        }),
    async stop() {
      child.stdin.end()
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000)
      await gone
      clearTimeout(late)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = net.createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => done(port))
    })
  })
}
