import { Copy, Plus } from 'lucide-react'
import type { WallSpan } from '#core/availability/model.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { sentence, useSay, useTimes } from '../language.tsx'
import { IconButton } from '../ui/button.tsx'
import { toast } from '../ui/toasts.tsx'
import { nextSpan, sortedSpans, WORKDAY } from './hours.ts'
import { Spans } from './spans.tsx'

/** Seven days, Monday first: open or not, and when. */
export function WeeklyHours({
  weekly,
  onChange,
}: {
  weekly: WallSpan[][]
  onChange: (weekly: WallSpan[][]) => void
}) {
  const say = useSay(eventTypeWords)
  const { weekday } = useTimes()
  const put = (day: number, spans: WallSpan[]) => onChange(weekly.with(day, spans))
  const firstOpen = weekly.find((spans) => spans.length > 0) ?? WORKDAY

  const copy = (from: number) => {
    onChange(weekly.map((spans, day) => (day !== from && spans.length > 0 ? weekly[from]! : spans)))
    toast(say('availability.copied'))
  }
  return (
    <ul className="grid gap-2">
      {weekly.map((spans, day) => {
        const name = weekday(day)
        const open = spans.length > 0
        return (
          <li
            key={day}
            className="grid grid-cols-[1fr_auto] items-start gap-x-2 @md:grid-cols-[8.5rem_1fr_auto]"
          >
            <label className="flex min-h-11 items-center gap-3 font-medium">
              <input
                type="checkbox"
                className="tick"
                checked={open}
                onChange={(event) => put(day, event.target.checked ? firstOpen : [])}
              />
              {sentence(name)}
            </label>
            <div className="order-last col-span-2 @md:order-none @md:col-span-1">
              {open ? (
                <Spans day={name} spans={spans} onChange={(next) => put(day, sortedSpans(next))} />
              ) : (
                <span className="hidden min-h-11 items-center text-muted @md:flex">
                  {say('availability.closed')}
                </span>
              )}
            </div>
            <div className="flex">
              <IconButton
                label={say('availability.add_span', { day: name })}
                onClick={() => put(day, [...spans, nextSpan(spans)])}
              >
                <Plus size={18} aria-hidden />
              </IconButton>
              <IconButton
                label={say('availability.copy', { day: name })}
                disabled={!open}
                onClick={() => copy(day)}
              >
                <Copy size={16} aria-hidden />
              </IconButton>
            </div>
          </li>
        )
      })}
    </ul>
  )
}
