import { Link } from '@tanstack/react-router'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { useSay } from '../language.tsx'
import type { FieldProblem } from './problems.ts'
import { SECTIONS, type Section } from './sections.ts'

export const SECTION_WORDS = {
  basics: 'editor.basics',
  hours: 'editor.hours',
  questions: 'editor.questions',
  after: 'editor.after',
  team: 'editor.team',
  share: 'editor.share',
} as const satisfies Record<Section, string>

/** The parts of a page; a dot marks those with something to correct. */
export function SectionLinks({
  id,
  section,
  problems,
}: {
  id: string
  section: Section
  problems: FieldProblem[]
}) {
  const say = useSay(eventTypeWords)
  return (
    <nav
      aria-label={say('editor.sections')}
      className="-mx-4 mb-5 overflow-x-auto border-b border-border px-4 [scrollbar-width:none] @3xl:mx-0 @3xl:px-0"
    >
      <ul className="flex w-max gap-1">
        {SECTIONS.map((name) => (
          <li key={name}>
            <Link
              to="/app/pages/$id"
              params={{ id }}
              search={name === 'basics' ? {} : { section: name }}
              replace
              resetScroll={false}
              activeProps={{}}
              aria-current={name === section ? 'page' : 'false'}
              className={`-mb-px flex min-h-12 items-center gap-2 border-b-[3px] px-3 font-medium focus-visible:-outline-offset-2 ${name === section ? 'border-primary text-text' : 'border-transparent text-muted hover:text-text'}`}
            >
              {say(SECTION_WORDS[name])}
              {problems.some((problem) => problem.section === name) && (
                <span aria-hidden="true" className="size-2 rounded-full bg-danger" />
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
