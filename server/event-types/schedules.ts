import type { Scope } from '#server/accounts/gate.ts'
import type { Deps } from '#server/platform/deps.ts'
import { mayEdit } from './find.ts'
import { SCHEDULES_EACH, type Schedule, type ScheduleChange, type ScheduleDraft } from './model.ts'
import { deleteSchedule, findSchedule, findSchedules, insertSchedule, makeDefault, updateSchedule, type ScheduleRow } from './store.ts'

const shown = ({ ownerId: _ownerId, ...schedule }: ScheduleRow): Schedule => schedule

/** One's own sets of hours, the usual ones first; somebody else's for whoever may edit their pages. */
export async function listSchedules(deps: Deps, scope: Scope, ownerId: string = scope.userId): Promise<Schedule[]> {
  if (!mayEdit(scope, ownerId)) return []
  return deps.db.inWorkspace(scope.workspaceId, async (tx) => (await findSchedules(tx, scope.workspaceId, ownerId)).map(shown))
}

export async function createSchedule(deps: Deps, scope: Scope, draft: ScheduleDraft): Promise<{ kind: 'created'; schedule: Schedule } | { kind: 'too-many' }> {
  const { workspaceId, userId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const known = await findSchedules(tx, workspaceId, userId)
    if (known.length >= SCHEDULES_EACH) return { kind: 'too-many' }
    const id = await insertSchedule(tx, workspaceId, userId, { ...draft, isDefault: known.length === 0 })
    return { kind: 'created', schedule: shown((await findSchedule(tx, workspaceId, id))!) }
  })
}

export type ScheduleOutcome = { kind: 'changed'; schedule: Schedule } | { kind: 'not-found' } | { kind: 'stale-version' }

export async function changeSchedule(deps: Deps, scope: Scope, scheduleId: string, { version, isDefault, ...change }: ScheduleChange): Promise<ScheduleOutcome> {
  const { workspaceId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const schedule = await findSchedule(tx, workspaceId, scheduleId)
    // Someone's hours are theirs: another person's are not even there.
    if (!schedule || !mayEdit(scope, schedule.ownerId)) return { kind: 'not-found' }
    const { name = schedule.name, zone = schedule.zone, weekly = schedule.weekly, overrides = schedule.overrides } = change
    if (!(await updateSchedule(tx, workspaceId, version, { ...schedule, name, zone, weekly, overrides }))) return { kind: 'stale-version' }
    if (isDefault) await makeDefault(tx, workspaceId, schedule.ownerId, scheduleId)
    return { kind: 'changed', schedule: shown((await findSchedule(tx, workspaceId, scheduleId))!) }
  })
}

/** Pages that used these hours go back to the usual ones, which themselves cannot be removed. */
export async function removeSchedule(deps: Deps, scope: Scope, scheduleId: string): Promise<{ kind: 'removed' } | { kind: 'not-found' } | { kind: 'default-schedule' }> {
  const { workspaceId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const schedule = await findSchedule(tx, workspaceId, scheduleId)
    if (!schedule || !mayEdit(scope, schedule.ownerId)) return { kind: 'not-found' }
    if (schedule.isDefault) return { kind: 'default-schedule' }
    await deleteSchedule(tx, workspaceId, scheduleId)
    return { kind: 'removed' }
  })
}
