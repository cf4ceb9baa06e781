import { PERSONAL_TENANT, type Person } from './model.ts'
import type { PracticeStore } from './store.ts'

/** The app that is registered here. `redirectUris` null: any address of this machine. */
export type App = { id: string; secret: string; redirectUris: string[] | null }

export function mayReturnTo(app: App, uri: string): boolean {
  if (app.redirectUris) return app.redirectUris.includes(uri)
  return /^https?:\/\/(localhost|127\.0\.0\.1|[\w.-]+\.localhost)(:\d+)?(\/|$)/.test(uri)
}

/** The id behind a tenant's id or domain; null for the doors that stand for many, and for what is no tenant. */
export function tenantId(store: PracticeStore, name: string): string | null {
  if (name === PERSONAL_TENANT) return name
  return (
    [...store.tenants.values()].find(
      ({ id, domain }) => id === name.toLowerCase() || domain === name.toLowerCase(),
    )?.id ?? null
  )
}

/** Who may sign in through a door: learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints */
export function peopleOf(store: PracticeStore, door: string): Person[] {
  const id = door === 'consumers' ? PERSONAL_TENANT : tenantId(store, door)
  return [...store.people.values()].filter(({ tenant }) =>
    door === 'common' ? true : door === 'organizations' ? tenant !== PERSONAL_TENANT : tenant === id,
  )
}
