import { z } from '@hono/zod-openapi'

/**
 * practice: no mail server is set, the letter stays here · queued: waits, also for another try · sending: handed over, the
 * answer is still out · unknown: handed over, no answer came; never sent again by itself (I4) · failed: will not arrive.
 */
export const LETTER_STATES = ['practice', 'queued', 'sending', 'sent', 'failed', 'unknown'] as const
export type LetterState = (typeof LETTER_STATES)[number]

/** Why a letter waits or failed; chooses the sentence a person reads. */
export const LETTER_TROUBLES = ['connect', 'tls', 'sign-in', 'refused', 'try-later', 'no-answer', 'gave-up'] as const
export type LetterTrouble = (typeof LETTER_TROUBLES)[number]

/** Kinds whose link lets a person in: only who sent it and who it is for may read it, whatever their role. */
export const KINDS_WITH_KEYS: readonly string[] = ['team-invitation']

export const OutboxLetter = z
  .object({ id: z.uuid(), kind: z.string(), recipient: z.string(), subject: z.string(), state: z.enum(LETTER_STATES), trouble: z.enum(LETTER_TROUBLES).nullable(), createdAt: z.number() })
  .openapi('OutboxLetter')
export type OutboxLetter = z.infer<typeof OutboxLetter>

export const OpenedLetter = OutboxLetter.extend({
  html: z.string(),
  text: z.string(),
  ics: z.string().nullable(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
}).openapi('OpenedLetter')
export type OpenedLetter = z.infer<typeof OpenedLetter>
