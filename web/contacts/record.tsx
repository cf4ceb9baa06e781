import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { CalendarPlus, Mail, NotebookPen } from 'lucide-react'
import { lazy, Suspense, useRef, useState, type ReactNode } from 'react'
import { isLocale } from '#core/locale/locale.ts'
import { appWords } from '#core/locale/words/app.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import { contacts } from '../api.ts'
import type { Contact } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { contactQuery, contactsChanged } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { actionLook, Actions } from '../ui/actions.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { Button, buttonLook } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toasts.tsx'
import { NoteForm } from './note-form.tsx'
import { ShareWith } from './share-with.tsx'
import { Timeline } from './timeline.tsx'

const EditContact = lazy(() =>
  import('./edit-contact.tsx').then(({ EditContact }) => ({ default: EditContact })),
)
const ScheduleDialog = lazy(() =>
  import('./schedule-dialog.tsx').then(({ ScheduleDialog }) => ({ default: ScheduleDialog })),
)
const ConfirmDialog = lazy(() =>
  import('../confirm-dialog.tsx').then(({ ConfirmDialog }) => ({ default: ConfirmDialog })),
)

/** One person: who they are, what happened with them, and how to meet them next. */
export function ContactRecord() {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const { id } = useParams({ from: '/app/contacts/$id' })
  const contact = useQuery(contactQuery(id))
  const back = (
    <Link to="/app/contacts" className="link">
      {say('contacts.title')}
    </Link>
  )
  switch (contact.status) {
    case 'pending':
      return (
        <>
          <ScreenHeading title={say('contacts.title')} above={back} />
          <Skeleton rows={5} label={sayApp('state.loading')} />
        </>
      )
    case 'error':
      return (
        <>
          <ScreenHeading title={say('contacts.title')} above={back} />
          <Failed error={contact.error} retry={contact.refetch} />
        </>
      )
    case 'success':
      return <Record contact={contact.data} back={back} />
  }
}

function Record({ contact, back }: { contact: Contact; back: ReactNode }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const times = useTimes()
  const now = useNow()
  const note = useRef<HTMLTextAreaElement>(null)
  const [open, setOpen] = useState<'none' | 'schedule' | 'edit' | 'delete'>('none')
  const about = [
    contact.jobTitle,
    contact.company?.name,
    contact.zone &&
      say('contact.local_time', { time: times.time(now, contact.zone), city: times.city(contact.zone) }),
  ]
  return (
    <>
      <ScreenHeading
        title={contact.name}
        above={back}
        below={about.filter(Boolean).join(' · ')}
        lead={<Avatar name={contact.name} large />}
      >
        <Button
          tone="primary"
          icon={<CalendarPlus size={18} aria-hidden />}
          onClick={() => setOpen('schedule')}
        >
          {say('crm.schedule')}
        </Button>
        <a href={`mailto:${contact.email}`} className={buttonLook()}>
          <Mail size={18} aria-hidden />
          {say('contact.write')}
        </a>
        <Button icon={<NotebookPen size={18} aria-hidden />} onClick={() => note.current?.focus()}>
          {say('contact.note')}
        </Button>
        <Actions
          label={sayApp('do.more')}
          name={sayApp('do.more_of', { name: contact.name })}
          look={{ tone: 'plain' }}
        >
          <button type="button" className={actionLook()} onClick={() => setOpen('edit')}>
            {say('contact.edit')}
          </button>
          <button type="button" className={actionLook(true)} onClick={() => setOpen('delete')}>
            {say('contact.delete')}
          </button>
        </Actions>
      </ScreenHeading>
      <div className="grid items-start gap-4 @3xl:grid-cols-[15rem_minmax(0,1fr)] @4xl:grid-cols-[14rem_minmax(0,1fr)_16rem]">
        <div className="grid gap-4">
          <Facts contact={contact} onEdit={() => setOpen('edit')} />
          <div className="hidden @3xl:block @4xl:hidden">
            <ShareWith contact={contact} />
          </div>
        </div>
        <div className="grid gap-4">
          <NoteForm contactId={contact.id} field={note} />
          <Timeline contact={contact} />
        </div>
        <div className="@3xl:hidden @4xl:block">
          <ShareWith contact={contact} />
        </div>
      </div>
      <Suspense>
        {open === 'schedule' && <ScheduleDialog contact={contact} onClose={() => setOpen('none')} />}
        {open === 'edit' && <EditContact contact={contact} onClose={() => setOpen('none')} />}
        {open === 'delete' && <DeleteContact contact={contact} onClose={() => setOpen('none')} />}
      </Suspense>
    </>
  )
}

const SOURCES = ['booking', 'request', 'person', 'import'] as const

function Facts({ contact, onEdit }: { contact: Contact; onEdit: () => void }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const times = useTimes()
  const source = SOURCES.find((known) => known === contact.source)
  const facts: [string, ReactNode][] = [
    [
      say('contact.email'),
      <a key="mail" className="link break-all" href={`mailto:${contact.email}`}>
        {contact.email}
      </a>,
    ],
    [
      say('contact.phone'),
      contact.phone && (
        <a key="phone" className="link" href={`tel:${contact.phone.replace(/[^+\d]/g, '')}`}>
          {contact.phone}
        </a>
      ),
    ],
    [say('contact.company'), contact.company?.name],
    [say('contact.job'), contact.jobTitle],
    [say('contact.language'), isLocale(contact.locale) && sayApp(`lang.${contact.locale}`)],
    [say('contact.zone'), contact.zone && times.city(contact.zone)],
    [say('contact.source'), source && say(`contact.source.${source}`)],
    [say('contact.since'), times.date(contact.createdAt)],
  ]
  return (
    <Card
      title={say('contact.facts')}
      actions={
        <Button small tone="quiet" onClick={onEdit}>
          {say('contact.edit')}
        </Button>
      }
    >
      <dl className="grid gap-2.5">
        {facts.map(
          ([label, value]) =>
            value && (
              <div key={label}>
                <dt className="text-sm text-muted">{label}</dt>
                <dd className="font-medium">{value}</dd>
              </div>
            ),
        )}
      </dl>
    </Card>
  )
}

function DeleteContact({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const say = useSay(contactWords)
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () => contacts.remove(contact.id),
    onSuccess: async () => {
      toast(say('contact.deleted'))
      await navigate({ to: '/app/contacts' })
      await contactsChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('contact.delete.title', { name: contact.name })}
      go={say('contact.delete')}
      busy={remove.isPending}
      error={remove.error}
      onGo={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{say('contact.delete.body')}</p>
    </ConfirmDialog>
  )
}
