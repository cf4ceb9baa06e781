import { useSyncExternalStore } from 'react'
import { chooseLocale, isLocale, type Locale } from '#core/locale/locale.ts'
import type { Theme } from './api-types.ts'

export type Preferences = { locale: Locale; theme: Theme }

const KEYS = { locale: 'ritrovo.locale', theme: 'ritrovo.theme' } as const
const isTheme = (value: unknown): value is Theme =>
  value === 'system' || value === 'light' || value === 'dark'

// Storage may be forbidden; then the choice lasts as long as the page.
const kept = (key: string): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
const keep = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value)
  } catch {
    // see above
  }
}

let current: Preferences = (() => {
  const asked = new URLSearchParams(location.search).get('lang')
  const locale = [asked, kept(KEYS.locale)].find(isLocale) ?? chooseLocale(navigator.languages.join(','))
  const theme = kept(KEYS.theme)
  return { locale, theme: isTheme(theme) ? theme : 'system' }
})()
const listeners = new Set<() => void>()

const show = ({ locale, theme }: Preferences): void => {
  document.documentElement.lang = locale
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
show(current)

/** Language and theme, before and after sign-in: kept in this browser, shown at once. */
export function prefer(change: Partial<Preferences>): void {
  const next = { ...current, ...change }
  if (next.locale === current.locale && next.theme === current.theme) return
  current = next
  keep(KEYS.locale, next.locale)
  keep(KEYS.theme, next.theme)
  show(next)
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => current)
