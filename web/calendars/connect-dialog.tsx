import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import type { Connection, TripProvider } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ConnectFlow, START, useStepCount, useStepTitle, type Place } from './connect-flow.tsx'

type DialogProps = {
  /** Begins at what this provider will be asked for. */
  provider?: TripProvider | undefined
  onClose: () => void
  onConnected: (connection: Connection) => void
}

/** S-033 to S-035: choose, read, connect. */
export function ConnectDialog({ provider, onClose, onConnected }: DialogProps) {
  const sayApp = useSay(appWords)
  const [place, setPlace] = useState<Place>(provider ? { step: 'disclosure', provider } : START)
  return (
    <Dialog
      title={useStepTitle(place)}
      step={useStepCount(place)}
      close={sayApp('do.close')}
      onClose={onClose}
      hold={place.step !== 'provider'}
    >
      <div className="[--foot:-1.5rem] [--room:var(--surface)]">
        <ConnectFlow
          place={place}
          onPlace={setPlace}
          onLater={onClose}
          later={sayApp('do.not_now')}
          onConnected={onConnected}
        />
      </div>
    </Dialog>
  )
}
