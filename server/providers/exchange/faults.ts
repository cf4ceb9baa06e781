import { HOUR, MINUTE } from '#core/time/model.ts'
import { AccessRevoked, CursorExpired, NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { UnreachableReason } from '../provider.ts'
import { isExchangeOnline, MovedToCloud, TooOld } from './cloud.ts'

/** What is known of an answer that is not the one we hoped for. Of its body only a code of the right shape. */
export type Trouble = {
  host: string
  status: number
  /** ResponseCode of a message or of a SOAP fault; '' where the answer is none of EWS. */
  code: string
  /** BackOffMilliseconds or Retry-After, in milliseconds. */
  wait?: number | null
  /** The server calls itself Exchange Online, or says that EWS is closed to a whole organization. */
  online?: boolean
}

const LONGEST_WAIT = HOUR
const USUAL_WAIT = MINUTE

const codes = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

// ResponseCodeType of messages.xsd, by what we make of them; what stands in none of these goes by the status.
const BUSY =
  codes(`ErrorServerBusy ErrorExceededConnectionCount ErrorExceededSubscriptionCount ErrorExceededFindCountLimit
  ErrorTimeoutExpired ErrorTooManyObjectsOpened ErrorInsufficientResources ErrorNotEnoughMemory ErrorMailboxMoveInProgress`)
const GONE = codes(`ErrorItemNotFound ErrorFolderNotFound ErrorSyncFolderNotFound ErrorParentFolderNotFound
  ErrorSavedItemFolderNotFound ErrorToFolderNotFound ErrorInvalidId ErrorInvalidIdEmpty ErrorInvalidIdMalformed
  ErrorInvalidIdMalformedEwsLegacyIdFormat ErrorInvalidIdMonikerTooLong ErrorInvalidIdStoreObjectIdTooLong ErrorInvalidIdXml
  ErrorInvalidFolderId ErrorObjectTypeChanged ErrorCannotUseFolderIdForItemId ErrorCannotUseItemIdForFolderId
  ErrorCalendarFolderIsInvalidForCalendarView ErrorCalendarOccurrenceIsDeletedFromRecurrence
  ErrorCalendarCannotUpdateDeletedItem ErrorInvalidFolderTypeForOperation`)
const REVOKED =
  codes(`ErrorAccountDisabled ErrorAccountSuspend ErrorAccountSuspendShowTierUpgrade ErrorPasswordExpired
  ErrorPasswordChangeRequired ErrorMailboxLogonFailed`)
const DENIED = codes(`ErrorAccessDenied ErrorCreateItemAccessDenied ErrorCannotDeleteObject ErrorSendAsDenied
  ErrorUserNotAllowedByPolicy ErrorSubscriptionAccessDenied ErrorImpersonateUserDenied ErrorMessageSubmissionBlocked
  ErrorNoFreeBusyAccess ErrorQuotaExceeded ErrorSubmissionQuotaExceeded`)
const NO_MAILBOX = codes(`ErrorNonExistentMailbox ErrorMissingEmailAddress ErrorMissingExchangePrincipal
  ErrorNameResolutionNoMailbox ErrorNoCalendar ErrorInvalidLicense`)
const CONFLICT =
  codes(`ErrorIrresolvableConflict ErrorStaleObject ErrorInvalidChangeKey ErrorChangeKeyRequired
  ErrorChangeKeyRequiredForWriteOperations`)
const OLD = codes('ErrorInvalidServerVersion ErrorIncorrectSchemaVersion')
const NONSENSE =
  codes(`ErrorSchemaValidation ErrorInvalidRequest ErrorInvalidPropertyRequest ErrorInvalidPropertySet
  ErrorResponseSchemaValidation ErrorInvalidArgument ErrorUnsupportedPathForQuery ErrorInvalidRestriction
  ErrorRequiredPropertyMissing ErrorMimeContentInvalid ErrorMimeContentInvalidBase64String ErrorInvalidRecipients`)

/** A conflict over who wrote last (B20). */
export const isConflict = (code: string): boolean => CONFLICT.has(code)

/** From an answer to the fault it is. */
export function faultOf({ host, status, code, wait = null, online = false }: Trouble): Error {
  const said = `${host} answered ${code === '' ? status : code}`
  // EWS that is switched off in a tenant, for a mailbox or for good, is a bare 403 or this code (C29).
  if (code === 'ErrorOrganizationAccessBlocked') return new MovedToCloud(said)
  if ((status === 403 || code === 'ErrorAccessDenied') && (online || isExchangeOnline(host)))
    return new MovedToCloud(said)
  if (status === 401 || REVOKED.has(code)) return new AccessRevoked(said)
  if (code === 'ErrorInvalidSyncStateData') return new CursorExpired(said)
  if (GONE.has(code)) return new NotFound(said)
  if (BUSY.has(code) || status === 429 || (status === 503 && wait !== null))
    return new SlowDown(said, Math.min(Math.max(wait ?? USUAL_WAIT, 1000), LONGEST_WAIT))
  if (OLD.has(code)) return new TooOld(said)
  return new Unreachable(said, code === '' ? reasonOf(status) : reasonBehind(code))
}

function reasonBehind(code: string): UnreachableReason {
  if (NO_MAILBOX.has(code)) return 'no-mailbox'
  if (DENIED.has(code)) return 'forbidden'
  if (CONFLICT.has(code)) return 'conflict'
  if (NONSENSE.has(code)) return 'bad-answer'
  if (code === 'ErrorMessageSizeExceeded' || code === 'ErrorRequestStreamTooBig') return 'too-large'
  return 'server-error'
}

function reasonOf(status: number): UnreachableReason {
  if (status === 403 || status === 407 || status === 451) return 'forbidden'
  if (status === 408) return 'timeout'
  if (status === 413) return 'too-large'
  if (status >= 500) return 'server-error'
  // A page to sign in at (302, 440), nothing at that address (404, 405), or a web page.
  return 'not-this-protocol'
}

/** Seconds or an HTTP-date (RFC 9110 §10.2.3); null when nothing is said (C01). */
export function retryAfter(headers: Headers, now: number): number | null {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (text === '') return null
  const date = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) - now : NaN
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : date
  return Number.isNaN(wait) ? USUAL_WAIT : wait
}

/** What `fetch` throws, in our words. The guarded fetch of the platform has its own; this is for every other. A bug stays one. */
export function unreached(error: unknown, host: string): unknown {
  const names: string[] = []
  for (let each = error; each instanceof Error && names.length < 5; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException
    names.push(typeof code === 'string' ? code : each.name)
  }
  const is = (pattern: RegExp): boolean => names.some((name) => pattern.test(name))
  if (is(/^(TimeoutError|ETIMEDOUT)$/)) return new Unreachable(`${host} did not answer in time`, 'timeout')
  return is(/^(E[A-Z]+|UND_ERR_\w+|HPE_\w+)$/) ||
    (error instanceof TypeError && error.message === 'fetch failed')
    ? new Unreachable(`the connection to ${host} broke (${names.at(-1)})`, 'connect')
    : error
}
