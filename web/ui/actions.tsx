import { useId, useRef, type ReactNode } from 'react'
import { Ellipsis } from 'lucide-react'
import { buttonLook, type Look } from './button.tsx'
import { cx } from './look.ts'

type ActionsProps = {
  label: ReactNode
  name?: string
  icon?: ReactNode
  look?: Look
  className?: string
  children: ReactNode
}

/** A button that opens a small list of buttons and links. Escape, a click beside it and the focus on the way back are the browser's. */
export function Actions({ label, name, icon, look, className, children }: ActionsProps) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)

  // The list lives in the top layer and knows nothing of its button: put it below, or above where there is no room.
  const place = (open: boolean) => {
    const box = button.current?.getBoundingClientRect()
    if (!open || !box || !list.current) return
    const { offsetWidth: width, offsetHeight: height } = list.current
    const below = box.bottom + 4 + height <= innerHeight
    list.current.style.top = `${Math.max(8, below ? box.bottom + 4 : box.top - 4 - height)}px`
    list.current.style.left = `${Math.max(8, Math.min(box.right - width, innerWidth - width - 8))}px`
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-label={name}
        className={className ?? buttonLook(look ?? { tone: 'quiet', small: true })}
      >
        {icon ?? <Ellipsis size={18} aria-hidden />}
        {label}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        onToggle={(event) => place(event.newState === 'open')}
        onClick={() => list.current?.hidePopover()}
        className="hairline fixed inset-auto m-0 min-w-52 rounded-card bg-surface p-1.5 text-text shadow-over"
      >
        <div className="grid">{children}</div>
      </div>
    </>
  )
}

/** The look of one line in the list. */
export const actionLook = (danger = false): string =>
  cx(
    'flex min-h-11 w-full items-center gap-3 rounded-control px-3 text-start text-sm hover:bg-sunken focus-visible:-outline-offset-2',
    danger ? 'text-danger' : 'text-text',
  )
