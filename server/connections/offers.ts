import { may, type Scope } from '#server/accounts/gate.ts'
import type { Deps } from '#server/platform/deps.ts'
import { findRights, type Legacy } from './legacy.ts'
import { mayAdd } from './places.ts'
import { findApp } from './provider-apps.ts'
import { findLive } from './store.ts'

type Offer = {
  name: 'google' | 'microsoft' | 'exchange' | 'caldav'
  state: 'ready' | 'not-configured' | 'later'
  testing: boolean
}
export type Offers = {
  providers: Offer[]
  permitted: boolean
  connections: number
  rule: 'one' | 'several' | 'legacy'
  mayAdd: boolean
  legacy: Legacy
}

/** What can be connected on this server, and what of it this person may. */
export async function offers(deps: Deps, scope: Scope): Promise<Offers> {
  const { workspaceId, userId } = scope
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const [google, microsoft] = [
      await findApp(deps, tx, workspaceId, 'google'),
      await findApp(deps, tx, workspaceId, 'microsoft'),
    ]
    const rights = await findRights(tx, workspaceId, userId)
    const live = await findLive(tx, workspaceId, userId)
    const offer = (name: Offer['name'], app: { testing: boolean } | null): Offer => ({
      name,
      state: app ? 'ready' : 'not-configured',
      testing: app?.testing ?? false,
    })
    return {
      providers: [
        offer('google', deps.providers.google ? google : null),
        offer('microsoft', deps.providers.microsoft ? microsoft : null),
        // The server speaks EWS; the dialog that asks for an account does not exist yet.
        { name: 'exchange', state: 'later', testing: false },
        offer('caldav', { testing: false }),
      ],
      permitted: may(scope, 'personal-email'),
      connections: live.filter(({ calendarEnded }) => !calendarEnded).length,
      rule: rights.several ? 'several' : rights.pair ? 'legacy' : 'one',
      mayAdd: mayAdd(live, rights),
      legacy: rights.legacy,
    }
  })
}
