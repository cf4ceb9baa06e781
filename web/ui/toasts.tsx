import { useSyncExternalStore } from 'react'
import { Check, TriangleAlert, X } from 'lucide-react'

type Toast = { id: number; words: string; tone: 'good' | 'bad'; action?: { label: string; run: () => void } }

const SHOWN_FOR = 6000 // never under five seconds: a screen reader may still be at the sentence before
let toasts: readonly Toast[] = []
let next = 1
const listeners = new Set<() => void>()
const timers = new Map<number, ReturnType<typeof setTimeout>>()

const set = (list: readonly Toast[]) => {
  toasts = list
  for (const listener of listeners) listener()
}
const dismiss = (id: number) => {
  clearTimeout(timers.get(id))
  timers.delete(id)
  set(toasts.filter((toast) => toast.id !== id))
}
const wait = (id: number) =>
  timers.set(
    id,
    setTimeout(() => dismiss(id), SHOWN_FOR),
  )
const rest = (id: number) => clearTimeout(timers.get(id))

/** Says that something is done. What went wrong and needs an answer belongs on the page, not here. */
export function toast(words: string, options: Partial<Omit<Toast, 'id' | 'words'>> = {}): void {
  const id = next++
  set([...toasts.slice(-2), { id, words, tone: 'good', ...options }])
  wait(id)
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The region stays in the page all the time: one that appears together with its words is often not read out. */
export function Toasts({ close, label }: { close: string; label: string }) {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    // An open dialog hides the rest of the page from screen readers; this must still be heard.
    <section
      data-react-aria-top-layer="true"
      aria-label={label}
      role="status"
      aria-live="polite"
      className="toasts pointer-events-none fixed inset-x-4 bottom-20 z-50 grid justify-items-center gap-2 sm:start-auto sm:bottom-6 sm:w-80"
    >
      {shown.map(({ id, words, tone, action }) => (
        <div
          key={id}
          className="over-enter pointer-events-auto flex w-full max-w-md items-center gap-3 rounded-card bg-toast ps-4 pe-1 text-on-toast shadow-over forced-colors:border"
          onPointerEnter={() => rest(id)}
          onPointerLeave={() => wait(id)}
          onFocus={() => rest(id)}
          onBlur={() => wait(id)}
        >
          {tone === 'good' ? (
            <Check size={18} aria-hidden className="flex-none" />
          ) : (
            <TriangleAlert size={18} aria-hidden className="flex-none" />
          )}
          <span className="flex-1 py-3 font-medium">{words}</span>
          {action && (
            <button
              type="button"
              className="min-h-11 rounded-control px-2 font-bold underline underline-offset-4"
              onClick={() => (action.run(), dismiss(id))}
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            aria-label={close}
            className="grid size-11 flex-none place-content-center rounded-control"
            onClick={() => dismiss(id)}
          >
            <X size={18} aria-hidden />
          </button>
        </div>
      ))}
    </section>
  )
}
