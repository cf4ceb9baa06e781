import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { DAY } from '#core/time/model.ts'
import { dateOf } from '#core/time/wall.ts'
import type { EventType, WhenUnreadable } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { schedulesOfQuery } from '../queries.ts'
import { Card } from '../ui/card.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Choice } from '../ui/tick.tsx'
import type { SectionProps } from './editor-form.tsx'
import { Explain } from './explain.tsx'
import { LengthField, NumberField } from './lengths.tsx'

const STEPS = [5, 10, 15, 20, 30, 45, 60, 90, 120]
const BUFFERS = [0, 5, 10, 15, 20, 30, 45, 60, 90, 120]
const NOTICES = [0, 30, 60, 120, 240, 720, 1440, 2880, 4320, 10_080, 20_160]
const UNREADABLE = ['requests', 'last-known', 'close'] as const

export function HoursSection({ page, draft: { eventType }, putType, errorOf }: SectionProps) {
  const say = useSay(eventTypeWords)
  return (
    <>
      <Card>
        <div className="grid items-start gap-4 @xl:grid-cols-2">
          <ScheduleChoice
            owner={page.owner.id}
            mine={page.mine}
            chosen={eventType.scheduleId}
            onChange={(scheduleId) => putType({ scheduleId })}
          />
          <LengthField
            label={say('hours.increment')}
            value={eventType.increment}
            options={STEPS}
            onChange={(increment) => putType({ increment })}
          />
          <LengthField
            label={say('hours.before')}
            value={eventType.bufferBefore}
            options={BUFFERS}
            onChange={(bufferBefore) => putType({ bufferBefore })}
          />
          <LengthField
            label={say('hours.after')}
            value={eventType.bufferAfter}
            options={BUFFERS}
            onChange={(bufferAfter) => putType({ bufferAfter })}
          />
          <LengthField
            label={say('hours.notice')}
            value={eventType.notice}
            options={NOTICES}
            onChange={(notice) => putType({ notice })}
          />
          <Horizon
            horizon={eventType.horizon}
            error={errorOf('horizon')}
            onChange={(horizon) => putType({ horizon })}
          />
          <NumberField
            label={say('hours.per_day')}
            min={1}
            max={1000}
            placeholder={say('hours.no_limit')}
            error={errorOf('perDay')}
            value={eventType.perDay}
            onChange={(perDay) => putType({ perDay })}
          />
          <NumberField
            label={say('hours.per_week')}
            min={1}
            max={5000}
            placeholder={say('hours.no_limit')}
            error={errorOf('perWeek')}
            value={eventType.perWeek}
            onChange={(perWeek) => putType({ perWeek })}
          />
          <NumberField
            label={say('hours.capacity')}
            hint={say('hours.capacity_hint')}
            min={1}
            max={1000}
            error={errorOf('capacity')}
            value={eventType.capacity}
            onChange={(capacity) => putType({ capacity: capacity ?? Number.NaN })}
          />
        </div>
      </Card>
      <Card>
        <Unreadable
          chosen={eventType.whenUnreadable}
          error={errorOf('whenUnreadable')}
          onChange={(whenUnreadable) => putType({ whenUnreadable })}
        />
      </Card>
      <Explain pageId={page.id} />
    </>
  )
}

function ScheduleChoice({
  owner,
  mine,
  chosen,
  onChange,
}: {
  owner: string
  mine: boolean
  chosen: string | null
  onChange: (id: string | null) => void
}) {
  const say = useSay(eventTypeWords)
  const schedules = useQuery(schedulesOfQuery(owner))
  const list = schedules.data ?? []
  return (
    <div className="grid gap-1">
      <SelectField
        label={say('hours.schedule')}
        value={chosen ?? ''}
        onChange={(event) => onChange(event.target.value || null)}
      >
        <option value="">{say('hours.schedule_default')}</option>
        {list.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        {chosen && !list.some(({ id }) => id === chosen) && <option value={chosen}>…</option>}
      </SelectField>
      {mine && (
        <Link
          to="/app/settings/availability"
          search={chosen ? { schedule: chosen } : {}}
          className="link py-1 text-sm"
        >
          {say('hours.schedule_edit')}
        </Link>
      )}
    </div>
  )
}

function Horizon({
  horizon,
  error,
  onChange,
}: {
  horizon: EventType['horizon']
  error: string | undefined
  onChange: (horizon: EventType['horizon']) => void
}) {
  const say = useSay(eventTypeWords)
  const { zone } = useTimes()
  const now = useNow()
  return (
    <div className="grid gap-3">
      <SelectField
        label={say('hours.horizon')}
        value={horizon.kind}
        onChange={(event) =>
          onChange(
            event.target.value === 'rolling'
              ? { kind: 'rolling', days: 60 }
              : { kind: 'range', from: dateOf(zone, now), to: dateOf(zone, now + 30 * DAY) },
          )
        }
      >
        <option value="rolling">{say('hours.horizon.rolling')}</option>
        <option value="range">{say('hours.horizon.range')}</option>
      </SelectField>
      {horizon.kind === 'rolling' ? (
        <LengthField
          label={say('hours.horizon.days')}
          value={horizon.days * 1440}
          options={[7, 14, 28, 60, 90, 180, 365].map((days) => days * 1440)}
          onChange={(minutes) => onChange({ kind: 'rolling', days: minutes / 1440 })}
        />
      ) : (
        <div className="grid grid-cols-2 gap-3">
          <TextField
            type="date"
            label={say('hours.horizon.from')}
            value={horizon.from}
            onChange={(event) => onChange({ ...horizon, from: event.target.value })}
          />
          <TextField
            type="date"
            label={say('hours.horizon.to')}
            error={error}
            value={horizon.to}
            onChange={(event) => onChange({ ...horizon, to: event.target.value })}
          />
        </div>
      )}
    </div>
  )
}

function Unreadable({
  chosen,
  error,
  onChange,
}: {
  chosen: WhenUnreadable
  error: string | undefined
  onChange: (chosen: WhenUnreadable) => void
}) {
  const say = useSay(eventTypeWords)
  const choose = (kind: WhenUnreadable['kind']) =>
    onChange(kind === 'last-known' ? { kind, hours: 4 } : { kind })
  return (
    <fieldset>
      <legend className="font-medium">{say('hours.unreadable')}</legend>
      <p className="mb-1 text-sm text-muted">{say('hours.unreadable_lead')}</p>
      {UNREADABLE.map((kind) => (
        <div key={kind}>
          <Choice
            name="unreadable"
            label={say(`hours.unreadable.${kind}`)}
            {...(kind === 'close' ? {} : { hint: say(`hours.unreadable.${kind}_hint`) })}
            checked={chosen.kind === kind}
            onChange={() => choose(kind)}
          />
          {kind === 'last-known' && chosen.kind === 'last-known' && (
            <div className="ms-9 mb-2 grid gap-2">
              <NumberField
                className="w-32"
                label={say('hours.unreadable.hours')}
                min={1}
                max={72}
                error={error}
                value={chosen.hours}
                onChange={(hours) => onChange({ kind: 'last-known', hours: hours ?? Number.NaN })}
              />
              {Number.isInteger(chosen.hours) && (
                <p className="text-sm text-muted">
                  {say('hours.unreadable.last-known_more', { n: chosen.hours })}
                </p>
              )}
            </div>
          )}
        </div>
      ))}
    </fieldset>
  )
}
