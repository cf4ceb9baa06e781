import { useNavigate } from '@tanstack/react-router'
import { CalendarPlus, ChevronRight, UserPlus } from 'lucide-react'
import type { ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { useSay } from './language.tsx'
import { Dialog } from './ui/dialog.tsx'

/** What can be made from anywhere. */
export function Create({ onClose }: { onClose: () => void }) {
  const say = useSay(appWords)
  const navigate = useNavigate()
  const go = (move: () => unknown) => {
    onClose()
    void move()
  }
  return (
    <Dialog title={say('create.title')} close={say('do.close')} onClose={onClose}>
      <ul className="grid gap-2">
        <Kind
          icon={<CalendarPlus aria-hidden />}
          label={say('create.page')}
          hint={say('create.page_hint')}
          onClick={() => go(() => navigate({ to: '/app/meetings', search: { create: 'page' } }))}
        />
        <Kind
          icon={<UserPlus aria-hidden />}
          label={say('create.contact')}
          hint={say('create.contact_hint')}
          onClick={() => go(() => navigate({ to: '/app/contacts', search: { create: 'contact' } }))}
        />
      </ul>
    </Dialog>
  )
}

const Kind = ({
  icon,
  label,
  hint,
  onClick,
}: {
  icon: ReactNode
  label: string
  hint: string
  onClick: () => void
}) => (
  <li>
    <button
      type="button"
      onClick={onClick}
      className="hairline flex w-full items-center gap-4 rounded-card p-4 text-start hover:border-border-strong hover:bg-sunken"
    >
      <span className="text-primary">{icon}</span>
      <span className="grid flex-1">
        <span className="font-medium">{label}</span>
        <span className="text-sm text-muted">{hint}</span>
      </span>
      <ChevronRight size={18} aria-hidden className="text-muted rtl:-scale-x-100" />
    </button>
  </li>
)
