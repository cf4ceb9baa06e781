import { caldav } from './caldav/caldav.ts'
import type { CalendarProvider, ProviderName } from './provider.ts'

/** The providers this program speaks to. */
export const providers: Partial<Record<ProviderName, CalendarProvider>> = { caldav }
