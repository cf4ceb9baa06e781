import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { formatList } from '#core/locale/dates.ts'
import { calendars as api } from '../api.ts'
import type { Calendar, CalendarChange, Connection, ProviderName } from '../api-types.ts'
import { useLanguage, useNow, useSay, useTimes } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { calendarsChanged, connectionsQuery, queryClient } from '../queries.ts'
import { Chip } from '../ui/chip.tsx'
import { Notice } from '../ui/notice.tsx'
import { toast } from '../ui/toasts.tsx'
import { companyOf, isTripProvider } from './providers.ts'
import { useReason } from './reason.tsx'

/** One change to one calendar, saved at once; the answer shows how it stands. */
export function useChangeCalendar() {
  const say = useSay(calendarWords)
  return useMutation({
    mutationFn: ({ id, change }: { id: string; change: CalendarChange }) => api.change(id, change),
    onSuccess: async (connection) => {
      queryClient.setQueryData(
        connectionsQuery.queryKey,
        (kept) =>
          kept && {
            connections: kept.connections.map((other) => (other.id === connection.id ? connection : other)),
          },
      )
      toast(say('cal.choose.saved'))
      await calendarsChanged()
    },
  })
}

/** Check: many. Add to: one, and only where we may write. */
export function ChooseCalendars({ connection }: { connection: Connection }) {
  const { calendars, roles } = connection
  const say = useSay(calendarWords)
  const { locale } = useLanguage()
  const change = useChangeCalendar()
  const writable = calendars.filter((calendar) => calendar.writable)
  const readOnly = calendars.filter((calendar) => !calendar.writable)
  // What was clicked shows at once as "being saved", not as saved: the tick moves with the server's answer.
  const saving = change.isPending ? change.variables.id : null
  const [checks, receives] = [roles.includes('busy'), roles.includes('bookings')]
  return (
    <div className="grid gap-x-8 gap-y-6 @2xl:grid-cols-2">
      {checks && (
        <fieldset className="min-w-0" aria-busy={change.isPending}>
          <legend className="font-medium">{say('cal.choose.check')}</legend>
          <p className="mb-1 text-sm text-muted">{say('cal.choose.check_hint')}</p>
          {calendars.map((calendar) => (
            <CalendarLine
              key={calendar.id}
              calendar={calendar}
              provider={connection.provider}
              saving={saving === calendar.id}
            >
              <input
                type="checkbox"
                className="tick"
                checked={calendar.checked}
                disabled={change.isPending}
                onChange={(event) =>
                  change.mutate({ id: calendar.id, change: { checked: event.target.checked } })
                }
              />
            </CalendarLine>
          ))}
          {!calendars.some(({ checked }) => checked) && (
            <Notice tone="warn">{say('cal.choose.none_checked')}</Notice>
          )}
        </fieldset>
      )}
      {receives && (
        <fieldset className="min-w-0" aria-busy={change.isPending}>
          <legend className="font-medium">{say('cal.choose.add')}</legend>
          <p className="mb-1 text-sm text-muted">{say('cal.choose.add_hint')}</p>
          {writable.map((calendar) => (
            <label key={calendar.id} className="flex min-h-11 items-center gap-3">
              <input
                type="radio"
                name="destination"
                className="tick"
                checked={calendar.destination}
                disabled={change.isPending}
                onChange={() => change.mutate({ id: calendar.id, change: { destination: true } })}
              />
              <Swatch color={calendar.color} />
              {calendar.name}
            </label>
          ))}
          {readOnly.length > 0 && (
            <p className="mt-1 text-sm text-muted">
              {say('cal.choose.read_only_why', {
                names: formatList(
                  locale,
                  readOnly.map(({ name }) => name),
                ),
              })}
            </p>
          )}
          {!calendars.some(({ destination }) => destination) && (
            <Notice tone="warn" className="mt-2">
              {say('cal.choose.no_destination')}
            </Notice>
          )}
        </fieldset>
      )}
      {change.isError && (
        <div className="@2xl:col-span-2">
          <ProblemNotice error={change.error} />
        </div>
      )}
    </div>
  )
}

function CalendarLine({
  calendar,
  provider,
  saving,
  children,
}: {
  calendar: Calendar
  provider: ProviderName
  saving: boolean
  children: ReactNode
}) {
  const say = useSay(calendarWords)
  return (
    <div>
      <label className="flex min-h-11 items-center gap-3 py-1">
        {children}
        <Swatch color={calendar.color} />
        <span className="flex min-w-0 flex-wrap items-center gap-x-3">
          <span className={saving ? 'opacity-60' : undefined}>{calendar.name}</span>
          {calendar.primary && <Chip>{say('cal.primary')}</Chip>}
          {!calendar.writable && <Chip>{say('cal.choose.read_only')}</Chip>}
          {calendar.checked && <Health calendar={calendar} />}
        </span>
      </label>
      {calendar.checked && <Troubles calendar={calendar} provider={provider} />}
    </div>
  )
}

/** How fresh our copy of a calendar is: in words, and with a mark where it is not as it should be. */
function Health({ calendar: { health, syncedAt, trouble, eventCount } }: { calendar: Calendar }) {
  const say = useSay(calendarWords)
  const times = useTimes()
  const now = useNow()
  if (syncedAt === null)
    return (
      <span className="text-sm text-muted">
        {say(health === 'broken' || health === 'degraded' ? 'cal.health.never' : 'cal.read_never')}
      </span>
    )
  const ago = times.ago(syncedAt, now)
  // Read in time, with some events that were not understood: those are told below.
  switch (health === 'degraded' && trouble === null ? 'fine' : health) {
    case 'fine':
    case 'unread':
      return (
        <span className="text-sm text-muted">
          {say('cal.read_ago', { ago })} · {say('cal.events', { n: eventCount })}
        </span>
      )
    case 'degraded':
      return (
        <>
          <Chip tone="warn">{say('cal.health.late_chip')}</Chip>
          <span className="text-sm text-muted">{say('cal.health.late', { ago })}</span>
        </>
      )
    case 'broken':
      return (
        <>
          <Chip tone="bad">{say('cal.health.broken_chip')}</Chip>
          <span className="text-sm text-muted">{say('cal.health.broken', { ago })}</span>
        </>
      )
  }
}

/** What is wrong with a calendar, and what to do. */
function Troubles({ calendar, provider }: { calendar: Calendar; provider: ProviderName }) {
  const say = useSay(calendarWords)
  const reasons = useReason()
  const trouble =
    calendar.trouble &&
    reasons(calendar.trouble, isTripProvider(provider) ? companyOf(provider) : calendar.name)
  return (
    <>
      {trouble && (
        <p className="ms-9 text-sm text-danger">
          {trouble.cause} {trouble.way}
        </p>
      )}
      {trouble && <p className="ms-9 text-sm text-muted">{say('cal.health.late_next')}</p>}
      {calendar.quarantined && <p className="ms-9 text-sm text-on-accent-soft">{say('cal.quarantined')}</p>}
      {calendar.troubledEvents > 0 && (
        <p className="ms-9 text-sm text-muted">{say('cal.troubled', { n: calendar.troubledEvents })}</p>
      )}
    </>
  )
}

const HEX = /^#[0-9a-f]{6}/i
/** The calendar's own colour, as its owner knows it elsewhere. */
const Swatch = ({ color }: { color: string | null }) => (
  <span
    aria-hidden="true"
    className="size-4.5 flex-none rounded-sm border border-border bg-border-strong"
    style={color && HEX.test(color) ? { backgroundColor: color.slice(0, 7) } : undefined}
  />
)
