import { X } from 'lucide-react'
import type { WallSpan } from '#core/availability/model.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { useSay } from '../language.tsx'
import { IconButton } from '../ui/button.tsx'
import { ClockField, showClock } from '../ui/clock-field.tsx'
import { hasOverlap, spanOf } from './hours.ts'

/** The open spans of one day, each with its two clocks. */
export function Spans({
  day,
  spans,
  onChange,
}: {
  day: string
  spans: WallSpan[]
  onChange: (spans: WallSpan[]) => void
}) {
  const say = useSay(eventTypeWords)
  const put = (index: number, span: WallSpan) => onChange(spans.with(index, span))
  return (
    <div className="grid gap-1">
      <ul className="flex flex-wrap gap-x-4 gap-y-2">
        {spans.map((span, index) => (
          <li key={index} className="flex items-center gap-1">
            <ClockField
              label={say('availability.from_of', { day })}
              minutes={span.from}
              onChange={(from) => put(index, spanOf(from, span.to % 1440))}
            />
            <span aria-hidden="true">–</span>
            <ClockField
              label={say('availability.to_of', { day })}
              minutes={span.to}
              onChange={(to) => put(index, spanOf(span.from, to))}
            />
            <IconButton
              label={say('availability.remove_span', {
                day,
                from: showClock(span.from),
                to: showClock(span.to),
              })}
              onClick={() => onChange(spans.toSpliced(index, 1))}
            >
              <X size={16} aria-hidden />
            </IconButton>
            {span.to > 1440 && <span className="text-sm text-muted">{say('availability.next_day')}</span>}
          </li>
        ))}
      </ul>
      {hasOverlap(spans) && (
        <p role="alert" className="text-sm font-medium text-danger">
          {say('availability.overlap', { day })}
        </p>
      )}
    </div>
  )
}
