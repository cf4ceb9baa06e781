import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { administrationWords } from '#core/locale/words/app-connections.ts'
import { formatList } from '#core/locale/dates.ts'
import { TeamTabs } from '../accounts/team-tabs.tsx'
import { administration } from '../api.ts'
import type { SharedInbox } from '../api-types.ts'
import { useLanguage, useSay } from '../language.tsx'
import { useMay } from '../me.tsx'
import { Failed } from '../problem.tsx'
import { sharedInboxesChanged, sharedInboxesQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Button } from '../ui/button.tsx'
import { Card, Row, Rows } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toasts.tsx'

const InboxDialog = lazy(() =>
  import('./inbox-dialog.tsx').then(({ InboxDialog }) => ({ default: InboxDialog })),
)
const ConfirmDialog = lazy(() =>
  import('../confirm-dialog.tsx').then(({ ConfirmDialog }) => ({ default: ConfirmDialog })),
)

type Open =
  | { kind: 'none' }
  | { kind: 'edit'; inbox: SharedInbox | null }
  | { kind: 'remove'; inbox: SharedInbox }

/** Settings › Team › Shared inboxes (S-021, S-022, S-026). */
export function SharedInboxes() {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const may = useMay('manage-workspace')
  const [open, setOpen] = useState<Open>({ kind: 'none' })
  const close = () => setOpen({ kind: 'none' })
  return (
    <>
      <ScreenHeading title={say('inboxes.title')} above={`${sayApp('nav.settings')} › ${sayApp('nav.team')}`}>
        {may && (
          <Button
            tone="primary"
            icon={<Plus size={18} aria-hidden />}
            onClick={() => setOpen({ kind: 'edit', inbox: null })}
          >
            {say('inboxes.add')}
          </Button>
        )}
      </ScreenHeading>
      <TeamTabs />
      {may ? <Inboxes onOpen={setOpen} /> : <Notice tone="note">{say('apps.not_allowed')}</Notice>}
      <Suspense>
        {open.kind === 'edit' && <InboxDialog inbox={open.inbox} onClose={close} />}
        {open.kind === 'remove' && <Remove inbox={open.inbox} onClose={close} />}
      </Suspense>
    </>
  )
}

function Inboxes({ onOpen }: { onOpen: (open: Open) => void }) {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const inboxes = useQuery(sharedInboxesQuery)
  const content = () => {
    switch (inboxes.status) {
      case 'pending':
        return (
          <div className="p-4">
            <Skeleton rows={3} label={sayApp('state.loading')} />
          </div>
        )
      case 'error':
        return (
          <div className="p-4">
            <Failed error={inboxes.error} retry={inboxes.refetch} />
          </div>
        )
      case 'success':
        return inboxes.data.length === 0 ? (
          <p className="px-5 py-6 text-muted">{say('inboxes.none')}</p>
        ) : (
          <Rows>
            {inboxes.data.map((inbox) => (
              <InboxRow key={inbox.id} inbox={inbox} onOpen={onOpen} />
            ))}
          </Rows>
        )
    }
  }
  return (
    <div className="grid max-w-4xl gap-4">
      <p className="text-muted">{say('inboxes.lead')}</p>
      <Notice tone="note" title={say('cal.shared_refused')}>
        {say('inboxes.why')}
      </Notice>
      <Card flush>{content()}</Card>
    </div>
  )
}

function InboxRow({ inbox, onOpen }: { inbox: SharedInbox; onOpen: (open: Open) => void }) {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const { locale } = useLanguage()
  const members = formatList(
    locale,
    inbox.members.map(({ name }) => name),
  )
  return (
    <Row>
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">
          {inbox.name ? `${inbox.name} · ` : ''}
          <span className="break-all">{inbox.address}</span>
        </p>
        <p className="text-sm text-muted">
          {say(`inboxes.provider.${inbox.provider}`)} · {say('inboxes.members')}:{' '}
          {members || say('inboxes.members_none')}
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          small
          aria-label={`${sayApp('do.edit')}: ${inbox.address}`}
          onClick={() => onOpen({ kind: 'edit', inbox })}
        >
          {sayApp('do.edit')}
        </Button>
        <Button
          small
          tone="danger"
          aria-label={`${sayApp('do.remove')}: ${inbox.address}`}
          onClick={() => onOpen({ kind: 'remove', inbox })}
        >
          {sayApp('do.remove')}
        </Button>
      </div>
    </Row>
  )
}

function Remove({ inbox, onClose }: { inbox: SharedInbox; onClose: () => void }) {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const remove = useMutation({
    mutationFn: () => administration.removeInbox(inbox.id),
    onSuccess: async () => {
      toast(say('inboxes.removed'))
      onClose()
      await sharedInboxesChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('inboxes.remove_title', { address: inbox.address })}
      go={sayApp('do.remove')}
      busy={remove.isPending}
      error={remove.error}
      onGo={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{say('inboxes.remove_body')}</p>
    </ConfirmDialog>
  )
}
