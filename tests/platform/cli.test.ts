import { readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freePort } from '#tests/counterparts/started.ts'
import { aFolder, build, endAll, postmasterOf, ritrovo, serve, type Options } from '#tests/ritrovo.ts'

vi.setConfig({ testTimeout: 120_000 })
const PASSWORD = 'correct horse battery'
const SECRETS = { RITROVO_SMTP_URL: 'smtp://postman:TopSecretMail@127.0.0.1:1', RITROVO_EGRESS_ALLOW: '127.0.0.1:1' }

let data: string
let env: Record<string, string>
beforeAll(() => {
  build()
  data = aFolder()
  env = { RITROVO_DATA: data, RITROVO_URL: 'https://meet.example.test' }
})
afterAll(endAll)

const run = (args: string[], options: Options = {}) => ritrovo(args, { ...options, env: { ...env, ...options.env } }).ended
const setup = (more: string[] = []) => run(['setup', '--email', 'giulia@example.test', '--password', '-', '--name', 'Giulia Ferri', '--workspace', 'Studio Ferri', '--zone', 'Europe/Rome', ...more], { input: `${PASSWORD}\n` })

test('help lists every command, and a command that does not exist is told so with the same list', async () => {
  const help = await run(['help'])
  expect(help).toMatchObject({ code: 0, err: '' })
  for (const name of ['start', 'setup', 'doctor', 'explain', 'config', 'user reset-password']) expect(help.out).toContain(`ritrovo ${name}`)
  const unknown = await run(['frobnicate'])
  expect(unknown).toMatchObject({ code: 2, out: '' })
  expect(unknown.err).toBe(`There is no command “frobnicate”.\n\n${help.out}`)
})

test('config shows every variable and where it comes from, and no secret', async () => {
  const file = join(aFolder(), 'url')
  writeFileSync(file, 'postgres://studio:TopSecretBase@localhost/studio\n')
  const { code, out, err } = await run(['config'], { env: { ...SECRETS, DATABASE_URL_FILE: file } })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('RITROVO_SMTP_URL = set  (RITROVO_SMTP_URL)')
  expect(out).toContain('DATABASE_URL = set  (DATABASE_URL_FILE)')
  expect(out).toContain(`RITROVO_DATA = ${data}  (RITROVO_DATA)`)
  expect(out).not.toMatch(/TopSecret/)
})

test('mistakes in variables and options are sentences, without what was secret in them', async () => {
  const mistaken = await run(['doctor'], { env: { PORT: 'abc', DATABASE_URL: 'mysql://root:TopSecret@localhost/x' } })
  expect(mistaken).toMatchObject({ code: 1, out: '' })
  expect(mistaken.err.trim().split('\n')).toEqual([expect.stringMatching(/^PORT must be a whole number/), expect.stringMatching(/^DATABASE_URL must be postgres:/)])
  expect(mistaken.err).not.toContain('TopSecret')
  expect(await run(['start', '--only', 'kitchen'])).toMatchObject({ code: 2, err: '--only takes web or worker.\n' })
  expect(await run(['setup', '--email', 'a@example.test'])).toMatchObject({ code: 2, err: 'setup needs --email, --password and --name.\n' })
  expect(await run(['explain', 'giulia'])).toMatchObject({ code: 2, err: 'ritrovo explain HOST/PAGE YYYY-MM-DD\n' })
  const odd = await run(['setup', '--colour', 'red'])
  expect(odd.code).toBe(1)
  expect(odd.err).toMatch(/^Unknown option '--colour'[^\n]*\n$/)
  expect(await run(['start'], { env: { RITROVO_DATA: '/dev/null' } })).toMatchObject({ code: 1, out: '', err: 'Ritrovo may not write into /dev/null (EEXIST): change its owner, or set RITROVO_DATA to another folder.\n' })
  expect(postmasterOf(data)).toBeNull()
})

test('setup on an empty folder makes the first workspace once; doctor finds all well; nothing is left running', async () => {
  expect(await run(['setup', '--email', 'giulia@example.test', '--password', 'short', '--name', 'Giulia Ferri'])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^That cannot be:[^\n]*\n$/) as string })
  expect(await setup()).toMatchObject({ code: 0, err: '', out: 'Giulia Ferri may now sign in with giulia@example.test.\n' })
  expect(await setup()).toMatchObject({ code: 1, out: '', err: 'This server already has a workspace: invite people from Team instead.\n' })
  const doctor = await run(['doctor'])
  expect(doctor, doctor.out).toMatchObject({ code: 0, err: '' })
  expect(doctor.out).toMatch(/\nAll is well\.\n$/)
  expect(doctor.out).not.toContain('✗')
  expect(postmasterOf(data)).toBeNull()
})

test('while the server runs, the others borrow its database and leave it running', async () => {
  const port = await freePort()
  const server = await serve({ env: { ...env, PORT: String(port) } })
  const postmaster = postmasterOf(data)
  expect((await run(['doctor'])).code).toBe(0)
  expect((await setup()).code).toBe(1)
  expect(await run(['user', 'reset-password', '--email', 'giulia@example.test', '--password', '-'], { input: 'another horse battery' })).toMatchObject({ code: 0, err: '', out: 'The password is changed; every session of this user has ended.\n' })
  const signIn = (password: string) => fetch(`http://127.0.0.1:${port}/api/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-ritrovo': '1' }, body: JSON.stringify({ email: 'giulia@example.test', password }) })
  expect((await signIn(PASSWORD)).status).toBe(401)
  expect((await signIn('another horse battery')).status).toBe(201)
  expect(postmasterOf(data)).toBe(postmaster)
  server.kill('SIGTERM')
  expect((await server.ended).code).toBe(0)
})

test('reset-password knows nobody else and no short word', async () => {
  expect(await run(['user', 'reset-password', '--email', 'nobody@example.test', '--password', PASSWORD])).toMatchObject({ code: 1, out: '', err: 'Nobody signs in with that address.\n' })
  expect(await run(['user', 'reset-password', '--email', 'giulia@example.test', '--password', 'short'])).toMatchObject({ code: 1, out: '', err: 'That password is too short: use 10 characters or more.\n' })
  expect(await run(['user', 'delete'])).toMatchObject({ code: 2, out: '' })
})

test('explain says of every time of a day why it is offered or not', async () => {
  const day = new Date(Date.now() + 7 * 86_400_000)
  while (day.getUTCDay() !== 2) day.setUTCDate(day.getUTCDate() + 1)
  const date = day.toISOString().slice(0, 10)
  const told = await run(['explain', 'giulia-ferri/meeting', date])
  expect(told, told.err).toMatchObject({ code: 0, err: '' })
  expect(told.out).toMatch(/^The page takes requests: no-calendar\.\n/)
  expect(told.out).toMatch(/^09:00 {2}free$/m)
  expect(await run(['explain', 'giulia-ferri/nothing', date])).toMatchObject({ code: 1, out: '', err: 'There is no page giulia-ferri/nothing.\n' })
})

test('doctor names what is wrong and its mending, and its exit code says that something is', async () => {
  const { code, out } = await run(['doctor'], { env: { ...SECRETS, RITROVO_URL: '' } })
  expect(code).toBe(1)
  expect(out).toMatch(/✗ mail server\n {4}\S/)
  expect(out).toMatch(/✗ address of this server\n {4}Set RITROVO_URL/)
  expect(out).toMatch(/\n2 things need mending\.\n$/)
  expect(out).not.toContain('TopSecret')
})

test('S02 with another master key every command stops with one sentence and changes nothing', async () => {
  const file = join(data, 'master.key')
  const right = readFileSync(file)
  writeFileSync(file, `${randomBytes(32).toString('base64')}\n`)
  try {
    const sentence = 'The master key is not the one that sealed this database: put back the master.key that belongs to it (or the right RITROVO_MASTER_KEY_FILE). Nothing was changed.'
    for (const args of [['start'], ['explain', 'giulia-ferri/meeting', '2030-01-01'], ['user', 'reset-password', '--email', 'giulia@example.test', '--password', PASSWORD]]) expect(await run(args, { env: { PORT: '0' } })).toMatchObject({ code: 1, out: '', err: `${sentence}\n` })
    const doctor = await run(['doctor'])
    expect(doctor.code).toBe(1)
    expect(doctor.out).toContain(`✗ built-in database\n    ${sentence}`)
  } finally {
    writeFileSync(file, right)
  }
  expect((await run(['doctor'])).code).toBe(0)
  expect(postmasterOf(data)).toBeNull()
})
