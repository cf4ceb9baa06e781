import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { outboxWords } from '#core/locale/words/app-mail.ts'
import { outbox } from '../api.ts'
import type { OpenedLetter } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { letterQuery } from '../queries.ts'
import { buttonLook } from '../ui/button.tsx'
import { Pills } from '../ui/pills.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

type View = 'html' | 'text' | 'ics' | 'headers'

export function OpenLetter({ id }: { id: string }) {
  const say = useSay(outboxWords)
  const sayApp = useSay(appWords)
  const letter = useQuery(letterQuery(id))
  const content = () => {
    switch (letter.status) {
      case 'pending':
        return <Skeleton rows={5} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={letter.error} retry={letter.refetch} />
      case 'success':
        return <Letter letter={letter.data} />
    }
  }
  return (
    <div className="grid min-w-0 gap-3">
      <Link to="/app/outbox" search={{}} className="link justify-self-start py-2 @4xl:hidden">
        {say('outbox.back')}
      </Link>
      {content()}
    </div>
  )
}

function Letter({ letter }: { letter: OpenedLetter }) {
  const say = useSay(outboxWords)
  const [view, setView] = useState<View>('html')
  const views: View[] = ['html', 'text', ...(letter.ics === null ? [] : ['ics' as const]), 'headers']
  return (
    <article aria-label={letter.subject} className="hairline overflow-hidden rounded-card bg-surface">
      <header className="grid gap-3 border-b border-border p-4">
        <div>
          <h2 className="text-md font-medium">{letter.subject}</h2>
          <p className="text-sm break-all text-muted">{say('outbox.to', { recipient: letter.recipient })}</p>
        </div>
        <Pills
          label={say('outbox.view')}
          options={views.map((value) => ({ value, label: say(`outbox.${value}`) }))}
          value={view}
          onChange={setView}
        />
      </header>
      <Shown letter={letter} view={view} />
    </article>
  )
}

function Shown({ letter, view }: { letter: OpenedLetter; view: View }) {
  const say = useSay(outboxWords)
  switch (view) {
    case 'html':
      // An origin of its own and no script: a letter shows words that strangers typed.
      return (
        <iframe
          title={say('outbox.frame', { subject: letter.subject })}
          src={outbox.page(letter.id)}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          className="h-[70dvh] w-full bg-[#fff]"
        />
      )
    case 'text':
      return <Source text={letter.text} />
    case 'ics':
      return <Invitation ics={letter.ics ?? ''} />
    case 'headers':
      return <Source text={letter.headers.map(({ name, value }) => `${name}: ${value}`).join('\n')} />
  }
}

const Source = ({ text }: { text: string }) => (
  <pre
    tabIndex={0}
    className="max-h-[70dvh] overflow-auto p-4 text-sm break-words whitespace-pre-wrap focus-visible:-outline-offset-2"
  >
    {text}
  </pre>
)

function Invitation({ ics }: { ics: string }) {
  const say = useSay(outboxWords)
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([ics], { type: 'text/calendar' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [ics])
  return (
    <>
      <Source text={ics} />
      <div className="border-t border-border p-4">
        <a href={url} download="invitation.ics" className={buttonLook({ small: true })}>
          <Download size={16} aria-hidden />
          {say('outbox.download')}
        </a>
      </div>
    </>
  )
}
