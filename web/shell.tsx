import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { BottomBar } from './bottom-bar.tsx'
import { LanguageProvider, useSay } from './language.tsx'
import { MeProvider } from './me.tsx'
import { meQuery, todayQuery } from './queries.ts'
import { Rail } from './rail.tsx'
import { useSessionOver } from './session.ts'

const SignInAgain = lazy(() =>
  import('./accounts/sign-in-again.tsx').then(({ SignInAgain }) => ({ default: SignInAgain })),
)

/** The frame around every signed-in screen: a rail from 64 rem up, a bar at the bottom below. */
export function Shell() {
  const { data: me } = useQuery(meQuery)
  if (!me) return null
  return (
    <MeProvider value={me}>
      <LanguageProvider zone={me.user.zone}>
        <Frame />
      </LanguageProvider>
    </MeProvider>
  )
}

function Frame() {
  const say = useSay(appWords)
  const over = useSessionOver()
  const requests = useQuery(todayQuery).data?.requests ?? 0
  return (
    <div className="@container/app flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-primary px-4 py-3 font-medium text-on-primary focus:not-sr-only focus:fixed focus:start-4 focus:top-4"
      >
        {say('nav.skip')}
      </a>
      <div className="grid flex-1 content-start @5xl/app:grid-cols-[15rem_minmax(0,1fr)] @5xl/app:content-stretch">
        <Rail requests={requests} />
        <main
          id="content"
          tabIndex={-1}
          className="@container mx-auto w-full max-w-[78rem] min-w-0 px-4 pt-6 pb-10 @3xl:px-8"
        >
          <Outlet />
        </main>
      </div>
      <BottomBar requests={requests} />
      <Suspense>{over && <SignInAgain />}</Suspense>
    </div>
  )
}
