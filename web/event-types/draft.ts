import { useState } from 'react'
import type { EventType, Page, PageChange } from '../api-types.ts'

export type Draft = Pick<Page, 'slug' | 'locale' | 'open' | 'listed'> & { eventType: EventType }

const OUTER = ['slug', 'locale', 'open', 'listed'] as const
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export const draftOf = ({ slug, locale, open, listed, eventType }: Page): Draft => ({
  slug,
  locale,
  open,
  listed,
  eventType,
})

/** Empty lines of a list of choices are a matter of typing, not of the question. */
const tidy = (eventType: EventType): EventType => ({
  ...eventType,
  title: eventType.title.trim(),
  questions: eventType.questions.map(({ options, ...question }) => ({
    ...question,
    label: question.label.trim(),
    ...(options && (question.kind === 'choice' || question.kind === 'many')
      ? { options: options.map((option) => option.trim()).filter(Boolean) }
      : {}),
  })),
})

/** Only what differs: a save must not carry along fields that someone else may have changed. */
export function changesOf(base: Draft, draft: Draft): Omit<PageChange, 'version'> {
  const outer = Object.fromEntries(
    OUTER.filter((key) => base[key] !== draft[key]).map((key) => [key, draft[key]]),
  )
  const now = tidy(draft.eventType)
  const keys = (Object.keys(now) as (keyof EventType)[]).filter(
    (key) => key !== 'version' && key !== 'id' && !same(base.eventType[key], now[key]),
  )
  return {
    ...outer,
    ...(keys.length ? { eventType: Object.fromEntries(keys.map((key) => [key, now[key]])) } : {}),
  }
}

/** The same fields as a change, with the values they had before it. */
export function changesBack(before: Draft, change: Omit<PageChange, 'version'>): Omit<PageChange, 'version'> {
  const outer = Object.fromEntries(OUTER.filter((key) => key in change).map((key) => [key, before[key]]))
  const keys = Object.keys(change.eventType ?? {}) as (keyof EventType)[]
  return {
    ...outer,
    ...(keys.length
      ? { eventType: Object.fromEntries(keys.map((key) => [key, before.eventType[key]])) }
      : {}),
  }
}

type Past = { drafts: Draft[]; field: string; at: number }

/** What is being typed, with the way back step by step. Letters typed into one field in one go are one step. */
export function useDraft(start: Draft) {
  const [base, setBase] = useState(start)
  const [draft, setDraft] = useState(start)
  const [past, setPast] = useState<Past>({ drafts: [], field: '', at: 0 })

  const put = (change: Partial<Draft>, field = Object.keys(change).join()) => {
    const now = Date.now()
    const goesOn = past.field === field && now - past.at < 1500
    setPast({ drafts: goesOn ? past.drafts : [...past.drafts.slice(-49), draft], field, at: now })
    setDraft({ ...draft, ...change })
  }
  return {
    base,
    draft,
    dirty: !same(base, draft),
    canUndo: past.drafts.length > 0,
    put,
    putType: (change: Partial<EventType>) =>
      put({ eventType: { ...draft.eventType, ...change } }, Object.keys(change).join()),
    undo: () => {
      const before = past.drafts.at(-1)
      if (!before) return
      setDraft(before)
      setPast({ drafts: past.drafts.slice(0, -1), field: '', at: 0 })
    },
    /** Takes over what the server has; nothing typed is left. */
    rebase: (to: Draft) => {
      setBase(to)
      setDraft(to)
      setPast({ drafts: [], field: '', at: 0 })
    },
  }
}

export type DraftState = ReturnType<typeof useDraft>
