import { useMutation } from '@tanstack/react-query'
import { connections } from '../api.ts'
import type { Connection, Trip, TripProvider } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { disclosureQuery, queryClient } from '../queries.ts'

/** What a person chose before leaving for a provider. */
export type Choice = Omit<Trip, 'locale' | 'textVersion' | 'purpose'> & {
  purpose?: NonNullable<Trip['purpose']> | 'mailbox'
}

// The choice outlives the trip in this tab, so that "try again" asks for nothing twice. No secret is in it.
const KEY = 'ritrovo.trip'
const keep = (choice: Choice): void => {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(choice))
  } catch {
    // Storage may be forbidden; then the choice is made again.
  }
}

/** What was last chosen for this provider in this tab. */
export function lastChoice(provider: TripProvider): Choice {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Choice | null
    if (kept?.provider === provider) return kept
  } catch {
    // see above
  }
  return { provider, mail: true }
}

/** The same choice with no account in mind: the provider shows its chooser. */
export function anyAccount(choice: Choice): Choice {
  const { loginHint: _, ...rest } = choice
  return rest
}

/** Leaves for the provider. Once it succeeded this page is on its way out. */
export function useSetOut() {
  const { locale } = useLanguage()
  return useMutation({
    mutationFn: async (choice: Choice) => {
      const { purpose, ...wish } = choice.loginHint?.trim() ? choice : anyAccount(choice)
      const { version } = await queryClient.fetchQuery(disclosureQuery(wish.provider, wish.mail))
      const agreed = { textVersion: version, locale }
      const { url } =
        purpose === 'mailbox' && wish.connectionId
          ? await connections.linkMailbox(wish.connectionId, { provider: wish.provider, ...agreed })
          : await connections.setOut({
              ...wish,
              ...agreed,
              ...(purpose && purpose !== 'mailbox' && { purpose }),
            })
      keep(choice)
      location.assign(url)
    },
  })
}

/** The choice that gives back what a connection had: one click. */
export const reconnecting = ({ id, provider, account, mailbox }: Connection): Choice => ({
  provider: provider as TripProvider,
  mail: mailbox,
  loginHint: account,
  connectionId: id,
  purpose: 'reconnect',
})
