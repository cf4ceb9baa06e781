import type { PageState } from '../api-types.ts'
import type { ChipTone } from '../ui/chip.tsx'

export const STATE_TONES: Record<PageState, ChipTone> = { active: 'good', offline: 'warn', paused: 'plain' }
