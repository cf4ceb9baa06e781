import type { Context } from 'hono'
import { findZones } from '#core/locale/cities.ts'
import type { Locale } from '#core/locale/locale.ts'
import type { Instant, Zone } from '#core/time/model.ts'
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
    mode: mode.kind === 'bookable' ? { kind: 'bookings', lastKnown: mode.lastKnown ?? null } : { kind: mode.kind },
  }
}

/** What a typed zone or city means: one zone, or a search that has none or several answers. */
export function readZoneWish(typed: string | undefined): { zone: Zone | null; search: { text: string; found: Zone[] } | null } {
  if (typed === undefined) return { zone: null, search: null }
  const text = typed.trim().slice(0, 100)
  const found = text === '' ? [] : findZones(text)
  return found.length === 1 ? { zone: found[0]!, search: null } : { zone: null, search: { text, found } }
}

/** Where a visitor can reach whoever runs the server. */
export const contactOf = (deps: Deps): string | null => deps.config.mailFrom?.email ?? null
