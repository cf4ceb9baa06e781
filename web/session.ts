import { useSyncExternalStore } from 'react'

// The server said "not signed in" while someone was at work: the page stays as it is and asks for the password over it.
let over = false
const listeners = new Set<() => void>()
const set = (next: boolean) => {
  over = next
  for (const listener of listeners) listener()
}

export const endSession = (): void => set(true)
export const renewSession = (): void => set(false)

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
export const useSessionOver = (): boolean => useSyncExternalStore(subscribe, () => over)
