import { Undo2 } from 'lucide-react'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { useSay } from '../language.tsx'
import { Button, IconButton } from '../ui/button.tsx'

type SaveBarProps = {
  dirty: boolean
  saving: boolean
  canUndo: boolean
  onUndo: () => void
  onDiscard: () => void
}

/** Whether all is saved, and the ways on and back; always in sight, above the bar of a phone. */
export function SaveBar({ dirty, saving, canUndo, onUndo, onDiscard }: SaveBarProps) {
  const say = useSay(eventTypeWords)
  return (
    <div className="hairline sticky bottom-16 z-10 mt-2 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card bg-surface px-4 py-2 @5xl/app:bottom-4">
      <p role="status" className="flex flex-1 basis-32 items-center gap-2 text-sm">
        <span aria-hidden="true" className={`size-2.5 rounded-full ${dirty ? 'bg-accent' : 'bg-success'}`} />
        {say(dirty ? 'editor.dirty' : 'editor.clean')}
      </p>
      <IconButton label={say('editor.undo')} disabled={!canUndo} onClick={onUndo}>
        <Undo2 size={18} aria-hidden />
      </IconButton>
      {dirty && (
        <Button tone="quiet" small onClick={onDiscard}>
          {say('editor.discard')}
        </Button>
      )}
      <Button type="submit" tone="primary" busy={saving} disabled={!dirty}>
        {say('editor.save')}
      </Button>
    </div>
  )
}
