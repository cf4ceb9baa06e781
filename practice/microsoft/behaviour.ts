import { MINUTE } from '#core/time/model.ts'

/** How the server behaves where the documents leave room, or the world has been seen to differ. A test sets what it needs. */
export class Behaviour {
  /** What a refresh does to the token it was made with: Entra leaves it alive; 'killed' also kills the whole family when it comes again. */
  rotation: 'kept' | 'killed' = 'kept'
  /** For how long a killed refresh token still answers, as if nothing had happened. */
  rotationGrace = 0
  accessLifetime = 75 * MINUTE
  /** Notices of change are lost on the way. */
  deaf = false
  /** When the link of an online meeting is there: with the event, after `finishMeeting`, or never. */
  meetingLinks: 'at-once' | 'later' | 'never' = 'at-once'
  /** Which of the two answers seen in the world a repeated transactionId gets. */
  duplicateStatus: 400 | 409 = 400
  /** learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime says 10080; tenants have been seen to say 10070. */
  longestSubscription = 10_080
  /** Meetings that were declined stay: Exchange takes them out, unless their owner chose to preserve them. */
  keepsDeclined = false
  /** Deleted occurrences of a series are not told in deltas (microsoftgraph/microsoft-graph-docs pull 4501). */
  forgetsDeletedOccurrences = false
  /** In deltas the occurrences come before their series. */
  mastersLast = false
}
