import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { dateOf, startOfDay } from '#core/time/wall.ts'
import type { ScheduleDraft } from '../api-types.ts'
import { sentence, useNow, useSay, useTimes } from '../language.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Pills } from '../ui/pills.tsx'
import { nextSpan, sortedSpans, WORKDAY } from './hours.ts'
import { Spans } from './spans.tsx'

type Override = ScheduleDraft['overrides'][number]

/** Dates with hours of their own, or none. */
export function Overrides({
  overrides,
  onChange,
}: {
  overrides: Override[]
  onChange: (overrides: Override[]) => void
}) {
  const say = useSay(eventTypeWords)
  const times = useTimes()
  const now = useNow()
  const [date, setDate] = useState('')
  const put = (index: number, override: Override) => onChange(overrides.with(index, override))
  const known = overrides.some((override) => override.date === date)
  return (
    <div className="grid gap-3">
      {overrides.length === 0 && <p className="text-muted">{say('availability.overrides_none')}</p>}
      <ul className="divide-y divide-border">
        {overrides.map((override, index) => {
          const day = times.day(startOfDay(times.zone, override.date))
          return (
            <li key={override.date} className="grid gap-2 py-3">
              <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
                <p className="font-medium">{sentence(day)}</p>
                <span className="flex items-center gap-2">
                  <Pills
                    label={day}
                    options={[
                      { value: 'off', label: say('availability.override_off') },
                      { value: 'open', label: say('availability.override_open') },
                    ]}
                    value={override.spans.length === 0 ? 'off' : 'open'}
                    onChange={(kind) => put(index, { ...override, spans: kind === 'off' ? [] : WORKDAY })}
                  />
                  <IconButton
                    label={say('availability.override_remove', { day })}
                    onClick={() => onChange(overrides.toSpliced(index, 1))}
                  >
                    <Trash2 size={18} aria-hidden />
                  </IconButton>
                </span>
              </div>
              {override.spans.length > 0 && (
                <div className="flex flex-wrap items-start gap-2">
                  <Spans
                    day={day}
                    spans={override.spans}
                    onChange={(spans) => put(index, { ...override, spans: sortedSpans(spans) })}
                  />
                  <IconButton
                    label={say('availability.add_span', { day })}
                    onClick={() =>
                      put(index, { ...override, spans: [...override.spans, nextSpan(override.spans)] })
                    }
                  >
                    <Plus size={18} aria-hidden />
                  </IconButton>
                </div>
              )}
            </li>
          )
        })}
      </ul>
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          type="date"
          className="w-48"
          label={say('availability.override_date')}
          min={dateOf(times.zone, now)}
          value={date}
          onChange={(event) => setDate(event.target.value)}
        />
        <Button
          icon={<Plus size={16} aria-hidden />}
          disabled={date === '' || known}
          onClick={() => {
            onChange([...overrides, { date, spans: [] }].sort((a, b) => a.date.localeCompare(b.date)))
            setDate('')
          }}
        >
          {say('availability.override_add')}
        </Button>
      </div>
    </div>
  )
}
