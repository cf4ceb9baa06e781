import { sayFarewell, type Farewell } from '#server/connections/disconnect.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Task } from '#server/platform/jobs.ts'
import { findWatchesOf } from './watch.ts'
import {
  endWatches,
  findCalendarsOf,
  findDestination,
  findOtherDestination,
  forgetEvents,
  raiseVersions,
  setDestination,
} from './store.ts'

type Payload = { workspaceId: string; farewell: Farewell; watches: { id: string; resource: string }[] }

/** What the provider should hear once an account is gone from here: no more knocks, and no more access. As far as it listens. */
export const farewellTask: Task<Payload> = {
  name: 'calendars.farewell',
  async run(deps, { workspaceId, farewell, watches }) {
    const provider = farewell.provider && deps.providers[farewell.provider]
    const outcome = await sayFarewell(deps, workspaceId, farewell, async (session) => {
      for (const { id, resource } of watches)
        await provider?.watch
          ?.stop(session, { id, resource, until: 0 })
          .catch((error: unknown) => deps.log.info({ err: error }, 'a watch could not be ended'))
    })
    if (outcome === 'failed') throw new Error('the provider did not take the revocation; it is tried again')
  },
}

/** In the transaction that ends them: our copy of these accounts goes, what they were used for moves on, and the provider is told later (J08). */
export async function leave(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  userId: string,
  ended: Farewell[],
): Promise<void> {
  for (const farewell of ended) {
    await forgetCopies(tx, workspaceId, farewell.connectionId)
    const watches = findWatchesOf(await endWatches(tx, workspaceId, { connectionId: farewell.connectionId }))
    if (farewell.sealed !== null)
      await deps.jobs.enqueue(tx, farewellTask, { workspaceId, farewell, watches })
  }
  await moveDestination(tx, workspaceId, userId)
  await raiseVersions(tx, workspaceId, [userId])
}

export async function forgetCopies(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  const calendars = await findCalendarsOf(tx, workspaceId, connectionId)
  await forgetEvents(
    tx,
    workspaceId,
    calendars.map(({ calendarId }) => calendarId),
  )
}

/** New meetings go to another account that stands and may take them, if the one that took them has gone. */
export async function moveDestination(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  if (await findDestination(tx, workspaceId, userId)) return
  const next = await findOtherDestination(tx, workspaceId, userId)
  // With no account left the choice stays where it was, for the day the same one comes back.
  if (next) await setDestination(tx, workspaceId, userId, next.calendarId)
}
