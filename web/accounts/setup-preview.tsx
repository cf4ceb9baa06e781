import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import type { Me, ScheduleDraft } from '../api-types.ts'
import { PageFrame, Preview, TimesToCome } from '../event-types/preview.tsx'
import { useSay } from '../language.tsx'
import { pagesQuery } from '../queries.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import type { Names } from './setup-account.tsx'

/** The first page as visitors will see it, while its hours are chosen. */
export function LivePreview({
  me,
  schedule,
  requests,
}: {
  me: Me
  schedule: ScheduleDraft | undefined
  requests: boolean
}) {
  const say = useSay(accountWords)
  const pages = useQuery(pagesQuery)
  const page = pages.data?.find(({ mine }) => mine)
  return (
    <Framed title={say('setup.preview')}>
      {page ? (
        <Preview
          pageId={page.id}
          workspace={me.workspace.name}
          host={me.user.name}
          eventType={page.eventType}
          {...(schedule ? { schedule } : {})}
          requests={requests}
        />
      ) : (
        <Skeleton rows={4} label={say('setup.preview')} />
      )}
    </Framed>
  )
}

const FIRST = { durations: [30], location: { kind: 'ask', value: '' }, description: '' } as const

/** Before there is a page there are the names one types; the times come with the next step. */
export function FirstPicture({ names }: { names: Names }) {
  const say = useSay(accountWords)
  const sayBooking = useSay(bookingWords)
  return (
    <Framed title={say('setup.preview')}>
      <PageFrame
        workspace={names.workspaceName || '…'}
        host={names.name || '…'}
        eventType={{ ...FIRST, durations: [30], title: sayBooking('template.first-meeting') }}
      >
        <TimesToCome />
      </PageFrame>
    </Framed>
  )
}

const Framed = ({ title, children }: { title: string; children: ReactNode }) => (
  <section aria-label={title}>
    <p className="mx-auto mb-3 max-w-sm text-sm font-medium text-muted">{title}</p>
    {children}
  </section>
)
