import type { Tx } from '#server/platform/database.ts'
import type { OpenedLetter, OutboxLetter } from './model.ts'
import { findPart, readMessage } from './read-message.ts'
import { findLetter, listLetters, listLettersOf, type LetterOfEffect, type Reader } from './store.ts'

export type { LetterOfEffect, Reader }

const NEWEST = 200

/** The newest letters this person may see: their own, and everybody's for who runs the workspace. */
export const listOutbox = (tx: Tx, reader: Reader): Promise<OutboxLetter[]> => listLetters(tx, reader, NEWEST)

export async function openLetter(tx: Tx, reader: Reader, letterId: string): Promise<OpenedLetter | null> {
  const letter = await findLetter(tx, reader, letterId)
  if (!letter) return null
  const { source, ...rest } = letter
  const message = readMessage(source)
  const part = (type: string) => findPart(message, type)?.body.toString('utf8') ?? null
  return { ...rest, html: part('text/html') ?? '', text: part('text/plain') ?? '', ics: part('text/calendar'), headers: message.headers.map(([name, value]) => ({ name, value })) }
}

/** What became of the letters of some effects, oldest first. */
export const lettersOf = (tx: Tx, effectIds: readonly string[]): Promise<LetterOfEffect[]> => listLettersOf(tx, effectIds)
