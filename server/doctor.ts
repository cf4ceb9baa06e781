import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { smtpPairs, type Config } from '#server/platform/config.ts'
import { open } from './open.ts'

type Check = { name: string; look(): Promise<string | null> | string | null }

/** Looks at everything this server needs and says of each whether it is well, else how to mend it. The exit code is the verdict. */
export async function doctor(config: Config, print: (line: string) => void): Promise<number> {
  let wrong = 0
  const report = async ({ name, look }: Check): Promise<void> => {
    const trouble = await Promise.resolve()
      .then(look)
      .catch((error: unknown) => (error as Error).message)
    if (trouble !== null) wrong++
    print(trouble === null ? `✓ ${name}` : `✗ ${name}\n    ${trouble}`)
  }

  await report({ name: `data folder ${config.data}`, look: () => dataFolder(config.data) })
  let opened: Awaited<ReturnType<typeof open>> | null = null
  await report({
    name: config.databaseUrl ? 'database server of DATABASE_URL' : 'built-in database',
    async look() {
      opened = await open(config, { pool: 2 })
      return null
    },
  })
  if (opened) {
    const { deps, close } = opened as Awaited<ReturnType<typeof open>>
    await report({
      name: 'row-level security holds for our role',
      async look() {
        const seen = await deps.db.outside((tx) => tx.prepared<{ n: number }>('', 'select count(*)::int as n from users', []))
        return seen[0]?.n === 0 ? null : 'The database role sees rows of every workspace: give Ritrovo an ordinary role.'
      },
    })
    await report({ name: 'job queue', look: async () => ((await deps.db.pool.query('select 1 from pgboss.version')).rowCount === 1 ? null : 'The queue’s schema is missing: start Ritrovo once.') })
    await report({ name: 'master key', look: () => masterKey(config) })
    await report({
      name: config.smtp ? 'mail server' : 'mail: practice mailbox (no RITROVO_SMTP_URL)',
      async look() {
        for (const pair of smtpPairs(config)) {
          const split = pair.lastIndexOf(':')
          const socket = await deps.egress.openSocket(pair.slice(0, split), Number(pair.slice(split + 1)), { tls: pair.endsWith(':465'), deadline: 5_000 })
          socket.destroy()
        }
        return null
      },
    })
    await report({ name: 'address of this server', look: () => (config.url === null ? 'Set RITROVO_URL to the address people open, so that links in letters are right.' : null) })
    await close()
  }
  print(wrong === 0 ? '\nAll is well.' : `\n${wrong} ${wrong === 1 ? 'thing needs' : 'things need'} mending.`)
  return wrong === 0 ? 0 : 1
}

function dataFolder(folder: string): string | null {
  if (!existsSync(folder)) return null
  try {
    accessSync(folder, constants.W_OK)
    return null
  } catch {
    return 'Ritrovo may not write here: change its owner, or set RITROVO_DATA to another folder.'
  }
}

function masterKey({ masterKeyFile, data }: Config): string | null {
  const path = masterKeyFile ?? join(data, 'master.key')
  if (!existsSync(path)) return null
  return (statSync(path).mode & 0o077) === 0 ? null : `Others may read ${path}: chmod 600 it.`
}
