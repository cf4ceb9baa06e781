import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import type { Question, QuestionKind } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { SelectField, TextArea, TextField } from '../ui/field.tsx'
import { Switch, Tick } from '../ui/tick.tsx'
import type { SectionProps } from './editor-form.tsx'
import { NumberField } from './lengths.tsx'

const KINDS = [
  'text',
  'long',
  'choice',
  'many',
  'phone',
  'number',
  'date',
  'check',
] as const satisfies QuestionKind[]

const newId = () =>
  `q${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`

export function QuestionsSection({ draft: { eventType }, putType, errorOf }: SectionProps) {
  const say = useSay(eventTypeWords)
  const { questions, consent } = eventType
  const set = (next: Question[]) => putType({ questions: next })
  const swap = (index: number, other: number) =>
    set(questions.with(index, questions[other]!).with(other, questions[index]!))
  return (
    <>
      <p className="text-sm text-muted">{say('questions.lead')}</p>
      {questions.map((question, index) => (
        <QuestionCard
          key={question.id}
          n={index + 1}
          question={question}
          errorOf={errorOf}
          onChange={(next) => set(questions.with(index, next))}
          onRemove={() => set(questions.toSpliced(index, 1))}
          onUp={index > 0 ? () => swap(index, index - 1) : null}
          onDown={index < questions.length - 1 ? () => swap(index, index + 1) : null}
        />
      ))}
      {questions.length === 0 && <p>{say('questions.none')}</p>}
      <Button
        className="justify-self-start"
        icon={<Plus size={16} aria-hidden />}
        disabled={questions.length >= 20}
        onClick={() => set([...questions, { id: newId(), label: '', kind: 'text', required: false }])}
      >
        {say('questions.add')}
      </Button>
      <Card>
        <div className="grid gap-4">
          <NumberField
            className="max-w-xs"
            label={say('questions.guests')}
            hint={say('questions.guests_hint')}
            min={0}
            max={50}
            error={errorOf('guestsMax')}
            value={eventType.guestsMax}
            onChange={(guestsMax) => putType({ guestsMax: guestsMax ?? Number.NaN })}
          />
          <Switch
            label={say('questions.consent')}
            hint={say('questions.consent_hint')}
            on={consent !== null}
            onChange={(on) => putType({ consent: on ? { required: true, text: '' } : null })}
          />
          {consent && (
            <>
              <TextArea
                label={say('questions.consent_text')}
                rows={2}
                maxLength={1000}
                error={errorOf('consent')}
                value={consent.text}
                onChange={(event) => putType({ consent: { ...consent, text: event.target.value } })}
              />
              <Tick
                label={say('questions.consent_required')}
                checked={consent.required}
                onChange={(event) => putType({ consent: { ...consent, required: event.target.checked } })}
              />
            </>
          )}
        </div>
      </Card>
    </>
  )
}

type QuestionProps = {
  n: number
  question: Question
  errorOf: (field: string) => string | undefined
  onChange: (question: Question) => void
  onRemove: () => void
  onUp: (() => void) | null
  onDown: (() => void) | null
}

function QuestionCard({ n, question, errorOf, onChange, onRemove, onUp, onDown }: QuestionProps) {
  const say = useSay(eventTypeWords)
  const several = question.kind === 'choice' || question.kind === 'many'
  return (
    <Card
      title={say('questions.n', { n })}
      actions={
        <span className="-me-2 flex">
          <IconButton label={say('questions.up')} disabled={!onUp} onClick={() => onUp?.()}>
            <ArrowUp size={18} aria-hidden />
          </IconButton>
          <IconButton label={say('questions.down')} disabled={!onDown} onClick={() => onDown?.()}>
            <ArrowDown size={18} aria-hidden />
          </IconButton>
          <IconButton label={say('questions.remove')} onClick={onRemove}>
            <Trash2 size={18} aria-hidden />
          </IconButton>
        </span>
      }
    >
      <div className="grid gap-x-4 gap-y-3 @xl:grid-cols-[1fr_13rem]">
        <TextField
          label={say('questions.label')}
          maxLength={200}
          error={errorOf(`${question.id}.label`)}
          value={question.label}
          onChange={(event) => onChange({ ...question, label: event.target.value })}
        />
        <SelectField
          label={say('questions.kind')}
          value={question.kind}
          onChange={(event) => onChange({ ...question, kind: event.target.value as QuestionKind })}
        >
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {say(`questions.kind.${kind}`)}
            </option>
          ))}
        </SelectField>
        {several && (
          <TextArea
            className="@xl:col-span-2"
            label={say('questions.options')}
            error={errorOf(`${question.id}.options`)}
            value={(question.options ?? []).join('\n')}
            onChange={(event) => onChange({ ...question, options: event.target.value.split('\n') })}
          />
        )}
        <Tick
          label={say('questions.required')}
          checked={question.required}
          onChange={(event) => onChange({ ...question, required: event.target.checked })}
        />
      </div>
    </Card>
  )
}
