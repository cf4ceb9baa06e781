import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { KeyRefused } from './master-key.ts'
import { Secret } from './secret.ts'
import {
  checkPassword,
  hashPassword,
  newToken,
  openSecrets,
  readToken,
  sameSecret,
  SealBroken,
  type Secrets,
} from './secrets.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'ritrovo-keys-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const home = () => ({ data: folder(), masterKeyFile: null })
function keyFile(text: string) {
  const data = folder()
  writeFileSync(join(data, 'key'), text)
  return { data, masterKeyFile: join(data, 'key') }
}
const newKey = () => randomBytes(32).toString('base64')
const HERE = { table: 'connections', row: 'c1', workspaceId: randomUUID(), field: 'sealed_secret' }

describe('the master key', () => {
  test('is made once, for this user alone, and found again', () => {
    const where = home()
    const sealed = openSecrets(where).seal('app-password', HERE)
    expect(readdirSync(where.data)).toEqual(['master.key'])
    expect(statSync(join(where.data, 'master.key')).mode & 0o777).toBe(0o600)
    chmodSync(join(where.data, 'master.key'), 0o644)
    expect(openSecrets(where).unseal(sealed, HERE)).toBe('app-password')
    expect(statSync(join(where.data, 'master.key')).mode & 0o777).toBe(0o600)
  })

  test('two first starts at once end with one key', async () => {
    const where = home()
    const script = `
      import { openSecrets } from ${JSON.stringify(join(import.meta.dirname, 'secrets.ts'))}
      process.stdout.write(openSecrets(${JSON.stringify(where)}).seal('x', ${JSON.stringify(HERE)}))`
    const starts = Array.from({ length: 4 }, () => {
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
        cwd: process.cwd(),
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      return child.stdout.toArray().then((chunks) => String(Buffer.concat(chunks as Buffer[])))
    })
    const secrets = openSecrets(where)
    for (const sealed of await Promise.all(starts)) expect(secrets.unseal(sealed, HERE)).toBe('x')
    expect(readdirSync(where.data)).toEqual(['master.key'])
  })

  test.each([
    ['nothing', ''],
    ['a comment', '# put your key here\n'],
    ['the word secret', 'secret'],
    ['changeme', 'changeme'],
    ['eight characters', 'k3y8char'],
    ['sixteen random bytes', randomBytes(16).toString('base64')],
    ['31 random bytes', randomBytes(31).toString('base64')],
    ['a sentence', 'correct horse battery staple correct horse battery'],
    ['zeros', Buffer.alloc(32).toString('base64')],
    ['zeros in hexadecimal', '0'.repeat(64)],
    ['a repeated word', Buffer.from('secretsecretsecretsecretsecretse').toString('base64')],
    ['one letter 43 times', 'a'.repeat(43)],
    ['a good key and a bad one', `${newKey()}\nsecret\n`],
  ])('S01 %s is refused, with the command that makes a good one', (_, text) => {
    expect(() => openSecrets(keyFile(text))).toThrow(KeyRefused)
    expect(() => openSecrets(keyFile(text))).toThrow('openssl rand -base64 32')
    if (text.trim().length > 3) expect(() => openSecrets(keyFile(text))).not.toThrow(text.trim())
  })

  test('S01 a key from openssl, in base64 or hexadecimal, and one with Windows line ends are taken', () => {
    for (const format of ['-base64', '-hex'] as const)
      openSecrets(keyFile(String(execFileSync('openssl', ['rand', format, '32']))))
    openSecrets(keyFile(`# ours\r\n${newKey()}\r\n`))
    openSecrets(keyFile(randomBytes(32).toString('base64url')))
  })

  test('S01 a key file that is not there stops the start and makes none', () => {
    const data = folder()
    expect(() => openSecrets({ data, masterKeyFile: join(data, 'missing') })).toThrow(
      /missing cannot be read \(ENOENT\)/,
    )
    expect(readdirSync(data)).toEqual([])
  })

  test('S02 the wrong key is one clear stop', () => {
    const [right, other] = [openSecrets(home()), openSecrets(home())]
    const check = right.makeCheck()
    right.verifyCheck(check)
    for (const stored of [check, '', 'v1.x.y', check.slice(0, -4)])
      expect(() => other.verifyCheck(stored)).toThrow(/put back the master.key/)
    expect(() => other.verifyCheck(check)).toThrow(KeyRefused)
  })

  test('S02 after a rotation the old key still opens, new values and re-wrapped ones need only the new key', () => {
    const [old, fresh] = [newKey(), newKey()]
    const before = openSecrets(keyFile(old))
    const sealed = Array.from({ length: 1000 }, (_, at) =>
      before.seal(`password ${at}`, { ...HERE, row: `c${at}` }),
    )
    const check = before.makeCheck()

    const during = openSecrets(keyFile(`${fresh}\n${old}\n`))
    during.verifyCheck(check)
    const wrapped = sealed.map((one, at) => {
      expect(during.isCurrent(one)).toBe(false)
      return during.rewrap(one, { ...HERE, row: `c${at}` })
    })
    expect(during.rewrap(wrapped[0]!, { ...HERE, row: 'c0' })).toBe(wrapped[0])

    const after = openSecrets(keyFile(fresh))
    wrapped.forEach((one, at) => expect(after.unseal(one, { ...HERE, row: `c${at}` })).toBe(`password ${at}`))
    expect(() => after.unseal(sealed[0]!, { ...HERE, row: 'c0' })).toThrow(
      /key [\da-f]{8}, which is not in the key file/,
    )
  })
})

describe('a sealed value', () => {
  let secrets: Secrets
  beforeEach(() => {
    secrets = openSecrets(keyFile(newKey()))
  })

  test.each(['', 'x', 'pässwörd 🔑 \u0000 \n', 'y'.repeat(100_000)])('comes back as it was', (plain) => {
    const sealed = secrets.seal(plain, HERE)
    expect(secrets.unseal(sealed, HERE)).toBe(plain)
    expect(sealed).toMatch(/^v1\.[\da-f]{8}\.[\w-]+$/)
    if (plain.length > 1) expect(sealed).not.toContain(plain)
    expect(secrets.seal(plain, HERE)).not.toBe(sealed)
  })

  test('S03 opens in no other row, table, field or workspace', () => {
    const sealed = secrets.seal('app-password', HERE)
    for (const elsewhere of [
      { row: 'c2' },
      { table: 'users' },
      { field: 'sealed_user' },
      { field: '' },
      { workspaceId: randomUUID() },
    ])
      expect(() => secrets.unseal(sealed, { ...HERE, ...elsewhere })).toThrow(SealBroken)
    // No two places may run together into one.
    const glued = secrets.seal('x', { table: 'a', row: 'bc', workspaceId: 'w' })
    expect(() => secrets.unseal(glued, { table: 'ab', row: 'c', workspaceId: 'w' })).toThrow(SealBroken)
  })

  test('S03 one flipped bit anywhere, a cut or a foreign text is refused, and the fault does not repeat it', () => {
    const sealed = secrets.seal('app-password', HERE)
    const [version, id, text] = sealed.split('.') as [string, string, string]
    const bytes = Buffer.from(text, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const bent = Buffer.from(bytes)
      bent[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => secrets.unseal(`${version}.${id}.${bent.toString('base64url')}`, HERE)).toThrow(SealBroken)
    }
    for (const other of [
      '',
      'app-password',
      `v2.${id}.${text}`,
      `${version}.${id}`,
      `${version}.${id}.`,
      `${sealed}.x`,
      `${version}.${id}.${bytes.subarray(0, 20).toString('base64url')}`,
      `v1.00000000.${text}`,
    ])
      expect(() => secrets.unseal(other, HERE)).toThrow(SealBroken)
    expect(() => secrets.unseal('app-password', HERE)).not.toThrow(/app-password/)
  })
})

test('J10 a Secret is printed by nothing', () => {
  const it = new Secret('canary')
  const shown = [
    `${it}`,
    String(it),
    it + '',
    JSON.stringify({ it }),
    inspect({ it }, { showHidden: true, depth: 9 }),
    format('%s %o %j', it, it, it),
    Object.keys(it).join(),
    JSON.stringify(structuredClone({ ...it })),
    new Error(`bad ${it}`).message,
  ]
  expect(shown.join(' ')).not.toContain('canary')
  expect(shown.join(' ')).toContain('[secret]')
  expect(it.open()).toBe('canary')
})

describe('tokens', () => {
  test('a token leads to its workspace and its row, and to nothing by itself', () => {
    const workspaceId = randomUUID()
    const { token, hash } = newToken(workspaceId)
    expect(readToken(token)).toEqual({ workspaceId, hash })
    expect(token).toMatch(/^[\w-]{54}$/)
    expect(hash).toHaveLength(32)
    expect(token).not.toContain(hash.toString('base64url'))
    expect(newToken(workspaceId).token).not.toBe(token)
  })

  test('what was never a token is none', () => {
    const { token } = newToken(randomUUID())
    // The last letter carries two bits that decode to nothing: one token has one spelling.
    const twin = token.slice(0, -1) + String.fromCharCode(token.charCodeAt(53) + 1)
    for (const text of [
      '',
      token.slice(1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      token.replace(/.$/, '!'),
      twin,
      token.replace(/.$/, '\0'),
      'x'.repeat(10_000_000),
      '../../etc/passwd',
    ])
      expect(readToken(text)).toBeNull()
    expect(() => newToken('not-a-workspace')).toThrow()
  })

  test('two secrets are compared whole', () => {
    expect([
      sameSecret('abc', 'abc'),
      sameSecret('abc', 'abd'),
      sameSecret('abc', 'abcd'),
      sameSecret('', ''),
      sameSecret(Buffer.from('abc'), 'abc'),
    ]).toEqual([true, false, false, true, true])
  })
})

describe('passwords', () => {
  test('a password is known again and no other is', async () => {
    const stored = await hashPassword('correct horse')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(await checkPassword('correct horse', stored)).toBe(true)
    expect(await checkPassword('correct horsf', stored)).toBe(false)
    expect(await checkPassword('', stored)).toBe(false)
    expect(await hashPassword('correct horse')).not.toBe(stored)
  })

  test('a hash made elsewhere by the standard opens here', async () => {
    // The reference implementation's own example: "password", "somesalt", 64 MiB, two passes.
    const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    expect(await checkPassword('password', reference)).toBe(true)
    expect(await checkPassword('passwore', reference)).toBe(false)
  })

  test('F19 an unknown user costs what a known one costs, and is never let in', async () => {
    const stored = await hashPassword('x')
    const time = async (hash: string | null) => {
      // Processor time, of all threads: the clock on the wall also tells of other processes.
      const began = process.cpuUsage()
      for (let round = 0; round < 8; round++) await checkPassword('y', hash)
      const spent = process.cpuUsage(began)
      return spent.user + spent.system
    }
    await time(stored)
    const [known, unknown] = [await time(stored), await time(null)]
    expect(Math.abs(known - unknown) / known).toBeLessThan(0.5)
    expect(await checkPassword('', null)).toBe(false)
  })

  test.each([
    '',
    'plain',
    '$2b$10$abcdefghijklmnopqrstuv',
    '$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ])('a stored hash of another kind is a fault, not a yes: %j', async (stored) => {
    await expect(checkPassword('plain', stored)).rejects.toThrow('not one of ours')
  })
})

test('S03 no plain text stands in what is stored', () => {
  const where = home()
  const secrets = openSecrets(where)
  const stored = [
    secrets.seal('canary-password', HERE),
    secrets.makeCheck(),
    JSON.stringify(newToken(HERE.workspaceId).hash),
    readFileSync(join(where.data, 'master.key'), 'utf8'),
  ]
  expect(stored.join('\n')).not.toContain('canary')
})
