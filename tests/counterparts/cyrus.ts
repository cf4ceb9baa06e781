import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CalendarServer } from './radicale.ts'
import { answering, freePort, needs, run } from './started.ts'

export type Cyrus = CalendarServer & {
  imapPort: number
  /** Another user of the same server, to see whom it invites by itself. */
  addUser(name: string): Promise<CalendarServer>
}

/** Cyrus with CalDAV scheduling (RFC 6638): sends invitations by itself, answers a PUT without an ETag. Any password will do. */
export async function startCyrus(): Promise<Cyrus> {
  needs('/usr/sbin/cyrmaster', 'cyrus-imapd')
  needs('/usr/lib/cyrus/bin/httpd', 'cyrus-caldav')
  if (process.getuid?.() !== 0)
    throw new Error('cyrmaster must be started by root: it becomes the user cyrus itself')
  const folder = await mkdtemp(join(tmpdir(), 'ritrovo-cyrus-'))
  const [http, imap] = [await freePort(), await freePort()]
  const { uid, gid } = {
    uid: Number(execFileSync('id', ['-u', 'cyrus'])),
    gid: Number(execFileSync('id', ['-g', 'cyrus'])),
  }
  const imapd = join(folder, 'imapd.conf')
  await writeFile(imapd, settings(folder))
  const service = (program: string) => `${program} -C ${imapd} -U 30`
  await writeFile(
    join(folder, 'cyrus.conf'),
    `START { recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C ${imapd} -r" }
SERVICES {
  imap cmd="${service('imapd')}" listen="127.0.0.1:${imap}" prefork=1
  http cmd="${service('httpd')}" listen="127.0.0.1:${http}" prefork=2
}
EVENTS { }
`,
  )
  for (const name of ['', 'var', 'spool', 'run', 'run/lock', 'run/proc']) {
    await mkdir(join(folder, name), { recursive: true })
    await chown(join(folder, name), uid, gid)
  }
  const running = run('/usr/sbin/cyrmaster', [
    '-C',
    imapd,
    '-M',
    join(folder, 'cyrus.conf'),
    '-p',
    join(folder, 'run/master.pid'),
    '-D',
  ])
  const url = `http://localhost:${http}/dav/`
  await answering(url, running)
  const asUser = async (name: string): Promise<CalendarServer> => {
    await makeUser(imap, name)
    return {
      name: 'cyrus',
      url,
      port: http,
      home: `/dav/calendars/user/${name}/`,
      user: name,
      password: 'any',
      email: `${name}@example.test`,
      stop: async () => undefined,
    }
  }
  return {
    ...(await asUser('alice')),
    imapPort: imap,
    addUser: asUser,
    async stop() {
      await running.stop()
      await removed(folder)
    },
  }
}

const settings = (folder: string): string => `configdirectory: ${folder}/var
defaultpartition: default
partition-default: ${folder}/spool
servername: localhost
admins: cyrus
virtdomains: off
unixhierarchysep: no
altnamespace: no
allowplaintext: yes
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: alwaystrue
sasl_minimum_layer: 0
httpmodules: caldav
caldav_allowscheduling: on
caldav_create_default: yes
calendar_user_address_set: example.test
defaultdomain: example.test
lmtpsocket: ${folder}/run/lmtp
idlesocket: ${folder}/run/idle
notifysocket: ${folder}/run/notify
mboxname_lockpath: ${folder}/run/lock
proc_path: ${folder}/run/proc
syslog_prefix: ritrovo-test
`

/** Mailboxes are made by the admin over IMAP; the calendars come with the first visit. */
async function makeUser(port: number, name: string): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  const say = (tag: string, line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let heard = ''
      const hear = (chunk: Buffer) => {
        heard += chunk.toString()
        if (!heard.includes(`${tag} `)) return
        socket.off('data', hear)
        if (heard.includes(`${tag} OK`) || heard.includes('Mailbox already exists')) resolve(heard)
        else reject(new Error(`imapd: ${heard}`))
      }
      socket.on('data', hear)
      socket.once('error', reject)
      socket.write(`${tag} ${line}\r\n`)
    })
  await say('a', 'LOGIN cyrus any')
  await say('b', `CREATE user.${name}`)
  await say('c', `SETACL user.${name} ${name} lrswipkxtecdan`)
  socket.end('d LOGOUT\r\n')
}

/** The last of its children may still be writing. */
async function removed(folder: string): Promise<void> {
  for (let tries = 0; existsSync(folder) && tries < 20; tries++) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
    if (existsSync(folder)) await sleep(100)
  }
}
