import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import { DAY, MINUTE } from '#core/time/model.ts'
import { dateOf, dayNumber, wallToInstants } from '#core/time/wall.ts'
import { contacts } from '../api.ts'
import type { Contact, MeetingDraft, Place } from '../api-types.ts'
import { sentence, useNow, useSay, useTimes } from '../language.tsx'
import { isProblem, placeFields, ProblemNotice } from '../problem.tsx'
import { bookingsChanged, connectionsQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { ClockField } from '../ui/clock-field.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, SelectField, TextArea, TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { toast } from '../ui/toasts.tsx'

const LENGTHS = [15, 30, 45, 60, 90, 120]
const PLACES = ['ask', 'video', 'meet', 'teams', 'phone', 'place'] as const satisfies Place['kind'][]

type Form = {
  title: string
  date: string
  duration: number
  kind: Place['kind']
  value: string
  guests: string
}

/** crm.schedule: a meeting from the contact's record; says before saving whether it is written and invited to, or only noted. */
export function ScheduleDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const times = useTimes()
  const now = useNow()
  const before = useQuery({
    queryKey: ['before-meeting', contact.id],
    queryFn: () => contacts.beforeMeeting(contact.id),
  })
  const [minutes, setMinutes] = useState(10 * 60)
  const form = useForm<Form>({
    defaultValues: {
      title: say('meet.title_default', { name: contact.name }),
      date: dateOf(times.zone, now + DAY),
      duration: 30,
      kind: 'ask',
      value: '',
      guests: '',
    },
  })
  const { errors } = form.formState
  const [date, duration, kind] = form.watch(['date', 'duration', 'kind'])
  const start =
    date === '' ? undefined : wallToInstants(times.zone, dayNumber(date) * DAY + minutes * MINUTE)[0]
  const meet = useMutation({
    mutationFn: (draft: MeetingDraft) => contacts.meet(contact.id, draft),
    onSuccess: async () => {
      toast(say(before.data?.calendar ? 'meet.done' : 'meet.noted', { name: contact.name }))
      onClose()
      await bookingsChanged()
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  const hurdle = hurdleIn(meet.error)
  const submit = (anyway: boolean) =>
    form.handleSubmit((draft) => {
      if (start === undefined || start <= now) return
      meet.mutate({
        start,
        duration: draft.duration,
        title: draft.title.trim(),
        location: { kind: draft.kind, value: takesValue(draft.kind) ? draft.value.trim() : '' },
        guests: addressesIn(draft.guests),
        ...(anyway && { anyway }),
      })
    })
  const conference = useConference()
  return (
    <Dialog title={say('crm.schedule')} close={sayApp('do.close')} onClose={onClose} hold wide>
      <form noValidate className="grid gap-4" onSubmit={(event) => void submit(false)(event)}>
        <Outcome known={before.data?.calendar} name={contact.name} />
        {hurdle ? (
          <Notice
            tone="warn"
            live
            title={say(`meet.${hurdle}`)}
            actions={
              hurdle !== 'busy_ours' && (
                <Button small busy={meet.isPending} onClick={() => void submit(true)()}>
                  {say('meet.anyway')}
                </Button>
              )
            }
          >
            {say(`meet.${hurdle}_how`)}
          </Notice>
        ) : (
          <ProblemNotice error={meet.error} />
        )}
        <TextField
          label={say('meet.title')}
          maxLength={120}
          error={errors.title?.message}
          {...form.register('title', { required: sayApp('field.required') })}
        />
        <div className="grid items-start gap-4 @md:grid-cols-[1fr_auto_1fr]">
          <TextField
            type="date"
            label={say('meet.date')}
            min={dateOf(times.zone, now)}
            error={
              errors.date?.message ??
              (start !== undefined && start <= now ? sayApp('problem.past') : undefined)
            }
            {...form.register('date', { required: sayApp('field.required') })}
          />
          <Field label={say('meet.time')}>
            {({ id }) => (
              <ClockField id={id} label={say('meet.time')} minutes={minutes} onChange={setMinutes} />
            )}
          </Field>
          <SelectField label={say('meet.length')} {...form.register('duration', { valueAsNumber: true })}>
            {LENGTHS.map((length) => (
              <option key={length} value={length}>
                {say('meet.minutes', { n: length })}
              </option>
            ))}
          </SelectField>
        </div>
        {start !== undefined && (
          <p role="status" className="text-sm text-muted">
            {sentence(times.day(start))}, {times.span(start, start + duration * MINUTE)}
            {contact.zone && contact.zone !== times.zone && (
              <>
                {' '}
                ·{' '}
                {say('meet.there', {
                  time: times.time(start, contact.zone),
                  name: contact.name.split(' ')[0] ?? contact.name,
                  city: times.city(contact.zone),
                })}
              </>
            )}
          </p>
        )}
        <div className="grid items-start gap-4 @md:grid-cols-[12rem_1fr]">
          <SelectField label={say('meet.place')} {...form.register('kind')}>
            {PLACES.filter((each) => (each !== 'meet' && each !== 'teams') || each === conference).map(
              (each) => (
                <option key={each} value={each}>
                  {say(`meet.place.${each}`)}
                </option>
              ),
            )}
          </SelectField>
          {takesValue(kind) && (
            <TextField
              label={say(`meet.place_value.${kind}`)}
              optional={sayApp('field.optional')}
              maxLength={500}
              inputMode={({ video: 'url', phone: 'tel', place: 'text' } as const)[kind]}
              error={errors.value?.message}
              {...form.register('value', {
                validate: (value) =>
                  fits(kind, value) || say(`meet.place_bad.${kind === 'phone' ? 'phone' : 'video'}`),
              })}
            />
          )}
        </div>
        <TextArea
          label={say('meet.guests')}
          optional={sayApp('field.optional')}
          hint={say('meet.guests_hint')}
          rows={2}
          error={errors.guests?.message}
          {...form.register('guests', {
            validate: (text) =>
              addressesIn(text).every((address) => EMAIL.test(address)) || sayApp('field.email'),
          })}
        />
        <DialogFoot>
          <Button tone="quiet" onClick={onClose}>
            {sayApp('do.cancel')}
          </Button>
          <Button type="submit" tone="primary" busy={meet.isPending} disabled={before.isPending}>
            {say(before.data?.calendar === false ? 'meet.go_note' : 'meet.go')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}

/** Why the time cannot simply be taken. Over another meeting made here nobody is booked, whatever they say. */
function hurdleIn(error: unknown): 'busy' | 'busy_ours' | 'unreadable' | null {
  if (isProblem(error, 'unreadable')) return 'unreadable'
  if (!isProblem(error, 'busy')) return null
  return error.more['ours'] === true ? 'busy_ours' : 'busy'
}

/** S-006 and crm.log_only: what saving will do, said before it. */
function Outcome({ known, name }: { known: boolean | undefined; name: string }) {
  const say = useSay(contactWords)
  if (known === undefined) return null
  return known ? (
    <Notice tone="good">{say('meet.will_invite', { name })}</Notice>
  ) : (
    <Notice tone="warn">{say('crm.log_only')}</Notice>
  )
}

function useConference(): 'meet' | 'teams' | null {
  const connections = useQuery(connectionsQuery).data ?? []
  return (
    connections.flatMap(({ calendars }) => calendars).find(({ destination }) => destination)?.conference ??
    null
  )
}

const EMAIL = /^\S+@\S+\.\S+$/
const addressesIn = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))]

const takesValue = (kind: Place['kind']): kind is 'video' | 'phone' | 'place' =>
  kind === 'video' || kind === 'phone' || kind === 'place'

const fits = (kind: Place['kind'], value: string): boolean =>
  value.trim() === '' ||
  (kind === 'video'
    ? ['https:', 'http:'].includes(URL.parse(value)?.protocol ?? '')
    : kind !== 'phone' || /^\+?[0-9 ()./-]{3,40}$/.test(value))
