import { useEffect, useRef, type ReactNode } from 'react'

// On the first page of a visit the browser's own start of reading is right; afterwards a new screen must be heard.
let arrived = false

type HeadingProps = {
  title: string
  above?: ReactNode
  below?: ReactNode
  lead?: ReactNode
  children?: ReactNode
}

/** The heading of a screen: names the document, takes the focus after a move, and carries the screen's main actions. */
export function ScreenHeading({ title, above, below, lead, children }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Ritrovo`
  }, [title])
  useEffect(() => {
    if (arrived) heading.current?.focus({ preventScroll: true })
    arrived = true
  }, [])
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 flex-1 basis-60 items-center gap-3">
        {lead}
        <div className="min-w-0">
          {above && <div className="text-sm text-muted">{above}</div>}
          <h1 ref={heading} tabIndex={-1} className="text-xl font-bold">
            {title}
          </h1>
          {below && <div className="text-sm text-muted">{below}</div>}
        </div>
      </div>
      {children && <div className="flex flex-wrap gap-3">{children}</div>}
    </header>
  )
}
