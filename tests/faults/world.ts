import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect } from 'vitest'
import { readObject } from '#core/icalendar/read.ts'
import { startPracticeCaldav } from '#practice/caldav/server.ts'
import { open } from '#server/open.ts'
import { readConfig } from '#server/platform/config.ts'
import { startAiosmtpd } from '#tests/counterparts/aiosmtpd.ts'
import { freePort } from '#tests/counterparts/started.ts'
import { aWorkspace } from '#tests/database.ts'
import { aPage, connect } from '#tests/host.ts'
import { aFolder, ritrovo, serve, until, type Process, type Serving } from '#tests/ritrovo.ts'

/** How long a killed process's work stays lent to it here; 30 seconds in life. */
export const LEASE_MS = 1_500

export type Wish = { key: string; start: number; client: string; name: string }
export type Answer = { status: number; id: string; start: number; alternatives: number[] }
export type World = Awaited<ReturnType<typeof aWorld>>

/** A host with a page, a calendar and a mailbox whose servers outlive every kill; only Ritrovo and its database are mortal. */
export async function aWorld() {
  const [calendar, mail, port] = await Promise.all([startPracticeCaldav(), startAiosmtpd('plain'), freePort()])
  const data = aFolder()
  const env = {
    RITROVO_DATA: data,
    RITROVO_EGRESS_ALLOW: `localhost:${calendar.port}`,
    RITROVO_TRUST_PROXY: '127.0.0.1',
    RITROVO_SMTP_URL: mail.url,
    RITROVO_MAIL_FROM: 'Studio Ferri <meet@example.test>',
    RITROVO_LEASE_SECONDS: String(LEASE_MS / 1000),
    PORT: String(port),
  }
  const { deps, close } = await open(readConfig(env))
  const owner = await aWorkspace(deps)
  const page = await aPage(deps, owner)
  await connect(deps, owner, calendar)
  await close()

  const address = `http://127.0.0.1:${port}/api/public/${page.host}/${page.page}`
  return {
    data,
    env,
    calendar,
    mail,
    owner,
    page,
    start: (): Promise<Serving> => serve({ env }),
    /** A server that ends at a failpoint. */
    run: (failpoint: string): Process => ritrovo(['start'], { env: { ...env, RITROVO_FAILPOINT: failpoint } }),
    /** One try to book; null when the line broke or the server could not say. */
    async ask(wish: Wish): Promise<Answer | null> {
      try {
        const response = await fetch(`${address}/bookings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-ritrovo': '1', 'x-forwarded-for': wish.client, 'idempotency-key': wish.key },
          body: JSON.stringify({ start: wish.start, length: 30, zone: 'Europe/Rome', name: wish.name, email: `${wish.name}@example.test` }),
          signal: AbortSignal.timeout(8_000),
        })
        const body = (await response.json()) as { id?: string; alternatives?: number[] }
        return response.status >= 500 ? null : { status: response.status, id: body.id ?? '', start: wish.start, alternatives: body.alternatives ?? [] }
      } catch {
        return null
      }
    },
    async stop() {
      await calendar.stop()
      await mail.stop()
    },
  }
}

let visitors = 0
/** A visitor with an address of their own, so that no limit stands in the way. */
export function aWish(start: number): Wish {
  const n = ++visitors
  return { key: randomUUID(), start, client: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, name: `visitor-${n}` }
}

/** What a browser does: the same submit again until somebody answers. */
export async function insist(world: World, wish: Wish, giveUp: () => boolean = () => false): Promise<Answer | null> {
  // Between kills on a busy machine one visitor of four may wait long.
  for (const late = Date.now() + 180_000; !giveUp(); await sleep(50)) {
    const answer = await world.ask(wish)
    if (answer) return answer
    if (Date.now() > late) throw new Error('nobody answered for three minutes')
  }
  return null
}

/** The tables themselves, past row-level security. */
export async function inside<T>({ data }: { data: string }, work: (ask: <Row>(statement: string) => Promise<Row[]>) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: `${data}/socket`, user: 'postgres', database: 'postgres' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(async <Row>(statement: string) => (await client.query(statement)).rows as Row[])
  } finally {
    await client.end()
  }
}

/** Waits until nothing is left to do for any booking. */
export const settled = (world: World, seconds = 60): Promise<void> =>
  inside(world, (ask) =>
    until(
      'every effect and every letter came to its end',
      async () => {
        const [left] = await ask<{ n: number }>(
          `select (select count(*) from effects where state in ('waiting', 'running'))::int + (select count(*) from letters where state in ('queued', 'sending'))::int as n`,
        )
        return left!.n === 0
      },
      seconds,
    ),
  )

type Row = { id: string; uid: string; state: string; calendar_state: string; start: string; end: string; email: string }
type LetterRow = { booking: string; kind: string; revision: number; recipient: string; message_id: string; state: string }

/** Bookings, calendar and mailbox tell one story: nothing acknowledged lost, nothing doubled, nothing missing (I1–I4). */
export async function agree(world: World, acknowledged: Answer[]): Promise<{ bookings: number; letters: number; unknown: number }> {
  return inside(world, async (ask) => {
    const bookings = await ask<Row>(`select booking_id as id, uid, state, calendar_state, (extract(epoch from starts_at) * 1000)::bigint as start, (extract(epoch from ends_at) * 1000)::bigint as "end", email from bookings order by uid`)
    const byId = new Map(bookings.map((row) => [row.id, row]))
    expect(acknowledged.filter(({ id, start }) => byId.get(id)?.state !== 'confirmed' || Number(byId.get(id)!.start) !== start)).toEqual([])
    expect(new Set(acknowledged.map(({ id }) => id)).size).toBe(acknowledged.length)
    expect(bookings.length).toBe(acknowledged.length)

    const events = [...world.calendar.store.calendars.values()].flatMap((calendar) => [...calendar.objects.values()])
    expect(events.map(({ uid }) => uid).sort()).toEqual(bookings.map(({ uid }) => uid))
    const spans = new Map(events.map(({ uid, text }) => [uid, readObject(text, { window: { start: 0, end: 4e12 }, zone: 'Europe/Rome', owner: [] })!.occurrences.map(({ start, end }) => `${start} ${end}`)]))
    expect(bookings.filter(({ uid, start, end }) => String(spans.get(uid)) !== `${start} ${end}`)).toEqual([])
    expect(bookings.filter((row) => row.calendar_state !== 'standing')).toEqual([])

    expect(await ask(`select a.host_id, a.during, b.during from occupancy a join occupancy b on a.host_id = b.host_id and a.occupancy_id < b.occupancy_id and a.during && b.during`)).toEqual([])
    expect((await ask<{ n: number }>(`select count(*)::int as n from occupancy where state = 'confirmed'`))[0]!.n).toBe(bookings.length)

    const letters = await ask<LetterRow>(`select e.booking_id as booking, e.kind, e.revision, l.recipient, l.message_id, l.state from letters l join effects e on e.effect_id = l.effect_id`)
    const invitations = letters.filter(({ kind }) => kind === 'invite')
    expect(invitations.map(({ booking, revision, recipient }) => `${booking} ${revision} ${recipient}`).sort()).toEqual(bookings.map(({ id, email }) => `${id} 1 ${email}`).sort())
    const delivered = Map.groupBy(world.mail.letters(), ({ source }) => /^Message-ID:\s*(<[^>]+>)/im.exec(source.toString())![1]!)
    expect([...delivered.values()].filter((copies) => copies.length > 1)).toEqual([])
    // A letter that arrived is sent or of unknown fate; one that is called sent has arrived.
    expect(letters.filter(({ message_id, state }) => (delivered.has(message_id) ? !['sent', 'unknown'].includes(state) : state !== 'unknown'))).toEqual([])
    return { bookings: bookings.length, letters: letters.length, unknown: letters.filter(({ state }) => state === 'unknown').length }
  })
}
