import type { ComponentChildren } from 'preact'
import type { Place } from './model.ts'
import { Name, rich, type IconName } from './page-parts.tsx'
import type { Teller, Words } from './page-times.ts'
import type { BookingView } from './views.ts'

export const placeIcon = ({ kind }: Place): IconName => (kind === 'meet' || kind === 'teams' ? 'video' : kind)

/** Before a booking the place says its kind; an address is the only value that is public. */
export const sayPlace = (t: Words, { kind, value }: Place): ComponentChildren => {
  if (kind === 'place' && value.trim() !== '') return <Name>{value}</Name>
  return t(kind === 'place' ? 'place.ask' : `place.${kind}`)
}

/** A link only where it is one that a browser may follow (G03). */
export function webAddress(value: string): URL | null {
  const url = URL.parse(value.trim())
  return url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === ''
    ? url
    : null
}

/** A link that the calendar has made is a video call like any other. */
const placed = ({ place, joinUrl }: BookingView): Place => (place.kind === 'meet' || place.kind === 'teams' ? { kind: joinUrl === null ? place.kind : 'video', value: joinUrl ?? '' } : place)

const Waiting = ({ view, tell }: { view: BookingView; tell: Teller }) => (
  <span>
    {view.join === 'failed'
      ? rich(tell.t, 'place.link.failed', { host: <Name>{view.host.callName}</Name> })
      : tell.t('place.link.pending')}
  </span>
)

/** Once it stands, a booking's place in full. */
export function PlaceOf({ view, tell, confirmed }: { view: BookingView; tell: Teller; confirmed: boolean }) {
  const { kind, value } = placed(view)
  if (confirmed && view.join !== 'none' && value === '') return <Waiting view={view} tell={tell} />
  const url = kind === 'video' && confirmed ? webAddress(value) : null
  if (url)
    return (
      <a href={url.href} rel="noopener noreferrer">
        <Name>{url.host + (url.pathname === '/' ? '' : url.pathname)}</Name>
      </a>
    )
  if (confirmed && value.trim() !== '')
    return (
      <span>
        {kind === 'video' || kind === 'phone'
          ? `${tell.t(kind === 'video' ? 'place.video.link' : 'place.phone')}: `
          : ''}
        <Name>{value}</Name>
      </span>
    )
  return (
    <span>{kind === 'video' && confirmed ? tell.t('place.video.link') : sayPlace(tell.t, view.place)}</span>
  )
}
