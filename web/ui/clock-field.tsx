import { useState, type KeyboardEvent } from 'react'
import { cx } from './look.ts'

type ClockProps = {
  label: string
  minutes: number
  onChange: (minutes: number) => void
  id?: string
  className?: string
}

/**
 * A time of day in 24 hours, typed as people type it: 9, 9.30, 0930, 18:00. The browser's own field follows the language
 * of the browser instead of the page's, and some hide half of it behind AM and PM. Arrow keys go by a quarter of an hour.
 */
export function ClockField({ label, minutes, onChange, id, className }: ClockProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const settle = () => {
    const read = typed === null ? null : readClock(typed)
    setTyped(null)
    if (read !== null && read !== minutes % 1440) onChange(read)
  }
  const step = (event: KeyboardEvent) => {
    if (event.key === 'Enter') settle()
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    setTyped(null)
    onChange((Math.round((minutes % 1440) / 15) * 15 + (event.key === 'ArrowUp' ? 15 : -15) + 1440) % 1440)
  }
  return (
    <input
      id={id}
      type="text"
      inputMode="numeric"
      aria-label={label}
      autoComplete="off"
      maxLength={5}
      className={cx('control w-19 text-center', className)}
      value={typed ?? showClock(minutes)}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={settle}
      onKeyDown={step}
    />
  )
}

/** 570 → 09:30; what passes midnight is shown as the clock shows it. */
export const showClock = (minutes: number): string => {
  const wall = minutes % 1440
  return `${String(Math.floor(wall / 60)).padStart(2, '0')}:${String(wall % 60).padStart(2, '0')}`
}

/** 9 · 9.30 · 930 · 18:00 · 24 → minutes after midnight; null for what is no time of day. */
export function readClock(text: string): number | null {
  const [, hours, minutes = '0'] = /^(\d{1,2})(?:[:.,h ]?(\d{2}))?$/.exec(text.trim()) ?? []
  if (hours === undefined || Number(hours) > 24 || Number(minutes) > 59) return null
  const read = Number(hours) * 60 + Number(minutes)
  return read > 1440 ? null : read % 1440
}
