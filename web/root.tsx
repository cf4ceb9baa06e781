import { Link, Outlet, type ErrorComponentProps } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { LanguageProvider, useSay } from './language.tsx'
import { Details, sayProblem } from './problem.tsx'
import { ApiProblem } from './api.ts'
import { Button, buttonLook } from './ui/button.tsx'
import { Mark } from './ui/mark.tsx'
import { Toasts } from './ui/toasts.tsx'

/** Everything, signed in or not. */
export function Root() {
  return (
    <LanguageProvider>
      <Outlet />
      <Notices />
    </LanguageProvider>
  )
}

function Notices() {
  const say = useSay(appWords)
  return <Toasts close={say('do.close')} label={say('toast.region')} />
}

/** An address that leads nowhere. */
export function Lost() {
  const say = useSay(appWords)
  return (
    <Aside title={say('lost.title')} body={say('lost.body')}>
      <Link to="/app" className={buttonLook({ tone: 'primary' })}>
        {say('lost.home')}
      </Link>
    </Aside>
  )
}

// A build that was replaced on the server: its files are gone, the new page knows the new names.
const outdated = (error: unknown) =>
  error instanceof Error &&
  /dynamically imported module|Importing a module script failed|error loading dynamically/i.test(
    error.message,
  )

/** A screen that broke, or could not even begin. */
export function Crashed({ error, reset }: ErrorComponentProps) {
  return (
    <LanguageProvider>
      <CrashedScreen error={error} reset={reset} />
    </LanguageProvider>
  )
}

function CrashedScreen({ error, reset }: Pick<ErrorComponentProps, 'error' | 'reset'>) {
  const say = useSay(appWords)
  const told = error instanceof ApiProblem
  useEffect(() => {
    if (outdated(error) && !sessionStorage.getItem('ritrovo.reloaded')) {
      sessionStorage.setItem('ritrovo.reloaded', '1')
      location.reload()
    }
  }, [error])
  return (
    <Aside
      title={told ? sayProblem(say, error) : say('crash.title')}
      body={told ? '' : say('crash.body')}
      alert
    >
      <Button tone="primary" onClick={() => (told ? reset() : location.reload())}>
        {told ? say('do.retry') : say('crash.reload')}
      </Button>
      <Details error={error} />
    </Aside>
  )
}

function Aside({
  title,
  body,
  alert = false,
  children,
}: {
  title: string
  body: string
  alert?: boolean
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Ritrovo`
  }, [title])
  return (
    <main id="content" className="mx-auto grid max-w-lg content-center gap-4 px-6 py-16">
      <Mark size={40} />
      <div role={alert ? 'alert' : undefined} className="grid gap-2">
        <h1 className="text-xl font-bold">{title}</h1>
        {body && <p className="text-muted">{body}</p>}
      </div>
      <div className="flex flex-wrap items-start gap-4">{children}</div>
    </main>
  )
}
