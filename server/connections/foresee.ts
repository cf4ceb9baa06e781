import { DAY } from '#core/time/model.ts'
import { findUser } from '#server/accounts/find.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Task } from '#server/platform/jobs.ts'
import { everyWorkspace } from '#server/platform/workspaces.ts'
import { deleteOldTrips, findDying, saveWarned, type DyingRow } from './store.ts'
import { tellAdminsOfDying } from './tell-admins.ts'
import { tellOwner } from './tell-owner.ts'

// How long before the end each word is said: of seven days, after three and after six.
const STAGES = [
  { name: 'first', before: 4 * DAY },
  { name: 'last', before: DAY },
]

/** Every hour: grants whose end is known are announced before it hurts, to their owner and to those who could prevent the next. */
export const foreseeTask: Task = {
  name: 'connections.foresee',
  cron: '7 * * * *',
  async run(deps) {
    const now = deps.now()
    for (const workspaceId of await everyWorkspace(deps.db)) {
      await deps.db.inWorkspace(workspaceId, (tx) => deleteOldTrips(tx, workspaceId, now - DAY))
      const dying = await deps.db.inWorkspace(workspaceId, (tx) =>
        findDying(tx, workspaceId, now, now + STAGES[0]!.before),
      )
      for (const row of dying) await warn(deps, workspaceId, row)
    }
  },
}

async function warn(deps: Deps, workspaceId: string, row: DyingRow): Promise<void> {
  const now = deps.now()
  const stage = STAGES.findLast(({ before }) => now >= row.diesAt - before)
  if (!stage || (row.warnedAt !== null && row.warnedAt >= row.diesAt - stage.before)) return
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    const { connectionId, userId, account, provider, diesAt } = row
    const owner = await findUser(tx, userId)
    if (!owner || !(await saveWarned(tx, workspaceId, connectionId, row.warnedAt, now))) return
    const once = `${Math.floor(diesAt / DAY)}-${stage.name}`
    await tellOwner(deps, tx, {
      kind: 'dying',
      workspaceId,
      connectionId,
      userId,
      account,
      provider,
      since: now,
      diesAt,
      stage: once,
    })
    await tellAdminsOfDying(
      deps,
      tx,
      { workspaceId, connectionId, provider, account, owner, diesAt },
      'dying-admin',
      stage.name,
    )
  })
}
