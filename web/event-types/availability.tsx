import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { appWords } from '#core/locale/words/app.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { schedules as api } from '../api.ts'
import type { Schedule } from '../api-types.ts'
import { useSay, useTimes } from '../language.tsx'
import { Failed, ProblemNotice } from '../problem.tsx'
import { pagesChanged, schedulesQuery } from '../queries.ts'
import { SettingsScreen } from '../settings.tsx'
import { Button } from '../ui/button.tsx'
import { Pills } from '../ui/pills.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { WORKDAY } from './hours.ts'
import { ScheduleForm } from './schedule-form.tsx'

/** When one can be met: one set of hours or several, each for the pages that use it. */
export function Availability() {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const list = useQuery(schedulesQuery)
  const content = () => {
    switch (list.status) {
      case 'pending':
        return <Skeleton rows={6} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={list.error} retry={list.refetch} />
      case 'success':
        return <Schedules list={list.data} />
    }
  }
  return (
    <SettingsScreen tab="settings.availability">
      <p className="mb-4 text-muted">{say('availability.lead')}</p>
      {content()}
    </SettingsScreen>
  )
}

function Schedules({ list }: { list: Schedule[] }) {
  const say = useSay(eventTypeWords)
  const { zone } = useTimes()
  const navigate = useNavigate()
  const { schedule: asked } = useSearch({ from: '/app/settings/availability' })
  const shown = list.find(({ id }) => id === asked) ?? list.find(({ isDefault }) => isDefault) ?? list[0]
  const show = (id: string) =>
    navigate({ to: '/app/settings/availability', search: { schedule: id }, replace: true })
  const add = useMutation({
    mutationFn: () =>
      api.add({
        name: say('availability.new'),
        zone,
        weekly: [WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, [], []],
        overrides: [],
      }),
    onSuccess: async ({ id }) => {
      await pagesChanged()
      await show(id)
    },
  })
  const name = ({ name: own, isDefault }: Schedule) =>
    isDefault && list.length > 1 ? `${own} · ${say('availability.default')}` : own
  return (
    <div className="grid gap-4">
      <ProblemNotice error={add.error} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        {list.length > 1 && shown ? (
          <Pills
            label={say('availability.list')}
            options={list.map((schedule) => ({ value: schedule.id, label: name(schedule) }))}
            value={shown.id}
            onChange={(id) => void show(id)}
          />
        ) : (
          <span />
        )}
        <Button small icon={<Plus size={16} aria-hidden />} busy={add.isPending} onClick={() => add.mutate()}>
          {say('availability.new')}
        </Button>
      </div>
      {shown && (
        <ScheduleForm key={shown.id} schedule={shown} removable={list.length > 1 && !shown.isDefault} />
      )}
    </div>
  )
}
