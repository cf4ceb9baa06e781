import { cx } from './look.ts'

export const initials = (name: string): string => {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? String.fromCodePoint(word.codePointAt(0)!) : undefined))
    .filter(Boolean)
  return letters.join('').toUpperCase() || '·'
}

/** Two letters instead of a picture: nothing is fetched from anyone. */
export const Avatar = ({ name, large = false }: { name: string; large?: boolean }) => (
  <span
    aria-hidden="true"
    className={cx(
      'grid flex-none place-content-center rounded-full bg-primary-soft font-bold text-on-primary-soft',
      large ? 'size-14 text-lg' : 'size-9 text-xs',
    )}
  >
    {initials(name)}
  </span>
)
