import { Link, useBlocker, useSearch } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { pages } from '../api.ts'
import type { Page } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { LeaveDialog } from '../leave-dialog.tsx'
import { useMe } from '../me.tsx'
import { isProblem, ProblemNotice } from '../problem.tsx'
import { pageQuery, queryClient } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Button, buttonLook } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { Notice } from '../ui/notice.tsx'
import { changesOf, draftOf, useDraft, type Draft } from './draft.ts'
import { STATE_TONES } from './page-state.ts'
import { Preview } from './preview.tsx'
import { problemsOf } from './problems.ts'
import { SaveBar } from './save-bar.tsx'
import { useSavePage } from './save-page.ts'
import { AfterSection } from './section-after.tsx'
import { BasicsSection } from './section-basics.tsx'
import { HoursSection } from './section-hours.tsx'
import { SECTION_WORDS, SectionLinks } from './section-links.tsx'
import { QuestionsSection } from './section-questions.tsx'
import { ShareSection } from './section-share.tsx'
import { TeamSection } from './section-team.tsx'
import type { Section } from './sections.ts'

export type SectionProps = {
  page: Page
  draft: Draft
  put: (change: Partial<Draft>) => void
  putType: (change: Partial<Draft['eventType']>) => void
  errorOf: (field: string) => string | undefined
}

const ROOMS: Record<Section, (props: SectionProps) => ReactNode> = {
  basics: BasicsSection,
  hours: HoursSection,
  questions: QuestionsSection,
  after: AfterSection,
  team: TeamSection,
  share: ShareSection,
}

export function EditorForm({ page, back }: { page: Page; back: ReactNode }) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const sayState = useSay(bookingWords)
  const { workspace } = useMe()
  const { section = 'basics' } = useSearch({ from: '/app/pages/$id' })
  const state = useDraft(draftOf(page))
  const { base, draft, dirty } = state
  const [tried, setTried] = useState(false)
  const problems = problemsOf(draft, say, sayApp('field.required'))
  const save = useSavePage(page.id, base, (saved) => {
    setTried(false)
    state.rebase(draftOf(saved))
  })

  // Saved elsewhere while nothing is typed here: simply show it.
  const version = page.eventType.version
  useEffect(() => {
    if (!dirty && version !== base.eventType.version) state.rebase(draftOf(page))
  })
  const leaving = useBlocker({
    // From one section to the next is not leaving.
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  })

  const submit = () => {
    setTried(true)
    if (problems.length === 0 && dirty)
      save.mutate({ ...changesOf(base, draft), version: base.eventType.version })
  }
  const stale = isProblem(save.error, 'stale-version')
  const theirs = async () => {
    const fresh = await queryClient.fetchQuery({ ...pageQuery(page.id), staleTime: 0 })
    state.rebase(draftOf(fresh))
    save.reset()
  }
  const mine = async () => {
    const fresh = await pages.one(page.id)
    save.mutate({ ...changesOf(base, draft), version: fresh.eventType.version })
  }
  const slugProblem = useSlugProblem(save.error)
  const Room = ROOMS[section]
  const errorOf = (field: string) =>
    (tried ? problems.find((problem) => problem.field === field)?.words : undefined) ??
    (field === 'slug' ? slugProblem : undefined)

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <ScreenHeading
        title={base.eventType.title}
        above={back}
        below={
          <span className="flex flex-wrap items-center gap-2 pt-1">
            <Chip tone={STATE_TONES[page.state]}>{sayState(`page.state.${page.state}`)}</Chip>
            <span className="break-all">{page.url}</span>
          </span>
        }
      >
        <a href={page.url} target="_blank" rel="noopener" className={buttonLook()}>
          <ExternalLink size={16} aria-hidden />
          {say('editor.preview_open')}
        </a>
      </ScreenHeading>
      <SectionLinks id={page.id} section={section} problems={tried ? problems : []} />
      <div className="grid items-start gap-6 @4xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid min-w-0 gap-4">
          {!page.mayEdit && <Notice>{say('editor.read_only', { name: page.owner.name })}</Notice>}
          {stale && (
            <Notice
              tone="warn"
              live
              title={say('editor.stale.title')}
              actions={
                <>
                  <Button small onClick={() => void theirs()}>
                    {say('editor.stale.theirs')}
                  </Button>
                  <Button small tone="primary" busy={save.isPending} onClick={() => void mine()}>
                    {say('editor.stale.mine')}
                  </Button>
                </>
              }
            >
              {say('editor.stale.body')}
            </Notice>
          )}
          {!stale && save.isError && !slugProblem && <ProblemNotice error={save.error} />}
          {tried && problems.length > 0 && (
            <Notice tone="bad" live title={say('editor.problems', { n: problems.length })}>
              <ul>
                {problems.map(({ section: place, field, words }) => (
                  <li key={field}>
                    <Link
                      to="/app/pages/$id"
                      params={{ id: page.id }}
                      search={place === 'basics' ? {} : { section: place }}
                      replace
                      className="underline"
                    >
                      {say(SECTION_WORDS[place])}
                    </Link>
                    : {words}
                  </li>
                ))}
              </ul>
            </Notice>
          )}
          <fieldset disabled={!page.mayEdit} className="grid min-w-0 gap-4">
            <legend className="sr-only">{say(SECTION_WORDS[section])}</legend>
            <Room page={page} draft={draft} put={state.put} putType={state.putType} errorOf={errorOf} />
          </fieldset>
          {page.mayEdit && (
            <SaveBar
              dirty={dirty}
              saving={save.isPending}
              canUndo={state.canUndo}
              onUndo={state.undo}
              onDiscard={() => state.rebase(base)}
            />
          )}
        </div>
        <aside aria-label={say('editor.preview')} className="@4xl:sticky @4xl:top-6">
          <p className="mb-2 text-center text-sm text-muted">{say('editor.preview_lead')}</p>
          <Preview
            pageId={page.id}
            workspace={workspace.name}
            host={page.owner.name}
            eventType={draft.eventType}
            requests={page.state === 'offline'}
          />
        </aside>
      </div>
      {leaving.status === 'blocked' && <LeaveDialog onStay={leaving.reset} onLeave={leaving.proceed} />}
    </form>
  )
}

/** An address that is taken says so at its field, with one that is not. */
function useSlugProblem(error: unknown): string | undefined {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  if (isProblem(error, 'slug-reserved')) return sayApp('problem.slug-reserved')
  if (!isProblem(error, 'slug-taken')) return undefined
  const { suggestion } = error.more
  return typeof suggestion === 'string'
    ? `${sayApp('problem.slug-taken')} ${say('basics.slug_free', { slug: suggestion })}`
    : sayApp('problem.slug-taken')
}
