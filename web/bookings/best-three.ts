import type { Preview } from '../api-types.ts'

/** Three starts that suit most people: on different days where there are any, early and late in turn. */
export function bestThree(days: Preview['days']): number[] {
  const open = days.filter(({ starts }) => starts.length > 0)
  const picks = open
    .slice(0, 3)
    .map(({ starts }, index) => starts[Math.floor((starts.length - 1) * [0.3, 0.75, 0.3][index]!)]!)
  for (const start of open.flatMap(({ starts }) => starts))
    if (picks.length < 3 && !picks.includes(start)) picks.push(start)
  return picks.sort((a, b) => a - b)
}
