/** One of Google's error answers; thrown by any verb, written out by the server. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: number
  readonly reason: string
  readonly location: { locationType: string; location: string } | null
  constructor(status: number, reason: string, message: string, location: Refusal['location'] = null) {
    super(message)
    this.status = status
    this.reason = reason
    this.location = location
  }
}

export const parameter = (location: string): Refusal['location'] => ({ locationType: 'parameter', location })
export const header = (location: string): Refusal['location'] => ({ locationType: 'header', location })

export const notFound = (): Refusal => new Refusal(404, 'notFound', 'Not Found')
export const invalid = (message: string, location: Refusal['location'] = null): Refusal =>
  new Refusal(400, 'invalid', message, location)
export const required = (message: string): Refusal => new Refusal(400, 'required', message)

const DOMAINS: Record<string, string> = {
  rateLimitExceeded: 'usageLimits',
  userRateLimitExceeded: 'usageLimits',
  quotaExceeded: 'usageLimits',
  dailyLimitExceeded: 'usageLimits',
  timeRangeEmpty: 'calendar',
  timeRangeTooLong: 'calendar',
  fullSyncRequired: 'calendar',
  updatedMinTooLongAgo: 'calendar',
  requiredAccessLevel: 'calendar',
  forbiddenForNonOrganizer: 'calendar',
  cannotChangeOrganizerOfInstance: 'calendar',
}

// developers.google.com/workspace/calendar/api/guides/errors, where each of these bodies is printed.
export const MESSAGES: Record<string, { status: number; message: string; location?: Refusal['location'] }> = {
  authError: { status: 401, message: 'Invalid Credentials', location: header('Authorization') },
  userRateLimitExceeded: { status: 403, message: 'User Rate Limit Exceeded' },
  rateLimitExceeded: { status: 403, message: 'Rate Limit Exceeded' },
  quotaExceeded: { status: 403, message: 'Calendar usage limits exceeded.' },
  dailyLimitExceeded: { status: 403, message: 'Daily Limit Exceeded' },
  forbidden: { status: 403, message: 'Forbidden' },
  insufficientPermissions: { status: 403, message: 'Request had insufficient authentication scopes.' },
  forbiddenForNonOrganizer: {
    status: 403,
    message: 'Shared properties can only be changed by the organizer of the event.',
  },
  notFound: { status: 404, message: 'Not Found' },
  duplicate: { status: 409, message: 'The requested identifier already exists.' },
  conflict: { status: 409, message: 'Conflict' },
  deleted: { status: 410, message: 'Resource has been deleted' },
  fullSyncRequired: {
    status: 410,
    message: 'Sync token is no longer valid, a full sync is required.',
    location: parameter('syncToken'),
  },
  updatedMinTooLongAgo: {
    status: 410,
    message: 'The requested minimum modification time lies too far in the past.',
    location: parameter('updatedMin'),
  },
  conditionNotMet: { status: 412, message: 'Precondition Failed', location: header('If-Match') },
  backendError: { status: 500, message: 'Backend Error' },
}

/** The refusal that the guide prints under this reason. */
export function refuse(reason: string, status?: number): Refusal {
  const known = MESSAGES[reason]
  return new Refusal(
    status ?? known?.status ?? 400,
    reason,
    known?.message ?? reason,
    known?.location ?? null,
  )
}

const STATUS: Record<string, string> = {
  insufficientPermissions: 'PERMISSION_DENIED',
  authError: 'UNAUTHENTICATED',
  invalidArgument: 'INVALID_ARGUMENT',
}

export const errorBody = ({ status, reason, message, location }: Refusal) => ({
  error: {
    code: status,
    message,
    errors: [{ domain: DOMAINS[reason] ?? 'global', reason, message, ...location }],
    ...(STATUS[reason] ? { status: STATUS[reason] } : {}),
  },
})
