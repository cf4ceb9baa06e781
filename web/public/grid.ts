import { all, find } from './page.ts'

// The date grid of the ARIA Authoring Practices, made of the server's plain table of links.

const rows = (): HTMLElement[][] => all('.weeks tbody tr').map((row) => all('td', row))
/** What takes the focus in a cell: its link, or the cell itself where there is none. */
const target = (cell: HTMLElement): HTMLElement => find('a', cell) ?? cell

export function markGrid(): void {
  const cells = rows().flat()
  if (cells.length === 0) return
  find('.weeks')?.setAttribute('role', 'grid')
  const stop =
    cells.find((cell) => cell.contains(document.activeElement)) ??
    cells.find((cell) => find('[aria-current]', cell)) ??
    cells.find((cell) => find('[data-starts]', cell)) ??
    cells[0]
  for (const cell of cells) {
    cell.setAttribute('role', 'gridcell')
    cell.setAttribute('aria-selected', String(find('[aria-current]', cell) !== null))
    target(cell).tabIndex = cell === stop ? 0 : -1
  }
}

/** Where in the grid an element stands; −1 where it does not. */
export const placeOf = (element: Element): number =>
  rows()
    .flat()
    .findIndex((cell) => cell.contains(element))

export function focusCell(place: number): void {
  const cells = rows().flat()
  const cell = cells[place]
  if (!cell) return
  for (const other of cells) target(other).tabIndex = other === cell ? 0 : -1
  target(cell).focus()
}

/** Where a key leads from a place in the grid; null where it leads nowhere. */
export function placeAfter(key: string, place: number): number | null {
  const weeks = rows()
  const cell = weeks.flat()[place]
  const days = weeks[0]?.length ?? 0
  if (!cell || days === 0) return null
  const ahead = getComputedStyle(cell).direction === 'rtl' ? -1 : 1
  const week = place - (place % days)
  switch (key) {
    case 'ArrowLeft':
      return place - ahead
    case 'ArrowRight':
      return place + ahead
    case 'ArrowUp':
      return place - days
    case 'ArrowDown':
      return place + days
    case 'Home':
      return week
    case 'End':
      return week + days - 1
    default:
      return null
  }
}
