import type { ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { useSay } from './language.tsx'
import { ProblemNotice } from './problem.tsx'
import { Button } from './ui/button.tsx'
import { DialogFoot } from './ui/dialog-foot.tsx'
import { Dialog } from './ui/dialog.tsx'

type ConfirmProps = {
  title: string
  children: ReactNode
  go: string
  keep?: string
  busy: boolean
  error: unknown
  onGo: () => void
  onClose: () => void
}

/** Says what will happen before something is taken away. */
export function ConfirmDialog({ title, children, go, keep, busy, error, onGo, onClose }: ConfirmProps) {
  const say = useSay(appWords)
  return (
    <Dialog title={title} close={say('do.close')} onClose={onClose} alert>
      <ProblemNotice error={error} />
      {children}
      <DialogFoot>
        <Button tone="quiet" onClick={onClose}>
          {keep ?? say('do.cancel')}
        </Button>
        <Button tone="danger-full" busy={busy} onClick={onGo}>
          {go}
        </Button>
      </DialogFoot>
    </Dialog>
  )
}
