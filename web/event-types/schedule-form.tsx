import { useMutation } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { schedules } from '../api.ts'
import type { Schedule, ScheduleChange, ScheduleDraft } from '../api-types.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { useSay } from '../language.tsx'
import { LeaveDialog } from '../leave-dialog.tsx'
import { isProblem, ProblemNotice } from '../problem.tsx'
import { pagesChanged, queryClient, schedulesQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { Switch } from '../ui/tick.tsx'
import { toast } from '../ui/toasts.tsx'
import { ZoneField } from '../zone-field.tsx'
import { hasOverlap } from './hours.ts'
import { Overrides } from './overrides.tsx'
import { SaveBar } from './save-bar.tsx'
import { WeeklyHours } from './weekly-hours.tsx'

const draftOf = ({ name, zone, weekly, overrides }: Schedule): ScheduleDraft => ({
  name,
  zone,
  weekly,
  overrides,
})

export function ScheduleForm({ schedule, removable }: { schedule: Schedule; removable: boolean }) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const [base, setBase] = useState(schedule)
  const [draft, setDraft] = useState(() => draftOf(schedule))
  const [past, setPast] = useState<ScheduleDraft[]>([])
  const [removing, setRemoving] = useState(false)
  const dirty = JSON.stringify(draft) !== JSON.stringify(draftOf(base))
  const broken =
    draft.name.trim() === '' ||
    [...draft.weekly, ...draft.overrides.map(({ spans }) => spans)].some(hasOverlap)

  const rebase = (to: Schedule) => {
    setBase(to)
    setDraft(draftOf(to))
    setPast([])
  }
  useEffect(() => {
    if (!dirty && schedule.version !== base.version) rebase(schedule)
  })
  const put = (change: Partial<ScheduleDraft>) => {
    setPast([...past.slice(-49), draft])
    setDraft({ ...draft, ...change })
  }
  const save = useMutation({
    mutationFn: (change: ScheduleChange) => schedules.change(schedule.id, change),
    onSuccess: async (saved) => {
      rebase(saved)
      toast(say('availability.saved'))
      await pagesChanged()
    },
  })
  const stale = isProblem(save.error, 'stale-version')
  const latest = async () => {
    const { schedules: all } = await queryClient.fetchQuery({
      queryKey: schedulesQuery.queryKey,
      queryFn: () => schedules.list(),
      staleTime: 0,
    })
    return all.find(({ id }) => id === schedule.id)
  }
  const theirs = async () => {
    const fresh = await latest()
    if (fresh) rebase(fresh)
    save.reset()
  }
  const mine = async () => save.mutate({ ...draft, version: (await latest())?.version ?? base.version })
  const leaving = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  })

  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (dirty && !broken) save.mutate({ ...draft, name: draft.name.trim(), version: base.version })
      }}
    >
      {stale && (
        <Notice
          tone="warn"
          live
          title={say('availability.stale')}
          actions={
            <>
              <Button small onClick={() => void theirs()}>
                {say('editor.stale.theirs')}
              </Button>
              <Button small tone="primary" onClick={() => void mine()}>
                {say('editor.stale.mine')}
              </Button>
            </>
          }
        >
          {say('editor.stale.body')}
        </Notice>
      )}
      {!stale && <ProblemNotice error={save.error} />}
      <Card>
        <div className="grid gap-4 @2xl:grid-cols-2">
          <TextField
            label={say('availability.name')}
            maxLength={120}
            error={draft.name.trim() === '' ? sayApp('field.required') : undefined}
            value={draft.name}
            onChange={(event) => put({ name: event.target.value })}
          />
          <ZoneField value={draft.zone} onChange={(zone) => zone !== draft.zone && put({ zone })} />
        </div>
      </Card>
      <Card title={say('availability.weekly')}>
        <WeeklyHours weekly={draft.weekly} onChange={(weekly) => put({ weekly })} />
      </Card>
      <Card title={say('availability.overrides')} lead={say('availability.overrides_lead')}>
        <Overrides overrides={draft.overrides} onChange={(overrides) => put({ overrides })} />
      </Card>
      {!schedule.isDefault && (
        <Card>
          <Switch
            label={say('availability.make_default')}
            on={false}
            disabled={save.isPending || dirty}
            onChange={() => save.mutate({ isDefault: true, version: base.version })}
          />
        </Card>
      )}
      {removable && (
        <Button tone="danger" className="justify-self-start" onClick={() => setRemoving(true)}>
          {say('availability.delete')}
        </Button>
      )}
      <SaveBar
        dirty={dirty}
        saving={save.isPending}
        canUndo={past.length > 0}
        onUndo={() => {
          setDraft(past.at(-1)!)
          setPast(past.slice(0, -1))
        }}
        onDiscard={() => rebase(base)}
      />
      {removing && <RemoveSchedule schedule={schedule} onClose={() => setRemoving(false)} />}
      {leaving.status === 'blocked' && <LeaveDialog onStay={leaving.reset} onLeave={leaving.proceed} />}
    </form>
  )
}

function RemoveSchedule({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const remove = useMutation({
    mutationFn: () => schedules.remove(schedule.id),
    onSuccess: async () => {
      toast(say('availability.deleted'))
      onClose()
      await pagesChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('availability.delete_title', { name: schedule.name })}
      go={sayApp('do.delete')}
      busy={remove.isPending}
      error={remove.error}
      onGo={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{say('availability.delete_body')}</p>
    </ConfirmDialog>
  )
}
