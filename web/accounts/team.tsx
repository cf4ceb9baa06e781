import { useQuery } from '@tanstack/react-query'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { useSay } from '../language.tsx'
import { useMay } from '../me.tsx'
import { Failed } from '../problem.tsx'
import { peopleQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Invitations } from './invitations.tsx'
import { PeopleCard } from './people.tsx'
import { Roles } from './roles.tsx'
import { TeamTabs } from './team-tabs.tsx'
import { WorkspaceCard } from './workspace.tsx'

export function Team() {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const people = useQuery(peopleQuery)
  const manages = useMay('manage-people')
  const content = () => {
    switch (people.status) {
      case 'pending':
        return <Skeleton rows={4} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={people.error} retry={people.refetch} />
      case 'success':
        return (
          <div className="grid gap-5">
            {!manages && <p className="text-sm text-muted">{say('team.no_permission')}</p>}
            <PeopleCard people={people.data.people} roles={people.data.roles} manages={manages} />
            {manages && people.data.invitations.length > 0 && (
              <Invitations invitations={people.data.invitations} roles={people.data.roles} />
            )}
            <Roles roles={people.data.roles} manages={manages} />
            <WorkspaceCard />
          </div>
        )
    }
  }
  return (
    <>
      <ScreenHeading title={say('team.title')} above={sayApp('nav.settings')} />
      <TeamTabs />
      {content()}
    </>
  )
}
