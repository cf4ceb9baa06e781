import type { Instant } from '#core/time/model.ts'
import type { Scope } from '#server/accounts/gate.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { OAUTH_PROVIDERS, type OAuthProvider } from './model.ts'
import { probeApp, redirectUri, type ProbeOutcome } from './oauth.ts'
import { deleteApp, findAppRow, saveApp, saveAppTest, type AppRow } from './store.ts'

/** This server as a provider knows it. `tenant` is null where the setting decides. */
export type ProviderApp = {
  clientId: string
  clientSecret: string
  tenant: string | null
  /** Google lets the grants of an app in “Testing” die after seven days. */
  testing: boolean
  source: 'settings' | 'workspace'
}

const place = (workspaceId: string, provider: OAuthProvider) => ({
  table: 'provider_apps',
  field: 'client_secret',
  row: provider,
  workspaceId,
})

/** The client an admin entered for this workspace, else the server's own; null where there is neither. */
export async function findApp(
  deps: Deps,
  tx: Tx,
  workspaceId: string,
  provider: OAuthProvider,
): Promise<ProviderApp | null> {
  const row = await findAppRow(tx, workspaceId, provider)
  if (!row) return settingsApp(deps, provider)
  return {
    clientId: row.clientId,
    clientSecret: deps.secrets.unseal(row.sealedSecret, place(workspaceId, provider)),
    tenant: row.tenant,
    testing: row.testing,
    source: 'workspace',
  }
}

/** The same in a transaction of its own. */
export const getApp = (deps: Deps, workspaceId: string, provider: OAuthProvider) =>
  deps.db.inWorkspace(workspaceId, (tx) => findApp(deps, tx, workspaceId, provider))

function settingsApp({ config }: Deps, provider: OAuthProvider): ProviderApp | null {
  const [clientId, secret] =
    provider === 'google'
      ? [config.googleClientId, config.googleClientSecret]
      : [config.microsoftClientId, config.microsoftClientSecret]
  if (!clientId || !secret) return null
  return { clientId, clientSecret: secret.open(), tenant: null, testing: false, source: 'settings' }
}

export type ListedApp = {
  provider: OAuthProvider
  clientId: string | null
  source: 'settings' | 'workspace' | 'none'
  redirectUri: string
  tenant: string | null
  testing: boolean
  testedAt: Instant | null
  testOutcome: ProbeOutcome | null
}

/** Both providers, whether set up or not; a secret is never among the answer. */
export async function listApps(deps: Deps, workspaceId: string): Promise<ListedApp[]> {
  const rows = await deps.db.inWorkspace(workspaceId, (tx) =>
    Promise.all(OAUTH_PROVIDERS.map((provider) => findAppRow(tx, workspaceId, provider))),
  )
  return OAUTH_PROVIDERS.map((provider, index) => listed(deps, provider, rows[index] ?? null))
}

function listed(deps: Deps, provider: OAuthProvider, row: AppRow | null): ListedApp {
  const own = settingsApp(deps, provider)
  return {
    provider,
    clientId: row?.clientId ?? own?.clientId ?? null,
    source: row ? 'workspace' : own ? 'settings' : 'none',
    redirectUri: redirectUri(deps, provider),
    tenant: provider === 'microsoft' ? (row?.tenant ?? deps.config.microsoftTenant) : null,
    testing: row?.testing ?? false,
    testedAt: row?.testedAt ?? null,
    testOutcome: row?.testOutcome ?? null,
  }
}

export type AppDraft = {
  clientId: string
  clientSecret?: string | undefined
  tenant?: string | undefined
  testing: boolean
}

/** What an admin typed in. Without a new secret the stored one stays, but only for the client it belongs to. */
export async function enterApp(
  deps: Deps,
  { workspaceId, userId }: Scope,
  provider: OAuthProvider,
  { clientId, clientSecret, tenant, testing }: AppDraft,
): Promise<{ kind: 'entered' } | { kind: 'secret-missing' }> {
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const row = await findAppRow(tx, workspaceId, provider)
    const sealedSecret = clientSecret
      ? deps.secrets.seal(clientSecret, place(workspaceId, provider))
      : row?.clientId === clientId
        ? row.sealedSecret
        : null
    if (sealedSecret === null) return { kind: 'secret-missing' }
    await saveApp(tx, {
      workspaceId,
      provider,
      clientId,
      sealedSecret,
      tenant: provider === 'microsoft' ? tenant || null : null,
      testing: provider === 'google' && testing,
      userId,
      now: deps.now(),
    })
    return { kind: 'entered' }
  })
}

export const removeApp = (deps: Deps, { workspaceId }: Scope, provider: OAuthProvider): Promise<boolean> =>
  deps.db.inWorkspace(workspaceId, (tx) => deleteApp(tx, workspaceId, provider))

/** Whether the provider knows the client that would be used now; null where there is none. */
export async function testApp(
  deps: Deps,
  { workspaceId }: Scope,
  provider: OAuthProvider,
): Promise<ProbeOutcome | null> {
  const app = await getApp(deps, workspaceId, provider)
  if (!app) return null
  const outcome = await probeApp(deps, provider, app)
  await deps.db.inWorkspace(workspaceId, (tx) =>
    saveAppTest(tx, workspaceId, provider, app.clientId, outcome, deps.now()),
  )
  return outcome
}
