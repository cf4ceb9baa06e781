import {
  AccessRevoked,
  CursorExpired,
  NotFound,
  SlowDown,
  Unreachable,
  type UnreachableReason,
} from '#server/providers/provider.ts'
import { AppRefused, SignedOut } from './faults.ts'
import type { ReasonCode } from './model.ts'

const UNREACHABLE: Record<UnreachableReason, ReasonCode> = {
  'refused-address': 'refused-address',
  dns: 'dns',
  connect: 'connect',
  tls: 'tls',
  timeout: 'timeout',
  'too-large': 'too-large',
  'server-error': 'server-error',
  'not-this-protocol': 'not-caldav',
  'bad-answer': 'bad-answer',
  forbidden: 'forbidden',
  // Somebody else's event stands under our name, or changes faster than we can follow.
  conflict: 'write-refused',
  'no-mailbox': 'no-calendars',
}

/** The reason that a person reads for one of the world's five faults; null for anything else, which is a bug and is thrown on. */
export function reasonOf(error: unknown): ReasonCode | null {
  if (error instanceof SignedOut) return 'signed-out'
  if (error instanceof AppRefused) return 'app-refused'
  if (error instanceof AccessRevoked) return 'wrong-password'
  if (error instanceof SlowDown) return 'slow-down'
  if (error instanceof NotFound) return 'not-found'
  if (error instanceof CursorExpired) return 'bad-answer'
  if (error instanceof Unreachable) return UNREACHABLE[error.reason]
  return null
}

// Asking again changes nothing about these: somebody has to do something first.
const LASTING: ReadonlySet<ReasonCode> = new Set([
  'wrong-password',
  'forbidden',
  'not-found',
  'not-caldav',
  'refused-address',
  'write-refused',
  'signed-out',
])

/** Whether the queue may hope that the same question is answered later. */
export const passes = (reason: ReasonCode): boolean => !LASTING.has(reason)
