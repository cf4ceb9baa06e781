import type { Deps } from '#server/platform/deps.ts'
import type { Identity, Tokens } from './oauth.ts'
import type { Sealed, SealedTokens } from './store.ts'

// The field is part of what binds an envelope to its place: a password must not open as an address (S03).
export const place = (field: keyof Sealed | 'refresh', workspaceId: string, connectionId: string) => ({
  table: 'connections',
  field,
  row: connectionId,
  workspaceId,
})

/** A grant that can be kept: with a refresh token, and sealed to its row. */
export const sealTokens = (
  deps: Deps,
  workspaceId: string,
  connectionId: string,
  tokens: Tokens & { refresh: string },
  { issuer, subject }: Identity,
  scopes: string[],
): SealedTokens => ({
  issuer,
  subject,
  access: deps.secrets.seal(tokens.access, place('secret', workspaceId, connectionId)),
  refresh: deps.secrets.seal(tokens.refresh, place('refresh', workspaceId, connectionId)),
  expiresAt: tokens.expiresAt,
  diesAt: tokens.diesAt,
  scopes,
})
