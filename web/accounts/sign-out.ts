import { accounts } from '../api.ts'
import { queryClient } from '../queries.ts'

/** Ends the session here; nothing of it stays in the page's memory. */
export async function signOut(then: () => unknown): Promise<void> {
  await accounts.signOut()
  await then()
  queryClient.clear()
}
