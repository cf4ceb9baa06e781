import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { LOCALES } from '#core/locale/locale.ts'
import { appWords } from '#core/locale/words/app.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import type { Page, Place } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { connectionsQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Field, SelectField, TextArea, TextField } from '../ui/field.tsx'
import { Switch } from '../ui/tick.tsx'
import type { SectionProps } from './editor-form.tsx'

const PLACES = ['video', 'meet', 'teams', 'phone', 'place', 'ask'] as const
const LENGTHS = [15, 20, 30, 45, 60, 90, 120]

export function BasicsSection({ page, draft, put, putType, errorOf }: SectionProps) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const { eventType } = draft
  return (
    <>
      <Card>
        <div className="grid gap-4">
          <TextField
            label={say('basics.title')}
            maxLength={120}
            error={errorOf('title')}
            value={eventType.title}
            onChange={(event) => putType({ title: event.target.value })}
          />
          <TextArea
            label={say('basics.description')}
            optional={sayApp('field.optional')}
            hint={say('basics.description_hint')}
            maxLength={5000}
            value={eventType.description}
            onChange={(event) => putType({ description: event.target.value })}
          />
          <Durations
            chosen={eventType.durations}
            error={errorOf('durations')}
            onChange={(durations) => putType({ durations })}
          />
          <Where
            mine={page.mine}
            place={eventType.location}
            error={errorOf('location')}
            onChange={(location) => putType({ location })}
          />
        </div>
      </Card>
      <Card>
        <div className="grid gap-4">
          <Field
            label={say('basics.slug')}
            hint={say(draft.slug === page.slug ? 'basics.slug_hint' : 'basics.slug_warning')}
            error={errorOf('slug')}
          >
            {(wired) => (
              <span className="flex items-center gap-2">
                <span className="text-sm whitespace-nowrap text-muted">/{page.hostSlug}/</span>
                <input
                  {...wired}
                  className="control"
                  autoCapitalize="none"
                  spellCheck={false}
                  maxLength={63}
                  value={draft.slug}
                  onChange={(event) => put({ slug: event.target.value.toLowerCase() })}
                />
              </span>
            )}
          </Field>
          <SelectField
            label={say('basics.locale')}
            value={draft.locale}
            onChange={(event) => put({ locale: event.target.value as Page['locale'] })}
          >
            <option value="auto">{say('basics.locale_auto')}</option>
            {LOCALES.map((locale) => (
              <option key={locale} value={locale} lang={locale}>
                {sayApp(`lang.${locale}`)}
              </option>
            ))}
          </SelectField>
          <Switch
            label={say('basics.open')}
            hint={say('basics.open_hint')}
            on={draft.open}
            onChange={(open) => put({ open })}
          />
          <Switch
            label={say('basics.listed')}
            hint={say('basics.listed_hint')}
            on={draft.listed}
            onChange={(listed) => put({ listed })}
          />
        </div>
      </Card>
    </>
  )
}

function Durations({
  chosen,
  error,
  onChange,
}: {
  chosen: number[]
  error: string | undefined
  onChange: (durations: number[]) => void
}) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const [other, setOther] = useState('')
  const shown = [...new Set([...LENGTHS, ...chosen])].sort((a, b) => a - b)
  const toggle = (minutes: number) =>
    onChange(
      chosen.includes(minutes)
        ? chosen.filter((each) => each !== minutes)
        : [...chosen, minutes].sort((a, b) => a - b),
    )
  const typed = Number(other)
  const addable =
    Number.isInteger(typed) && typed >= 5 && typed <= 1440 && !chosen.includes(typed) && chosen.length < 8
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{say('basics.durations')}</legend>
      <div className="flex flex-wrap gap-2">
        {shown.map((minutes) => (
          <button
            key={minutes}
            type="button"
            aria-pressed={chosen.includes(minutes)}
            disabled={!chosen.includes(minutes) && chosen.length >= 8}
            onClick={() => toggle(minutes)}
            className="min-h-11 rounded-control border border-border-strong px-3 hover:border-text aria-pressed:border-primary aria-pressed:bg-primary-soft aria-pressed:font-medium aria-pressed:text-on-primary-soft disabled:opacity-50"
          >
            {say('hours.minutes', { n: minutes })}
          </button>
        ))}
        <span className="flex gap-2">
          <input
            type="number"
            inputMode="numeric"
            min={5}
            max={1440}
            className="control w-24"
            aria-label={say('basics.duration_add')}
            placeholder="min"
            value={other}
            onChange={(event) => setOther(event.target.value)}
          />
          <Button
            disabled={!addable}
            onClick={() => {
              toggle(typed)
              setOther('')
            }}
          >
            {sayApp('do.add')}
          </Button>
        </span>
      </div>
      <p className="mt-1.5 text-sm text-muted">{say('basics.durations_hint')}</p>
      {error && <p className="mt-1 text-sm font-medium text-danger">{error}</p>}
    </fieldset>
  )
}

/** A link that is made by the provider can only be chosen where the calendar of new meetings can make it. */
function useConference(mine: boolean): 'meet' | 'teams' | null {
  const connections = useQuery({ ...connectionsQuery, enabled: mine }).data ?? []
  const receiving = connections.flatMap(({ calendars }) => calendars).find(({ destination }) => destination)
  return receiving?.conference ?? null
}

function Where({
  mine,
  place,
  error,
  onChange,
}: {
  mine: boolean
  place: Place
  error: string | undefined
  onChange: (place: Place) => void
}) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const { kind } = place
  const conference = useConference(mine)
  const made = kind === 'meet' || kind === 'teams'
  const offered = PLACES.filter(
    (name) => (name !== 'meet' && name !== 'teams') || name === conference || name === kind,
  )
  return (
    <div className="grid gap-4 @xl:grid-cols-[12rem_1fr]">
      <SelectField
        label={say('basics.place')}
        value={kind}
        onChange={(event) => onChange({ kind: event.target.value as Place['kind'], value: '' })}
      >
        {offered.map((name) => (
          <option key={name} value={name}>
            {say(`basics.place.${name}`)}
          </option>
        ))}
      </SelectField>
      {made && (
        <p className="self-center text-sm text-muted @xl:pt-6">
          {say(!mine || kind === conference ? 'basics.place_made' : 'basics.place_unmade')}
        </p>
      )}
      {kind !== 'ask' && !made && (
        <TextField
          label={say(`basics.place_value.${kind}`)}
          {...(kind === 'place' ? {} : { hint: say(`basics.place_value.${kind}_hint`) })}
          optional={sayApp('field.optional')}
          error={error}
          maxLength={500}
          inputMode={({ video: 'url', phone: 'tel', place: 'text' } as const)[kind]}
          value={place.value}
          onChange={(event) => onChange({ kind, value: event.target.value })}
        />
      )}
    </div>
  )
}
