import { NotFound } from '../provider.ts'
import type { Change, Session } from '../provider.ts'
import { ask, at, read, readAll } from './ask.ts'
import type { Raw } from './ask.ts'
import type { ByDelta } from './cursor.ts'
import { digestOf, FIELDS, idOf, instanceId, seriesOf, toRemote } from './event.ts'
import { word } from './kind.ts'

const DIGEST = 8 // characters of each instance in the cursor

type Sorted = {
  changes: Change[]
  masters: Map<string, Raw>
  /** By series, the instances this page tells of; a series may be touched without any. */
  touched: Map<string, Raw[]>
  series: Record<string, string>
}

/**
 * What a page of a delta means for our copy. Of a series it gives the master and its instances as bare times
 * (microsoft-graph-docs#7632), and it is silent about an instance that was deleted (#4501): so the rest is taken
 * from the master, and once the first round is over a series that is touched at all is read whole.
 */
export async function changesIn(
  session: Session,
  calendar: string,
  cursor: ByDelta,
  items: readonly Raw[],
): Promise<{ changes: Change[]; series: Record<string, string> }> {
  const sorted = sortOut(session, cursor, items)
  for (const [master, instances] of sorted.touched)
    await (cursor.first
      ? addInstances(session, calendar, cursor, sorted, master, instances)
      : readAgain(session, calendar, cursor, sorted, master))
  return { changes: sorted.changes, series: sorted.series }
}

function sortOut(session: Session, { window, series }: ByDelta, items: readonly Raw[]): Sorted {
  const owners = ownersOf(series)
  const sorted: Sorted = { changes: [], masters: new Map(), touched: new Map(), series: { ...series } }
  const touch = (master: string, instance?: Raw) => {
    const known = sorted.touched.get(master) ?? []
    if (instance) known.push(instance)
    sorted.touched.set(master, known)
  }
  for (const item of items) {
    const id = idOf(item)
    const master = seriesOf(item)
    if (item['@removed'] !== undefined) {
      const owner = owners.get(digestOf(id))
      if (owner !== undefined) touch(owner)
      forgetSeries(sorted, id)
      sorted.changes.push({ kind: 'remove', remoteId: id })
    } else if (word(item['type']) === 'seriesmaster') {
      sorted.masters.set(id, item)
      touch(id)
    } else if (master !== null) touch(master, item)
    else {
      forgetSeries(sorted, id)
      sorted.changes.push({ kind: 'upsert', event: toRemote(item, { window, zone: session.zone }) })
    }
  }
  return sorted
}

/** A series that is gone, or is a single event now, takes its instances along. */
function forgetSeries({ changes, touched, series }: Sorted, master: string): void {
  for (const digest of digestsIn(series[master]))
    changes.push({ kind: 'remove', remoteId: instanceId(master, digest) })
  delete series[master]
  touched.delete(master)
}

/**
 * In the first round everything comes by itself; only a master that lies outside this page may have to be asked
 * for.
 */
async function addInstances(
  session: Session,
  calendar: string,
  { window }: ByDelta,
  { changes, masters, series }: Sorted,
  master: string,
  instances: readonly Raw[],
): Promise<void> {
  if (instances.length === 0) return
  const whole =
    masters.get(master) ?? (instances.some(isBare) ? await readMaster(session, calendar, master) : null)
  const digests = new Set(digestsIn(series[master]))
  for (const instance of instances) {
    changes.push({ kind: 'upsert', event: toRemote(filled(instance, whole), { window, zone: session.zone }) })
    digests.add(digestOf(idOf(instance)))
  }
  series[master] = [...digests].join('')
}

async function readAgain(
  session: Session,
  calendar: string,
  { window }: ByDelta,
  { changes, series }: Sorted,
  master: string,
): Promise<void> {
  const standing = await instancesOf(session, calendar, master, window)
  // It may have stood alone until its owner made a series of it.
  changes.push({ kind: 'remove', remoteId: master })
  const digests = new Set(standing.map((instance) => digestOf(idOf(instance))))
  for (const digest of digestsIn(series[master]))
    if (!digests.has(digest)) changes.push({ kind: 'remove', remoteId: instanceId(master, digest) })
  for (const instance of standing)
    changes.push({
      kind: 'upsert',
      event: toRemote({ ...instance, seriesMasterId: master }, { window, zone: session.zone }),
    })
  if (digests.size > 0) series[master] = [...digests].join('')
  else delete series[master]
}

/** The instances of a series in the window; none when it is gone. */
async function instancesOf(
  session: Session,
  calendar: string,
  master: string,
  window: ByDelta['window'],
): Promise<Raw[]> {
  const query = {
    startDateTime: new Date(window.start).toISOString(),
    endDateTime: new Date(window.end).toISOString(),
    $select: FIELDS,
    $top: '250',
  }
  try {
    return await readAll(
      session,
      at(session, ['me', 'calendars', calendar, 'events', master, 'instances'], query),
    )
  } catch (error) {
    if (error instanceof NotFound) return []
    throw error
  }
}

async function readMaster(session: Session, calendar: string, master: string): Promise<Raw | null> {
  const where = at(session, ['me', 'calendars', calendar, 'events', master], { $select: FIELDS })
  try {
    return read(await ask(session, where, { method: 'GET' }))
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}

/** An instance that is told by its times alone. */
const isBare = (instance: Raw): boolean =>
  instance['showAs'] === undefined && instance['subject'] === undefined

/**
 * What an instance does not say itself is as its series has it. Without its series nobody knows, and it is kept
 * busy.
 */
const filled = (instance: Raw, master: Raw | null): Raw => (master ? { ...master, ...instance } : instance)

function ownersOf(series: Record<string, string>): Map<string, string> {
  const owners = new Map<string, string>()
  for (const [master, digests] of Object.entries(series))
    for (const digest of digestsIn(digests)) owners.set(digest, master)
  return owners
}

const digestsIn = (digests = ''): string[] =>
  Array.from({ length: digests.length / DIGEST }, (_, i) => digests.slice(i * DIGEST, (i + 1) * DIGEST))
