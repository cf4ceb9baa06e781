import type { Instant } from '#core/time/model.ts'
import { Name, rich } from './page-parts.tsx'
import { bothClocks, sayZone, type Teller } from './page-times.ts'
import type { BookingView, Clock, Host } from './views.ts'

/** "15:00 for you, 09:00 for Nina", and nothing where both clocks show the same. */
export function BothClocks({
  tell,
  clock,
  host,
  at,
}: {
  tell: Teller
  clock: Clock
  host: Host
  at: Instant
}) {
  const both = bothClocks(tell, clock, host.zone, at)
  if (both === null) return null
  const values = { a: both.a, b: both.b, day: both.day ?? '' }
  return (
    <>{rich(tell.t, both.day ? 'tz.both.day' : 'tz.both', { host: <Name>{host.callName}</Name> }, values)}</>
  )
}

/** The time of a booking on the visitor's clock and, where it differs, on the host's. */
export function When({ view, tell, gone }: { view: BookingView; tell: Teller; gone: boolean }) {
  const { clock, host, start, end } = view
  const span = tell.span(start, end)
  const differs = bothClocks(tell, clock, host.zone, start) !== null
  return (
    <div class="time">
      <p class="big">{gone ? <s>{span}</s> : span}</p>
      {!gone && (
        <p class="muted small">
          {sayZone(tell.t, tell.locale, clock.zone, start)}
          {differs && ' · '}
          <BothClocks tell={tell} clock={clock} host={host} at={start} />
        </p>
      )}
    </div>
  )
}
