import { appWords } from '#core/locale/words/app.ts'
import { useSay } from './language.tsx'
import { Button } from './ui/button.tsx'
import { DialogFoot } from './ui/dialog-foot.tsx'
import { Dialog } from './ui/dialog.tsx'

/** Before typed things are lost. */
export function LeaveDialog({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const say = useSay(appWords)
  return (
    <Dialog title={say('leave.title')} close={say('leave.stay')} onClose={onStay} alert>
      <p>{say('leave.body')}</p>
      <DialogFoot>
        <Button tone="danger" onClick={onLeave}>
          {say('leave.go')}
        </Button>
        <Button tone="primary" onClick={onStay}>
          {say('leave.stay')}
        </Button>
      </DialogFoot>
    </Dialog>
  )
}
