import type { Instant, Zone } from '#core/time/model.ts'
import { instantToWall } from '#core/time/wall.ts'

/** What a clock shows in a zone, as `2026-11-25T10:00`: kept beside the instant, so that a later change of a zone's rules can be seen (I14). */
export const wallTime = (zone: Zone, instant: Instant): string => new Date(instantToWall(zone, instant)).toISOString().slice(0, 16)
