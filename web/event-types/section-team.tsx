import { useQuery } from '@tanstack/react-query'
import { appWords } from '#core/locale/words/app.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import type { EventType, Person } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { peopleQuery } from '../queries.ts'
import { Card } from '../ui/card.tsx'
import { SelectField } from '../ui/field.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Choice, Tick } from '../ui/tick.tsx'
import type { SectionProps } from './editor-form.tsx'

const ASSIGNMENTS = ['solo', 'round-robin', 'collective'] as const

export function TeamSection({ page, draft: { eventType }, putType, errorOf }: SectionProps) {
  const say = useSay(eventTypeWords)
  const owner = { id: page.owner.id, name: page.owner.name, priority: 0 }
  const choose = (assignment: EventType['assignment']) =>
    putType({ assignment, ...(assignment === 'solo' ? { hosts: [owner] } : {}) })
  return (
    <>
      <Card>
        <fieldset>
          <legend className="font-medium">{say('team.assignment')}</legend>
          {ASSIGNMENTS.map((name) => (
            <Choice
              key={name}
              name="assignment"
              label={say(`team.assignment.${name}`)}
              hint={say(`team.assignment.${name}_hint`)}
              checked={eventType.assignment === name}
              onChange={() => choose(name)}
            />
          ))}
        </fieldset>
      </Card>
      {eventType.assignment !== 'solo' && (
        <Card>
          <Hosts eventType={eventType} error={errorOf('hosts')} onChange={(hosts) => putType({ hosts })} />
        </Card>
      )}
    </>
  )
}

function Hosts({
  eventType,
  error,
  onChange,
}: {
  eventType: EventType
  error: string | undefined
  onChange: (hosts: EventType['hosts']) => void
}) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const people = useQuery(peopleQuery)
  const { hosts, assignment } = eventType
  const toggle = ({ id, name }: Person) =>
    onChange(
      hosts.some((host) => host.id === id)
        ? hosts.filter((host) => host.id !== id)
        : [...hosts, { id, name, priority: 0 }],
    )
  switch (people.status) {
    case 'pending':
      return <Skeleton rows={3} label={sayApp('state.loading')} />
    case 'error':
      return <Failed error={people.error} retry={people.refetch} />
    case 'success':
      return (
        <fieldset>
          <legend className="font-medium">{say('team.hosts')}</legend>
          {people.data.people
            .filter(({ id, disabled }) => !disabled || hosts.some((host) => host.id === id))
            .map((person) => {
              const host = hosts.find(({ id }) => id === person.id)
              return (
                <div key={person.id} className="flex flex-wrap items-center justify-between gap-x-4">
                  <Tick
                    label={person.name}
                    hint={person.email}
                    checked={host !== undefined}
                    onChange={() => toggle(person)}
                  />
                  {host && assignment === 'round-robin' && (
                    <SelectField
                      hideLabel
                      className="w-40"
                      label={say('team.priority', { name: person.name })}
                      value={host.priority}
                      onChange={(event) =>
                        onChange(
                          hosts.map((each) =>
                            each.id === host.id ? { ...each, priority: Number(event.target.value) } : each,
                          ),
                        )
                      }
                    >
                      <option value={0}>{say('team.priority.normal')}</option>
                      <option value={1}>{say('team.priority.first')}</option>
                      {host.priority > 1 && <option value={host.priority}>{host.priority}</option>}
                    </SelectField>
                  )}
                </div>
              )
            })}
          {error && (
            <p role="alert" className="text-sm font-medium text-danger">
              {error}
            </p>
          )}
        </fieldset>
      )
  }
}
