import type { ReactNode } from 'react'
import { X } from 'lucide-react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { IconButton } from './button.tsx'
import { cx } from './look.ts'

type DialogProps = {
  title: ReactNode
  step?: ReactNode
  close: string
  onClose: () => void
  children: ReactNode
  /** Stays in sight while what is above it scrolls. */
  foot?: ReactNode
  alert?: boolean
  wide?: boolean
  /** While something runs, or typed text would be lost, a click beside the sheet does not close it. */
  hold?: boolean
}

/** A sheet over the page: from below on a phone, in the middle elsewhere. Focus goes in, stays in and comes back. */
export function Dialog({
  title,
  step,
  close,
  onClose,
  children,
  foot,
  alert = false,
  wide = false,
  hold = false,
}: DialogProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable={!alert && !hold}
      isKeyboardDismissDisabled={false}
      onOpenChange={(open) => !open && onClose()}
      className="fixed inset-0 z-40 flex items-end justify-center overflow-hidden bg-shade sm:items-center sm:p-6"
    >
      <Modal
        className={cx(
          'over-enter flex max-h-[92dvh] w-full flex-col overflow-hidden rounded-t-sheet bg-surface shadow-over sm:rounded-sheet forced-colors:border',
          wide ? 'sm:max-w-2xl' : 'sm:max-w-lg',
        )}
      >
        <AriaDialog
          role={alert ? 'alertdialog' : 'dialog'}
          className="@container flex min-h-0 flex-col outline-none"
        >
          <header className="flex items-start justify-between gap-4 ps-6 pe-3 pt-4">
            <div className="grid gap-1 pt-2">
              {step && <p className="text-sm text-muted">{step}</p>}
              <Heading slot="title" level={2} className="text-md font-bold">
                {title}
              </Heading>
            </div>
            <IconButton label={close} onClick={onClose}>
              <X size={20} aria-hidden />
            </IconButton>
          </header>
          <div className="grid gap-4 overflow-y-auto overscroll-contain px-6 pt-3 pb-6">{children}</div>
          {foot && <div className="grid gap-3 border-t border-border px-6 pt-3 pb-6">{foot}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
