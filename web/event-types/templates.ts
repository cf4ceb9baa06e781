import type { Template } from '../api-types.ts'

/** What a new page can start from. */
export const TEMPLATES = [
  { name: 'first-meeting', minutes: 30 },
  { name: 'in-person', minutes: 60 },
  { name: 'quick-call', minutes: 15 },
] as const satisfies { name: Template; minutes: number }[]
