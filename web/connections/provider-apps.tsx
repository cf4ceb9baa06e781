import { useQuery } from '@tanstack/react-query'
import { appWords } from '#core/locale/words/app.ts'
import { administrationWords } from '#core/locale/words/app-connections.ts'
import { useSay } from '../language.tsx'
import { useMay } from '../me.tsx'
import { Failed } from '../problem.tsx'
import { providerAppsQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ProviderAppCard } from './provider-app-card.tsx'

/** Settings › Connections: this server's own apps at Google and Microsoft. */
export function ProviderApps() {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const may = useMay('manage-workspace')
  return (
    <>
      <ScreenHeading title={say('apps.title')} above={sayApp('nav.settings')} />
      {may ? <Apps /> : <Notice tone="note">{say('apps.not_allowed')}</Notice>}
    </>
  )
}

function Apps() {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const apps = useQuery(providerAppsQuery)
  switch (apps.status) {
    case 'pending':
      return <Skeleton rows={4} label={sayApp('state.loading')} />
    case 'error':
      return <Failed error={apps.error} retry={apps.refetch} />
    case 'success':
      return (
        <div className="grid max-w-3xl gap-4">
          <p className="text-muted">{say('apps.lead')}</p>
          {apps.data.map((app) => (
            <ProviderAppCard key={app.provider} app={app} />
          ))}
        </div>
      )
  }
}
