import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { appWords } from '#core/locale/words/app.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import type { Contact } from '../api-types.ts'
import { CopyLink } from '../copy-link.tsx'
import { useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { pagesQuery } from '../queries.ts'
import { buttonLook } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

/** Links to hand to this person, with their name and address already filled in. */
export function ShareWith({ contact }: { contact: Contact }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const pages = useQuery(pagesQuery)
  const first = contact.name.split(' ')[0] ?? contact.name
  const filled = (url: string) =>
    `${url}?${new URLSearchParams({ name: contact.name, email: contact.email })}`
  const content = () => {
    switch (pages.status) {
      case 'pending':
        return <Skeleton rows={2} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={pages.error} retry={pages.refetch} />
      case 'success': {
        const open = pages.data.filter(({ state, mine }) => mine && state !== 'paused')
        return open.length === 0 ? (
          <div className="grid justify-items-start gap-3">
            <p>{say('schedule.none')}</p>
            <Link to="/app/meetings" search={{ create: 'page' }} className={buttonLook({ small: true })}>
              {say('schedule.make')}
            </Link>
          </div>
        ) : (
          <ul className="grid gap-3">
            {open.map((page) => (
              <li key={page.id} className="grid gap-2 border-t border-border pt-3">
                <div>
                  <p className="font-medium">{page.eventType.title}</p>
                  {page.state === 'offline' && (
                    <p className="text-sm text-muted">{say('schedule.offline')}</p>
                  )}
                </div>
                <CopyLink
                  url={filled(page.url)}
                  of={page.eventType.title}
                  look={{ small: true, wide: true }}
                />
              </li>
            ))}
          </ul>
        )
      }
    }
  }
  return (
    <Card title={say('schedule.title', { name: first })} lead={say('schedule.lead', { name: first })}>
      {content()}
    </Card>
  )
}
