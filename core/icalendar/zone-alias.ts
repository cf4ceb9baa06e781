import type { Zone } from '#core/time/model.ts'
import { zoneOfWindows } from '#core/time/windows-zones.ts'
import { offsetAt, zone } from '#core/time/zone.ts'

const KEPT = 256
const kept = new Map<string, Zone | null>()

/** The zone behind a name that Windows, Outlook or Exchange writes where a TZID belongs; null when it names none for certain. */
export function namedZone(name: string): Zone | null {
  const key = name.trim().replace(/[’`]/g, "'").replace(/\s+/g, ' ').toLowerCase().slice(0, 200)
  const known = kept.get(key)
  if (known !== undefined) return known
  const found = zoneOfWindows(key) ?? zone(NAMES[key] ?? '') ?? displayed(key)
  if (kept.size >= KEPT) kept.clear()
  kept.set(key, found)
  return found
}

// Daylight names of Windows, its German and Italian names for "W. Europe Standard Time", CLDR's names for Central Europe,
// and Exchange's own. Names that mean different rules in different places (Eastern European Time) are left out on purpose.
const NAMES: Readonly<Record<string, string>> = {
  z: 'UTC',
  'tzone://microsoft/utc': 'UTC',
  'coordinated universal time': 'UTC',
  'central european time': 'Europe/Berlin',
  'w. europe daylight time': 'Europe/Berlin',
  'romance daylight time': 'Europe/Paris',
  'gmt daylight time': 'Europe/London',
  'eastern daylight time': 'America/New_York',
  'eastern time': 'America/New_York',
  'central daylight time': 'America/Chicago',
  'central time': 'America/Chicago',
  'mountain daylight time': 'America/Denver',
  'mountain time': 'America/Denver',
  'pacific daylight time': 'America/Los_Angeles',
  'pacific time': 'America/Los_Angeles',
  'mitteleuropäische zeit': 'Europe/Berlin',
  'mitteleuropäische normalzeit': 'Europe/Berlin',
  'mitteleuropäische sommerzeit': 'Europe/Berlin',
  'ora solare europa occidentale': 'Europe/Rome',
  'ora legale europa occidentale': 'Europe/Rome',
  "ora standard dell'europa centrale": 'Europe/Rome',
  "ora legale dell'europa centrale": 'Europe/Rome',
  "ora dell'europa centrale": 'Europe/Rome',
  "heure d'europe centrale": 'Europe/Paris',
  "heure normale d'europe centrale": 'Europe/Paris',
  'hora de europa central': 'Europe/Madrid',
  'hora estándar romance': 'Europe/Madrid',
  'midden-europese tijd': 'Europe/Amsterdam',
}

/** `(UTC+01:00) Amsterdam, Berlin, …`: the first place in it that a zone is named after and that keeps the stated offset. */
function displayed(key: string): Zone | null {
  const [, offset = '', places] = /^\((?:utc|gmt)([+-]\d\d:\d\d)?\) ?(.+)$/.exec(key) ?? []
  if (places === undefined) return null
  const stated =
    offset === ''
      ? 0
      : (offset[0] === '-' ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) * 60_000
  for (const place of [places, ...places.split(',')]) {
    const found = zone(PLACES[place.trim()] ?? zoneOfCity(place.trim()) ?? '')
    if (found !== null && keeps(found, stated)) return found
  }
  return null
}

/** In winter or in summer: what Windows states is the standard offset, on either side of the equator. */
const keeps = (name: Zone, offset: number): boolean =>
  [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)].some((instant) => offsetAt(name, instant) === offset)

let cities: Map<string, string> | null = null

function zoneOfCity(place: string): string | undefined {
  cities ??= new Map(
    Intl.supportedValuesOf('timeZone').map((name) => [
      name
        .slice(name.lastIndexOf('/') + 1)
        .replaceAll('_', ' ')
        .toLowerCase(),
      name,
    ]),
  )
  return cities.get(place)
}

// Places in Windows' display names that no IANA zone is named after.
const PLACES: Readonly<Record<string, string>> = {
  'coordinated universal time': 'UTC',
  'international date line west': 'Etc/GMT+12',
  hawaii: 'Pacific/Honolulu',
  alaska: 'America/Anchorage',
  'baja california': 'America/Tijuana',
  'pacific time (us & canada)': 'America/Los_Angeles',
  arizona: 'America/Phoenix',
  'mountain time (us & canada)': 'America/Denver',
  'central time (us & canada)': 'America/Chicago',
  'central america': 'America/Guatemala',
  saskatchewan: 'America/Regina',
  guadalajara: 'America/Mexico_City',
  quito: 'America/Guayaquil',
  'eastern time (us & canada)': 'America/New_York',
  'indiana (east)': 'America/Indianapolis',
  'atlantic time (canada)': 'America/Halifax',
  georgetown: 'America/Guyana',
  brasilia: 'America/Sao_Paulo',
  'city of buenos aires': 'America/Argentina/Buenos_Aires',
  greenland: 'America/Nuuk',
  newfoundland: 'America/St_Johns',
  'cabo verde is.': 'Atlantic/Cape_Verde',
  edinburgh: 'Europe/London',
  bern: 'Europe/Zurich',
  'west central africa': 'Africa/Lagos',
  kyiv: 'Europe/Kyiv',
  jerusalem: 'Asia/Jerusalem',
  harare: 'Africa/Harare',
  pretoria: 'Africa/Johannesburg',
  moscow: 'Europe/Moscow',
  'st. petersburg': 'Europe/Moscow',
  'abu dhabi': 'Asia/Dubai',
  islamabad: 'Asia/Karachi',
  chennai: 'Asia/Kolkata',
  kolkata: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  'new delhi': 'Asia/Kolkata',
  'sri jayawardenepura': 'Asia/Colombo',
  kathmandu: 'Asia/Kathmandu',
  'yangon (rangoon)': 'Asia/Yangon',
  hanoi: 'Asia/Bangkok',
  beijing: 'Asia/Shanghai',
  perth: 'Australia/Perth',
  osaka: 'Asia/Tokyo',
  sapporo: 'Asia/Tokyo',
  canberra: 'Australia/Sydney',
  wellington: 'Pacific/Auckland',
}
