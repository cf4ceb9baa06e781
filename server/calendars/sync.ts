import { MINUTE, type Instant, type Span } from '#core/time/model.ts'
import { openConnection, type Opened } from '#server/connections/session.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import type { Task } from '#server/platform/jobs.ts'
import { CursorExpired, Unreachable, type Page } from '#server/providers/provider.ts'
import { FULL_READ_EVERY, LEASE, windowFrom } from './model.ts'
import { savePage } from './save-page.ts'
import { calendarChanged } from './changed.ts'
import { claimCalendar, leasedUntil, rewind, type Claim } from './store.ts'
import { saveFault, TooSoon } from './trouble.ts'

// A server that always says "there is more" is not believed for ever (B05).
const PAGES = 2000
// A server that forgets every cursor would be read from the start each time (B02).
const FULL_READS_APART = 30 * MINUTE

/** Brings our copy of one calendar up to date, page by page. Safe to run twice and to be killed anywhere. */
export const syncCalendar: Task<{ workspaceId: string; calendarId: string }> = {
  name: 'calendars.sync',
  key: ({ calendarId }) => calendarId, // forty knocks, one sync
  width: 4,
  expires: 1800,
  async run(deps, { workspaceId, calendarId }) {
    const now = deps.now()
    const claim = await deps.db.inWorkspace(workspaceId, (tx) =>
      claimCalendar(tx, workspaceId, calendarId, now, now + LEASE),
    )
    if (!claim) return comeBack(deps, workspaceId, calendarId, now)
    let opened: Opened | null = null
    const news = { changed: false }
    try {
      opened = await openConnection(deps, workspaceId, claim.connectionId, { feature: 'sync' })
      await readToTheEnd(deps, claim, opened, news)
    } catch (error) {
      await saveFault(deps, claim, opened, error)
    } finally {
      if (news.changed) await deps.jobs.enqueue(null, calendarChanged, { workspaceId, calendarId })
    }
  },
}

/** Somebody else is reading: what made us knock may have come after they looked, so one more look follows theirs. */
async function comeBack(deps: Deps, workspaceId: string, calendarId: string, now: Instant): Promise<void> {
  const until = await deps.db.inWorkspace(workspaceId, (tx) => leasedUntil(tx, workspaceId, calendarId))
  if (until !== null && until > now)
    await deps.jobs.enqueue(null, syncCalendar, { workspaceId, calendarId }, { after: 5 })
}

async function readToTheEnd(
  deps: Deps,
  claim: Claim,
  opened: Opened,
  news: { changed: boolean },
): Promise<void> {
  if (wantsFullRead(claim, deps.now()) && !(await beginFullRead(deps, claim, { expired: false }))) return
  const read = { removed: 0 }
  for (let pages = 0; pages < PAGES; pages++) {
    const page = await nextPage(deps, claim, opened)
    if (page === 'lost') return
    if (page.more && page.cursor === claim.cursor)
      throw new Unreachable('the server gives the same page again and again', 'bad-answer')
    await failpoint('sync_page_n')
    const saved = await savePage(deps, claim, page, read)
    if (saved.kind !== 'saved') return
    news.changed ||= saved.changed
    claim.cursor = page.cursor
    if (!page.more) return
  }
  throw new Unreachable(`more than ${PAGES} pages`, 'bad-answer')
}

function wantsFullRead(claim: Claim, now: Instant): boolean {
  if (claim.windowStart === null) return true
  // The window was laid around the instant at which the last full read began.
  const began = claim.windowStart - windowFrom(0).start
  return !claim.refilling && (claim.quarantinedAt !== null || now - began >= FULL_READ_EVERY)
}

async function nextPage(deps: Deps, claim: Claim, opened: Opened): Promise<Page | 'lost'> {
  const pull = () =>
    opened.provider.pull(
      { ...opened.session, zone: claim.zone ?? opened.session.zone },
      claim.remoteId,
      claim.cursor,
      windowOf(claim),
    )
  try {
    return await pull()
  } catch (error) {
    // Read from the start, there is no cursor that could have expired.
    if (!(error instanceof CursorExpired) || claim.cursor === null) throw error
    const wait = (claim.rewoundAt ?? -Infinity) + FULL_READS_APART - deps.now()
    if (wait > 0) throw new TooSoon(error.message, wait)
    return (await beginFullRead(deps, claim, { expired: true })) ? await pull() : 'lost'
  }
}

const windowOf = (claim: Claim): Span => ({ start: claim.windowStart!, end: claim.windowEnd! })

/** False when the fence has passed on. */
async function beginFullRead(deps: Deps, claim: Claim, { expired }: { expired: boolean }): Promise<boolean> {
  const now = deps.now()
  const window = windowFrom(now)
  const generation = await deps.db.inWorkspace(claim.workspaceId, (tx) =>
    rewind(tx, claim, { window, expired, doubt: null, now }),
  )
  if (generation === null) return false
  Object.assign(claim, {
    cursor: null,
    generation,
    refilling: true,
    windowStart: window.start,
    windowEnd: window.end,
    ...(expired ? { rewoundAt: now } : {}),
  })
  return true
}
