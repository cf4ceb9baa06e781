import { expect, onTestFinished, test, vi } from 'vitest'
import { command } from '#server/cli.ts'
import { ask } from '#tests/connected.ts'
import { startRadicale } from '#tests/counterparts/radicale.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'

/** The program as somebody at a console runs it, on a database of this test's own. */
async function aConsole(allow = '') {
  const { deps, address, folder } = await freshDatabase()
  const { workspaceId } = await aWorkspace(deps)
  await ask(
    deps,
    workspaceId,
    `insert into roles (workspace_id, name, built_in, permissions) values ('${workspaceId}', 'Member', 'member', '{personal-email}')`,
  )
  const { host, user, database } = address as { host: string; user: string; database: string }
  const env = {
    RITROVO_DATA: folder,
    RITROVO_LOG_LEVEL: 'silent',
    RITROVO_EGRESS_ALLOW: allow,
    DATABASE_URL: `postgres://${user}@localhost/${database}?host=${encodeURIComponent(host)}`,
  }
  const said: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0)
    onTestFinished(() => spy.mockRestore())
  }
  const run = async (...args: string[]) => {
    said.splice(0)
    const code = await command(['import', ...args], env)
    return { code, said: said.join('') }
  }
  return { deps, workspaceId, folder, run }
}

const ANNA = [
  'legacy-account',
  '--email',
  'anna@studio.test',
  '--name',
  'Anna Riva',
  '--created-at',
  '2021-06-01',
]
const BOTH = [
  '--calendar',
  'anna@gmail.test',
  '--meetings',
  'anna@studio.test',
  '--meetings-provider',
  'microsoft',
]

test(
  'S-017 a person with two accounts is brought in from the console, and each mistake is told in a sentence',
  { timeout: 60_000 },
  async () => {
    const s = await aConsole()
    expect(await s.run('legacy-account', '--email', 'a@b.test')).toMatchObject({
      code: 2,
      said: expect.stringContaining('needs --file'),
    })
    expect(await s.run(...ANNA.with(-1, '2023-03-13'), ...BOTH)).toMatchObject({
      code: 1,
      said: expect.stringContaining('before 13 March 2023'),
    })
    expect(await s.run(...ANNA.with(-1, 'yesterday'), ...BOTH)).toMatchObject({
      code: 1,
      said: expect.stringContaining('createdAt'),
    })
    expect(await s.run(...ANNA, ...BOTH)).toMatchObject({
      code: 0,
      said: expect.stringContaining('anna@gmail.test waits to be connected again'),
    })
    expect(await s.run(...ANNA, ...BOTH)).toMatchObject({
      code: 1,
      said: expect.stringContaining('signs in with that address already'),
    })
    expect(
      await ask(
        s.deps,
        s.workspaceId,
        'select provider, account, legacy, state from connections order by slot',
      ),
    ).toEqual([
      { provider: 'google', account: 'anna@gmail.test', legacy: 'calendar', state: 'broken' },
      { provider: 'microsoft', account: 'anna@studio.test', legacy: 'meetings', state: 'broken' },
    ])
  },
)

test(
  'S-017 from a file: an account that comes with its password is tried first and connected at once',
  { timeout: 60_000 },
  async () => {
    const { writeFileSync } = await import('node:fs')
    const { join } = await import('node:path')
    const radicale = await startRadicale()
    onTestFinished(() => radicale.stop())
    const s = await aConsole(`localhost:${radicale.port}`)
    const file = join(s.folder, 'anna.json')
    const write = (password: string) =>
      writeFileSync(
        file,
        JSON.stringify({
          email: 'anna@studio.test',
          name: 'Anna Riva',
          createdAt: '2021-06-01T08:00:00Z',
          calendar: { provider: 'google', account: 'anna@gmail.test' },
          meetings: {
            provider: 'caldav',
            account: 'anna@dav.test',
            address: radicale.url,
            user: radicale.user,
            password,
          },
        }),
      )
    write('wrong')
    expect(await s.run('legacy-account', '--file', file)).toMatchObject({
      code: 1,
      said: expect.stringContaining('did not let us in: wrong-password'),
    })
    expect(await ask(s.deps, s.workspaceId, `select 1 from users where name = 'Anna Riva'`)).toEqual([])
    write(radicale.password)
    expect((await s.run('legacy-account', '--file', file)).code).toBe(0)
    expect(await ask(s.deps, s.workspaceId, 'select legacy, state from connections order by slot')).toEqual([
      { legacy: 'calendar', state: 'broken' },
      { legacy: 'meetings', state: 'connected' },
    ])
    expect(await ask(s.deps, s.workspaceId, 'select destination from calendars')).toEqual([
      { destination: true },
    ])
  },
)
