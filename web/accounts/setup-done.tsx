import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { absolute, CopyLink } from '../copy-link.tsx'
import { useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { pagesQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { buttonLook } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Rehearsal } from './rehearsal.tsx'

/** The visible result: a link that works, and a rehearsal of everything it causes. */
export function DoneStep({ connected }: { connected: string | null }) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const pages = useQuery(pagesQuery)
  const page = pages.data?.find(({ mine }) => mine)
  const content = () => {
    switch (pages.status) {
      case 'pending':
        return <Skeleton rows={3} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={pages.error} retry={pages.refetch} />
      case 'success':
        return page ? (
          <div className="grid gap-4">
            {connected && (
              <Notice tone="good">{say('setup.calendar.connected', { account: connected })}</Notice>
            )}
            <Card>
              <p className="mb-3 rounded-control bg-sunken px-3 py-2 font-medium break-all select-all">
                {absolute(page.url)}
              </p>
              <div className="flex flex-wrap gap-3">
                <CopyLink url={page.url} look={{ tone: 'primary' }} />
                <a href={page.url} target="_blank" rel="noopener" className={buttonLook()}>
                  <ExternalLink size={16} aria-hidden />
                  {say('setup.done.open')}
                </a>
              </div>
            </Card>
            <Rehearsal page={page} />
          </div>
        ) : null
    }
  }
  return (
    <>
      <ScreenHeading title={say('setup.done.title')} below={say('setup.done.lead')} />
      {content()}
      <div className="mt-6 flex flex-wrap items-center justify-between gap-3">
        <p className="flex flex-wrap gap-x-5 text-sm">
          <Link to="/app/team" className="link min-h-11 py-3">
            {say('setup.next.invite')}
          </Link>
          {!connected && (
            <Link to="/app/settings/calendar" className="link min-h-11 py-3">
              {say('setup.next.calendar')}
            </Link>
          )}
        </p>
        <Link to="/app" className={buttonLook({ tone: 'primary' })}>
          {say('setup.done.go')}
        </Link>
      </div>
    </>
  )
}
