import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { DAY, MINUTE } from '#core/time/model.ts'
import { dateOf, dayNumber, startOfDay, wallToInstants } from '#core/time/wall.ts'
import { pages } from '../api.ts'
import type { Preview } from '../api-types.ts'
import { sentence, useNow, useSay, useTimes } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { Button } from '../ui/button.tsx'
import { ClockField } from '../ui/clock-field.tsx'
import { TextField } from '../ui/field.tsx'
import { cx } from '../ui/look.ts'
import { Skeleton } from '../ui/skeleton.tsx'

type PickerProps = {
  pageId: string | null
  chosen: number[]
  most: number
  onChoose: (starts: number[]) => void
  suggest?: (days: Preview['days']) => void
}

const DAYS_AT_ONCE = 4

/** Free starts of a page by day, as buttons to press; any other time by typing it. */
export function TimePicker({ pageId, chosen, most, onChoose, suggest }: PickerProps) {
  const sayApp = useSay(appWords)
  const say = useSay(bookingWords)
  const free = useQuery({
    queryKey: ['preview', pageId, 'as-saved'],
    queryFn: () => pages.preview(pageId!, {}),
    enabled: pageId !== null,
    staleTime: 10_000,
  })
  const toggle = (start: number) =>
    onChoose(
      chosen.includes(start)
        ? chosen.filter((other) => other !== start)
        : [...(most === 1 ? [] : chosen.slice(-(most - 1))), start],
    )
  const content = () => {
    if (pageId === null) return null
    switch (free.status) {
      case 'pending':
        return <Skeleton rows={3} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={free.error} retry={free.refetch} />
      case 'success':
        return (
          <>
            {suggest && free.data.soonest.length > 0 && (
              <Button
                small
                tone="plain"
                className="justify-self-start"
                onClick={() => suggest(free.data.days)}
              >
                {say('propose.best')}
              </Button>
            )}
            <Days days={free.data.days} chosen={chosen} onToggle={toggle} />
          </>
        )
    }
  }
  return (
    <div className="grid gap-4">
      {content()}
      <Typed open={pageId === null} onChoose={(start) => !chosen.includes(start) && toggle(start)} />
    </div>
  )
}

function Days({
  days,
  chosen,
  onToggle,
}: {
  days: Preview['days']
  chosen: number[]
  onToggle: (start: number) => void
}) {
  const say = useSay(bookingWords)
  const times = useTimes()
  const [shown, setShown] = useState(DAYS_AT_ONCE)
  const open = days.filter(({ starts }) => starts.length > 0)
  if (open.length === 0) return <p className="text-muted">{say('times.none')}</p>
  return (
    <>
      {open.slice(0, shown).map(({ date, starts }) => {
        const day = times.day(startOfDay(times.zone, date))
        return (
          <fieldset key={date}>
            <legend className="mb-1.5 text-sm font-medium">{sentence(day)}</legend>
            <div className="grid grid-cols-[repeat(auto-fill,minmax(5rem,1fr))] gap-2">
              {starts.map((start) => (
                <Slot
                  key={start}
                  label={times.time(start)}
                  full={`${day}, ${times.time(start)}`}
                  on={chosen.includes(start)}
                  onClick={() => onToggle(start)}
                />
              ))}
            </div>
          </fieldset>
        )
      })}
      {open.length > shown && (
        <Button
          small
          tone="quiet"
          className="justify-self-start"
          onClick={() => setShown(shown + DAYS_AT_ONCE)}
        >
          {say('times.more_days')}
        </Button>
      )}
    </>
  )
}

export const Slot = ({
  label,
  full,
  on,
  onClick,
}: {
  label: string
  full: string
  on: boolean
  onClick: () => void
}) => (
  <button
    type="button"
    aria-pressed={on}
    aria-label={full}
    onClick={onClick}
    className={cx(
      'min-h-11 rounded-control border font-medium',
      on
        ? 'border-primary bg-primary text-on-primary'
        : 'border-primary text-primary hover:bg-primary-soft hover:text-on-primary-soft',
    )}
  >
    {label}
  </button>
)

/** A time the page does not offer: the host may still want it. */
function Typed({ open, onChoose }: { open: boolean; onChoose: (start: number) => void }) {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const { zone } = useTimes()
  const now = useNow()
  const [date, setDate] = useState('')
  const [minutes, setMinutes] = useState(9 * 60)
  const start = date !== '' ? wallToInstants(zone, dayNumber(date) * DAY + minutes * MINUTE)[0] : undefined
  return (
    <details open={open}>
      <summary className="min-h-11 py-2.5 text-sm font-medium">{say('meeting.move.other')}</summary>
      <div className="flex flex-wrap items-end gap-3 pt-1">
        <TextField
          type="date"
          className="w-44"
          label={say('meeting.move.date')}
          min={dateOf(zone, now)}
          value={date}
          onChange={(event) => setDate(event.target.value)}
        />
        <ClockField label={say('meeting.move.time')} minutes={minutes} onChange={setMinutes} />
        <Button
          disabled={start === undefined || start <= now}
          onClick={() => start !== undefined && onChoose(start)}
        >
          {sayApp('do.add')}
        </Button>
      </div>
    </details>
  )
}
