import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { appWords } from '#core/locale/words/app.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { pageQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { EditorForm } from './editor-form.tsx'

/** One scheduling page, shaped. */
export function Editor() {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const { id } = useParams({ from: '/app/pages/$id' })
  const page = useQuery(pageQuery(id))
  const back = (
    <Link to="/app/meetings" className="link">
      {say('editor.back')}
    </Link>
  )
  switch (page.status) {
    case 'pending':
      return (
        <>
          <ScreenHeading title={sayApp('state.loading')} above={back} />
          <Skeleton rows={5} label={sayApp('state.loading')} />
        </>
      )
    case 'error':
      return (
        <>
          <ScreenHeading title={say('editor.back')} above={back} />
          <Failed error={page.error} retry={page.refetch} />
        </>
      )
    case 'success':
      return <EditorForm key={id} page={page.data} back={back} />
  }
}
