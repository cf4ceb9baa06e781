import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CalendarServer } from './radicale.ts'
import { answering, freePort, needs, run } from './started.ts'

/** Debian's Xandikos: calendars in Git, no passwords; answers a bad sync token with a bare 500. */
export async function startXandikos(): Promise<CalendarServer> {
  needs('/usr/bin/xandikos', 'xandikos')
  const folder = mkdtempSync(join(tmpdir(), 'ritrovo-xandikos-'))
  const port = await freePort()
  const running = run('/usr/bin/xandikos', [
    '--defaults',
    '--autocreate',
    '-d',
    folder,
    '-l',
    '127.0.0.1',
    '-p',
    String(port),
    '--current-user-principal',
    '/user',
  ])
  const url = `http://localhost:${port}/`
  await answering(url, running)
  return {
    name: 'xandikos',
    url,
    port,
    home: '/user/calendars/',
    user: 'user',
    password: 'any',
    email: 'user@example.test',
    async stop() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
