import type { ComponentChildren } from 'preact'
import type { PublicKey } from '#core/locale/words/public.ts'
import type { Words } from './page-times.ts'

const SHAPES = {
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7.5V12l3 2',
  video: 'M5 7h8a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2ZM15 11l6-3v8l-6-3',
  place: 'M12 21s7-6 7-11.2a7 7 0 0 0-14 0C5 15 12 21 12 21ZM12 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
  phone: 'M6 3h3.5l2 5L9 9.7a11 11 0 0 0 5.3 5.3l1.7-2.5 5 2V18a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z',
  ask: 'M4 5h16v11H9l-5 4Z',
  mail: 'M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM3.5 7.5 12 13l8.5-5.5',
  people:
    'M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 0 1 0 6M18 14a6.5 6.5 0 0 1 3.5 6',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c3.4 4 3.4 14 0 18M12 3c-3.4 4-3.4 14 0 18',
  soon: 'M13 3 5 14h6l-1 7 8-11h-6Z',
  lock: 'M7 11h10a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2ZM8 11V8a4 4 0 0 1 8 0v3',
  alert: 'M12 4 2.5 20h19ZM12 10v4.5M12 17.2v.1',
  calendar: 'M6 5h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM4 10h16M8 3v4M16 3v4',
  back: 'M15 5l-7 7 7 7',
  on: 'M9 5l7 7-7 7',
  check: 'M5 12.5 10 17l9-10',
} as const

export type IconName = keyof typeof SHAPES

export const Icon = ({ name }: { name: IconName }) => (
  <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={SHAPES[name]} />
  </svg>
)

/** Two calendars overlap, and what they share lights up. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 24" aria-hidden="true">
    <path class="lens" d="M16 4.2a9 9 0 0 1 0 15.6 9 9 0 0 1 0-15.6Z" />
    <circle cx="11.5" cy="12" r="9" />
    <circle cx="20.5" cy="12" r="9" />
  </svg>
)

/** What people typed or are called: kept from turning the sentence around it. */
export const Name = ({ children }: { children: string }) => <bdi>{children}</bdi>

const SEAM = '\uE000'

/** A sentence of the catalogue with nodes in the places of some of its values. */
export function rich(
  t: Words,
  key: PublicKey,
  nodes: Record<string, ComponentChildren>,
  values: Record<string, string | number> = {},
): ComponentChildren {
  const marks = Object.fromEntries(Object.keys(nodes).map((name) => [name, `${SEAM}${name}${SEAM}`]))
  return t(key, { ...values, ...marks })
    .split(SEAM)
    .map((piece, index) => (index % 2 === 0 ? piece : nodes[piece]))
}

/** Host's text: paragraphs and line breaks are kept, nothing else means anything. */
export const PlainText = ({ text }: { text: string }) =>
  text.trim() === '' ? null : (
    <div class="words">
      {text
        .trim()
        .split(/\n\s*\n/)
        .map((paragraph) => (
          <p>
            <bdi>{paragraph}</bdi>
          </p>
        ))}
    </div>
  )

export const Hidden = ({ fields }: { fields: Record<string, string | string[]> }) => (
  <>
    {Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((one) => <input type="hidden" name={name} value={one} />),
    )}
  </>
)

export const Notice = ({
  tone,
  icon,
  role,
  focus,
  children,
}: {
  tone: 'danger' | 'info' | 'accent'
  icon: IconName
  role?: 'alert'
  focus?: boolean
  children: ComponentChildren
}) => (
  <div class={`notice ${tone}`} {...(role ? { role } : {})} {...(focus ? FOCUSED : {})}>
    <Icon name={icon} />
    <div>{children}</div>
  </div>
)

/** Where reading goes on after a step: the browser puts the focus there, and so does the script after a swap. */
export const FOCUSED = { tabIndex: -1, autofocus: true, 'data-focus': '' } as const

/** "GF" */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/)
  const first = (part: string | undefined) =>
    [...new Intl.Segmenter().segment(part ?? '')][0]?.segment.slice(0, 8) ?? ''
  return (first(parts[0]) + (parts.length > 1 ? first(parts.at(-1)) : '')).toUpperCase()
}
