import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { needs } from './started.ts'

export type Answer = { value?: unknown; error?: string; text?: string; listening?: true }
export type Exchangelib = {
  /** What it says to a command, such as `{ do: 'create', wish: {…} }`; a refusal is thrown as `ErrorX: text`. */
  ask<T = unknown>(command: { do: string } & Record<string, unknown>): Promise<T>
  /** The same, but told when it has begun to listen. */
  listen<T = unknown>(command: { do: string }): Promise<{ heard: Promise<T>; nudge(): void }>
  close(): void
}
type Wish = {
  ewsUrl: string
  email: string
  user?: string
  password?: string
  scheme?: 'Basic' | 'NTLM'
  caFile?: string
}

/** Debian's python3-exchangelib, a client of Exchange that is not ours, as a child that takes commands. */
export function startExchangelib({
  ewsUrl,
  email,
  user = email,
  password = 'secret',
  scheme = 'Basic',
  caFile,
}: Wish): Exchangelib {
  needs('/usr/lib/python3/dist-packages/exchangelib/__init__.py', 'python3-exchangelib')
  const program = join(import.meta.dirname, 'exchange-person.py')
  const child = spawn(
    '/usr/bin/python3',
    [program, ewsUrl, email, user, password, scheme, ...(caFile ? [caFile] : [])],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, OPENSSL_CONF: join(import.meta.dirname, 'openssl-legacy.cnf') },
    },
  )
  let trouble = ''
  child.stderr.on('data', (chunk: Buffer) => void (trouble = (trouble + chunk.toString()).slice(-4000)))
  const waiting: ((answer: Answer) => void)[] = []
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line) as Answer))
  child.once('exit', () => {
    for (const done of waiting.splice(0)) done({ error: 'Ended', text: trouble })
  })
  const next = () => new Promise<Answer>((done) => void waiting.push(done))
  const say = (line: string) => void child.stdin.write(`${line}\n`)
  const read = <T>({ value, error, text }: Answer): T => {
    if (error !== undefined) throw new Error(`${error}: ${text}`)
    return value as T
  }
  return {
    async ask<T>(command: object) {
      const answer = next()
      say(JSON.stringify(command))
      return read<T>(await answer)
    },
    async listen<T>(command: object) {
      const begun = next()
      const heard = next()
      say(JSON.stringify(command))
      const answer = await begun
      if (!answer.listening) read(answer)
      return { heard: heard.then((one) => read<T>(one)), nudge: () => say('') }
    },
    close() {
      child.stdin.end()
      child.kill()
    },
  }
}
