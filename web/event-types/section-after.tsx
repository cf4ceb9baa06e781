import { Plus, X } from 'lucide-react'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import type { OnCalendarChange, ReminderUnit } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { SelectField } from '../ui/field.tsx'
import type { SectionProps } from './editor-form.tsx'
import { NumberField } from './lengths.tsx'

const UNITS = ['minutes', 'hours', 'days', 'weeks'] as const satisfies ReminderUnit[]

export function AfterSection({ draft: { eventType }, putType, errorOf }: SectionProps) {
  const say = useSay(eventTypeWords)
  const { reminders } = eventType
  return (
    <>
      <Card title={say('after.invitation')}>
        <p className="text-muted">{say('after.invitation_is')}</p>
      </Card>
      <Card title={say('after.changes')} lead={say('after.changes_lead')}>
        <CalendarChange
          chosen={eventType.onCalendarChange}
          onChange={(onCalendarChange) => putType({ onCalendarChange })}
        />
      </Card>
      <Card title={say('after.reminders')} lead={say('after.reminders_lead')}>
        <div className="grid gap-3">
          {reminders.length === 0 && <p>{say('after.none')}</p>}
          {reminders.map((reminder, index) => (
            <div
              key={index}
              role="group"
              aria-label={say('after.reminder_n', { n: index + 1 })}
              className="flex flex-wrap items-end gap-2"
            >
              <NumberField
                className="w-24"
                label={say('after.amount')}
                min={1}
                max={60}
                error={errorOf(`reminder.${index}`)}
                value={reminder.n}
                onChange={(n) =>
                  putType({ reminders: reminders.with(index, { ...reminder, n: n ?? Number.NaN }) })
                }
              />
              <SelectField
                className="w-36"
                label={say('after.unit')}
                value={reminder.unit}
                onChange={(event) =>
                  putType({
                    reminders: reminders.with(index, {
                      ...reminder,
                      unit: event.target.value as ReminderUnit,
                    }),
                  })
                }
              >
                {UNITS.map((unit) => (
                  <option key={unit} value={unit}>
                    {say(`after.unit.${unit}`)}
                  </option>
                ))}
              </SelectField>
              <span className="flex min-h-11 items-center text-sm text-muted">{say('after.before')}</span>
              <IconButton
                label={say('after.reminder_remove')}
                onClick={() => putType({ reminders: reminders.toSpliced(index, 1) })}
              >
                <X size={18} aria-hidden />
              </IconButton>
            </div>
          ))}
          {reminders.length < 3 && (
            <Button
              className="justify-self-start"
              icon={<Plus size={16} aria-hidden />}
              onClick={() => putType({ reminders: [...reminders, { n: 1, unit: 'days' }] })}
            >
              {say('after.reminder_add')}
            </Button>
          )}
        </div>
      </Card>
    </>
  )
}

const WAYS = {
  moved: ['reschedule', 'ask', 'ignore'],
  deleted: ['cancel', 'ask', 'ignore'],
  declined: ['cancel', 'ask', 'ignore'],
} as const satisfies { [Kind in keyof OnCalendarChange]: OnCalendarChange[Kind][] }
const KINDS = ['moved', 'deleted', 'declined'] as const

/** What a change in the calendar itself means for a booking of this page. */
function CalendarChange({
  chosen,
  onChange,
}: {
  chosen: OnCalendarChange
  onChange: (chosen: OnCalendarChange) => void
}) {
  const say = useSay(eventTypeWords)
  return (
    <div className="grid max-w-md gap-4">
      {KINDS.map((kind) => (
        <SelectField
          key={kind}
          label={say(`after.changes.${kind}`)}
          hint={say(`after.changes.${chosen[kind]}_hint`)}
          value={chosen[kind]}
          onChange={(event) => onChange({ ...chosen, [kind]: event.target.value })}
        >
          {WAYS[kind].map((way) => (
            <option key={way} value={way}>
              {say(`after.changes.${way}`)}
            </option>
          ))}
        </SelectField>
      ))}
    </div>
  )
}
