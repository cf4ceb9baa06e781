import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { schedules } from '../api.ts'
import type { Schedule, ScheduleDraft } from '../api-types.ts'
import { hasOverlap } from '../event-types/hours.ts'
import { WeeklyHours } from '../event-types/weekly-hours.tsx'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { Failed, ProblemNotice } from '../problem.tsx'
import { pagesChanged, schedulesQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ZoneField } from '../zone-field.tsx'

export function HoursStep({
  onDraft,
  onDone,
}: {
  onDraft: (draft: ScheduleDraft) => void
  onDone: () => void
}) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const list = useQuery(schedulesQuery)
  const content = () => {
    switch (list.status) {
      case 'pending':
        return <Skeleton rows={5} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={list.error} retry={list.refetch} />
      case 'success': {
        const schedule = list.data.find(({ isDefault }) => isDefault) ?? list.data[0]
        return schedule ? (
          <HoursForm schedule={schedule} onDraft={onDraft} onDone={onDone} />
        ) : (
          <Button onClick={onDone}>{sayApp('do.continue')}</Button>
        )
      }
    }
  }
  return (
    <>
      <ScreenHeading title={say('setup.hours.title')} below={say('setup.hours.lead')} />
      {content()}
    </>
  )
}

function HoursForm({
  schedule,
  onDraft,
  onDone,
}: {
  schedule: Schedule
  onDraft: (draft: ScheduleDraft) => void
  onDone: () => void
}) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { mail } = useMe()
  const [draft, setDraft] = useState<ScheduleDraft>({
    name: schedule.name,
    zone: schedule.zone,
    weekly: schedule.weekly,
    overrides: schedule.overrides,
  })
  const save = useMutation({
    mutationFn: () =>
      schedules.change(schedule.id, { weekly: draft.weekly, zone: draft.zone, version: schedule.version }),
    onSuccess: async () => {
      await pagesChanged()
      onDone()
    },
  })
  const put = (change: Partial<ScheduleDraft>) => {
    const next = { ...draft, ...change }
    setDraft(next)
    onDraft(next)
  }
  return (
    <div className="@container grid gap-5">
      <ProblemNotice error={save.error} />
      <ZoneField value={draft.zone} onChange={(zone) => put({ zone })} />
      <WeeklyHours weekly={draft.weekly} onChange={(weekly) => put({ weekly })} />
      <DialogFoot>
        <Button tone="quiet" onClick={onDone}>
          {say('setup.hours.skip')}
        </Button>
        <Button
          tone="primary"
          busy={save.isPending}
          disabled={draft.weekly.some(hasOverlap)}
          onClick={() => save.mutate()}
        >
          {sayApp('do.continue')}
        </Button>
      </DialogFoot>
      {mail.practice && <p className="text-sm text-muted">{say('setup.no_mail')}</p>}
    </div>
  )
}
