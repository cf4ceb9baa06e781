import { WINDOWS_TO_IANA_MAP } from 'windows-iana'
import type { Zone } from './model.ts'
import { offsetAt, zone } from './zone.ts'

// Names that Windows no longer lists, but that stand in events made long ago.
const RETIRED: Readonly<Record<string, string>> = {
  'mid-atlantic standard time': 'Atlantic/South_Georgia',
  'kamchatka standard time': 'Asia/Kamchatka',
  'armenian standard time': 'Asia/Yerevan',
  'mexico standard time': 'America/Mexico_City',
  'mexico standard time 2': 'America/Chihuahua',
}

type Table = { toIana: Map<string, Zone>; toWindows: Map<Zone, string> }
let table: Table | null = null

/**
 * CLDR's windowsZones both ways, each name through `zone()`, so that aliases (Europe/Kiev, Asia/Calcutta) meet
 * (D13).
 */
function tableOf(): Table {
  if (table) return table
  const toIana = new Map(Object.entries(RETIRED))
  const toWindows = new Map<Zone, string>()
  for (const { windowsName, territory, iana } of WINDOWS_TO_IANA_MAP)
    for (const name of iana) {
      const found = zone(name)
      if (found === null) continue
      toWindows.set(found, windowsName)
      // The row of the world says what the name means; the others, whom it also serves.
      if (territory === '001') toIana.set(windowsName.toLowerCase(), found)
    }
  return (table = { toIana, toWindows })
}

/** The zone that a Windows name means, whatever its case; null when Windows knows no such name. */
export const zoneOfWindows = (name: string): Zone | null =>
  tableOf().toIana.get(name.trim().toLowerCase()) ?? null

/**
 * The Windows name of a zone; for the few that CLDR leaves out, of one whose clocks show the same for the years a
 * booking can lie in; null where Windows has none, and the event is better written in UTC.
 */
export function windowsNameOf(name: string): string | null {
  const { toIana, toWindows } = tableOf()
  const known = zone(name)
  if (known === null) return null
  const direct = toWindows.get(known)
  if (direct !== undefined) return direct
  const twin = [...toIana.values()].find((other) => toWindows.has(other) && sameClocks(known, other)) ?? null
  if (twin !== null) toWindows.set(known, toWindows.get(twin)!)
  return toWindows.get(known) ?? null
}

// Twice a week: no change of the clocks lasts shorter.
const YEARS = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2032, 0, 1), step: 3.5 * 86_400_000 }
function sameClocks(a: Zone, b: Zone): boolean {
  for (let at = YEARS.from; at < YEARS.to; at += YEARS.step)
    if (offsetAt(a, at) !== offsetAt(b, at)) return false
  return true
}
