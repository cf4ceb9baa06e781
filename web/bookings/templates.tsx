import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { pages } from '../api.ts'
import { useSay } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { pagesChanged } from '../queries.ts'
import { TEMPLATES } from '../event-types/templates.ts'
import { Button } from '../ui/button.tsx'

/** In place of an empty table: three pages that are one click away. */
export function Templates({ onNew }: { onNew: () => void }) {
  const say = useSay(bookingWords)
  const navigate = useNavigate()
  const add = useMutation({
    mutationFn: (template: (typeof TEMPLATES)[number]) => pages.add({ template: template.name }),
    onSuccess: async ({ id }) => {
      await pagesChanged()
      await navigate({ to: '/app/pages/$id', params: { id } })
    },
  })
  return (
    <div className="grid gap-4 p-5">
      <ProblemNotice error={add.error} />
      <ul className="grid gap-3 @2xl:grid-cols-3">
        {TEMPLATES.map((template) => (
          <li key={template.name}>
            <button
              type="button"
              disabled={add.isPending}
              onClick={() => add.mutate(template)}
              className="h-full w-full rounded-card border border-border-strong p-4 text-start hover:border-text hover:bg-sunken"
            >
              <span className="block font-medium">{say(`template.${template.name}`)}</span>
              <span className="text-sm text-muted">{say(`template.${template.name}_hint`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Button className="justify-self-start" onClick={onNew}>
        {say('meetings.new_page')}
      </Button>
    </div>
  )
}
