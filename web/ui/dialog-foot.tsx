import type { ReactNode } from 'react'

/** The foot of a dialog or step: the way back at the start, the way on at the end. */
export const DialogFoot = ({ children }: { children: ReactNode }) => (
  <div className="mt-2 flex flex-wrap-reverse items-center justify-between gap-3">{children}</div>
)
