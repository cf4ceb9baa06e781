import type { ComponentChildren } from 'preact'
import type { Place } from './model.ts'
import { Name, type IconName } from './page-parts.tsx'
import type { Teller, Words } from './page-times.ts'
import type { BookingView } from './views.ts'

export const placeIcon = ({ kind }: Place): IconName => kind

/** Before a booking the place says its kind; an address is the only value that is public. */
export const sayPlace = (t: Words, { kind, value }: Place): ComponentChildren => {
  if (kind === 'place' && value.trim() !== '') return <Name>{value}</Name>
  return t(kind === 'video' ? 'place.video' : kind === 'phone' ? 'place.phone' : 'place.ask')
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

/** Once it stands, a booking's place in full. */
export function PlaceOf({ view, tell, confirmed }: { view: BookingView; tell: Teller; confirmed: boolean }) {
  const { kind, value } = view.place
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
