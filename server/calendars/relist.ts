import { HOUR } from '#core/time/model.ts'
import { openConnection, type Opened } from '#server/connections/session.ts'
import { reasonOf } from '#server/connections/reason.ts'
import { tellOwner } from '#server/connections/tell-owner.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Task } from '#server/platform/jobs.ts'
import { everyWorkspace } from '#server/platform/workspaces.ts'
import { AccessRevoked } from '#server/providers/provider.ts'
import { findConnectionOf } from '#server/connections/find.ts'
import { listable } from './enter.ts'
import { findUnlisted, markGone, raiseVersions, saveCalendars, saveListed } from './store.ts'
import { saveRefusal } from './trouble.ts'

const LIST_EVERY = 6 * HOUR

/** Asks an account for its calendars again: new ones appear, unchecked; ones that are gone are marked, and their owner told once (B27). */
export const relistCalendars: Task<{ workspaceId: string; userId: string; connectionId: string }> = {
  name: 'calendars.relist',
  key: ({ connectionId }) => connectionId,
  async run(deps, { workspaceId, userId, connectionId }) {
    let opened: Opened | null = null
    try {
      opened = await openConnection(deps, workspaceId, connectionId, { feature: 'sync' })
      const remote = listable(await opened.provider.listCalendars(opened.session))
      // An account without any calendar is rather a slip of the provider's than its owner's work (B08).
      if (remote.length > 0) await save(deps, workspaceId, userId, connectionId, remote)
    } catch (error) {
      const reason = reasonOf(error)
      if (reason === null) throw error
      if (error instanceof AccessRevoked && opened) await saveRefusal(deps, workspaceId, connectionId, opened)
      deps.log.info({ connection: connectionId, reason }, 'calendars not listed')
    }
  },
}

async function save(
  deps: Deps,
  workspaceId: string,
  userId: string,
  connectionId: string,
  remote: ReturnType<typeof listable>,
): Promise<void> {
  const now = deps.now()
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    await saveCalendars(tx, workspaceId, userId, connectionId, remote, now)
    const gone = await markGone(
      tx,
      workspaceId,
      connectionId,
      remote.map(({ remoteId }) => remoteId),
      now,
    )
    await saveListed(tx, workspaceId, connectionId, now)
    const connection = await findConnectionOf(tx, workspaceId, userId, connectionId)
    for (const calendar of gone)
      if (connection && (calendar.checked || calendar.destination))
        await tellOwner(deps, tx, {
          kind: 'gone',
          workspaceId,
          connectionId,
          userId,
          account: connection.account,
          provider: connection.provider,
          calendar: calendar.name,
          reason: 'not-found',
          since: now,
        })
    if (gone.length > 0) await raiseVersions(tx, workspaceId, [userId])
  })
}

/** Every hour: the accounts whose list is older than a few hours. */
export const relistTask: Task = {
  name: 'calendars.relist-all',
  cron: '17 * * * *',
  async run(deps) {
    for (const workspaceId of await everyWorkspace(deps.db)) {
      const due = await deps.db.inWorkspace(workspaceId, (tx) =>
        findUnlisted(tx, workspaceId, deps.now() - LIST_EVERY),
      )
      for (const { connectionId, userId } of due)
        await deps.jobs.enqueue(null, relistCalendars, { workspaceId, userId, connectionId })
    }
  },
}
