import type { Context } from 'hono'
import { zoneCity } from '#core/locale/dates.ts'
import type { Locale } from '#core/locale/locale.ts'
import type { Instant, Zone } from '#core/time/model.ts'
import { zone as readZone } from '#core/time/zone.ts'
import { asset } from '#server/platform/assets.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Env } from '#server/platform/http.ts'
import { modeOf, type PageInputs } from './inputs.ts'
import type { Frame, Host, PageFacts, Query } from './views.ts'

const assets = { script: asset('web/public/island.ts'), font: asset('figtree-latin-wght-normal.woff2'), fontExtended: asset('figtree-latin-ext-wght-normal.woff2') }

/** What every visitor page needs besides its own view. */
export const frameOf = (c: Context<Env>, options: { locale: Locale; workspace: string; path?: string; query?: Query }): Frame => ({
  locale: options.locale,
  nonce: c.get('nonce'),
  assets,
  workspace: options.workspace,
  address: { path: options.path ?? c.req.path, query: options.query ?? queryOf(c) },
})

const queryOf = (c: Context): Query => {
  const lang = c.req.query('lang')
  return lang === 'en' || lang === 'it' ? { lang } : {}
}

export const hostView = ({ name, zone }: { name: string; zone: Zone }): Host => ({ name, callName: name.split(/\s+/)[0] ?? name, zone })

export function pageFacts(inputs: PageInputs, length: number, now: Instant, path: string): PageFacts {
  const { type, hosts } = inputs
  const mode = modeOf(inputs, now)
  return {
    path: path.replace(/\/move$/, ''),
    title: type.title,
    description: type.description,
    host: hostView({ name: hosts.length === 1 ? hosts[0]!.name : type.owner.name, zone: hosts[0]?.schedule.zone ?? 'UTC' }),
    place: type.location,
    durations: type.durations,
    length,
    mode: mode.kind === 'bookable' ? { kind: 'bookings' } : { kind: mode.kind },
  }
}

const ZONES = Intl.supportedValuesOf('timeZone')
const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('_', ' ')

/** The zones a typed city may mean; null when it is a zone already or nothing was typed. */
export function findZones(typed: string | undefined): { text: string; found: Zone[] } | null {
  const text = (typed ?? '').trim().slice(0, 100)
  if (text === '' || readZone(text)) return null
  const wish = plain(text)
  return { text, found: ZONES.filter((zone) => plain(zoneCity(zone)).includes(wish) || plain(zone).includes(wish)).slice(0, 20) }
}

/** Where a visitor can reach whoever runs the server. */
export const contactOf = (deps: Deps): string | null => deps.config.mailFrom?.email ?? null
