import type { ComponentChildren, JSX } from 'preact'
import type { Question } from './model.ts'
import { Icon, Name } from './page-parts.tsx'
import type { Words } from './page-times.ts'
import type { FieldError } from './views.ts'

export const ERROR: Record<FieldError, `error.${FieldError}`> = {
  required: 'error.required',
  email: 'error.email',
  guests: 'error.guests',
  'too-many': 'error.too-many',
  'too-long': 'error.too-long',
  choice: 'error.choice',
  phone: 'error.phone',
  number: 'error.number',
  date: 'error.date',
  consent: 'error.consent',
  text: 'error.text',
}

/** What ties a control to its label, hint and error. */
type Told = { id: string; required?: true; 'aria-describedby'?: string; 'aria-invalid'?: true }

type Labelled = {
  id: string
  label: string
  required?: boolean
  error: FieldError | undefined
  hint?: string
  t: Words
}

const toldOf = ({ id, required, error, hint }: Labelled): Told => ({
  id,
  ...(required ? { required: true } : {}),
  ...(error || hint
    ? { 'aria-describedby': [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ') }
    : {}),
  ...(error ? { 'aria-invalid': true } : {}),
})

const Wrong = ({ id, error, t }: Pick<Labelled, 'id' | 'error' | 't'>) =>
  error ? (
    <p class="wrong" id={`${id}-error`}>
      <Icon name="alert" />
      {t(ERROR[error])}
    </p>
  ) : null

const Hint = ({ id, hint }: Pick<Labelled, 'id'> & { hint: string | undefined }) =>
  hint ? (
    <p class="muted small" id={`${id}-hint`}>
      {hint}
    </p>
  ) : null

const LabelText = ({ label, required, t }: { label: string; required: boolean | undefined; t: Words }) => (
  <>
    <Name>{label}</Name>
    {!required && <span class="optional"> {t('form.optional')}</span>}
  </>
)

export function Field({ children, ...field }: Labelled & { children: (told: Told) => ComponentChildren }) {
  return (
    <div class="field">
      <label for={field.id}>
        <LabelText label={field.label} required={field.required} t={field.t} />
      </label>
      <Hint id={field.id} hint={field.hint} />
      {children(toldOf(field))}
      <Wrong id={field.id} error={field.error} t={field.t} />
    </div>
  )
}

export function Tick({ name, checked, ...field }: Labelled & { name: string; checked: boolean }) {
  return (
    <div class="field">
      <label class="tick">
        <input {...toldOf(field)} type="checkbox" name={name} value="yes" checked={checked} />
        <span>
          <LabelText label={field.label} required={field.required} t={field.t} />
        </span>
      </label>
      <Wrong id={field.id} error={field.error} t={field.t} />
    </div>
  )
}

/** Several answers to choose from, as a group with its question for a name. */
function Choices({
  type,
  name,
  options,
  typed,
  ...field
}: Labelled & { type: 'radio' | 'checkbox'; name: string; options: string[]; typed: string[] }) {
  const { id: _id, required, ...told } = toldOf(field)
  return (
    <fieldset class="field" {...told}>
      <legend>
        <LabelText label={field.label} required={field.required} t={field.t} />
      </legend>
      {options.map((option, index) => (
        <label class="tick">
          <input
            type={type}
            name={name}
            value={option}
            checked={typed.includes(option)}
            {...(index === 0 ? { id: field.id } : {})}
            required={type === 'radio' ? required : undefined}
          />
          <Name>{option}</Name>
        </label>
      ))}
      <Wrong id={field.id} error={field.error} t={field.t} />
    </fieldset>
  )
}

const MANY_OPTIONS = 6

type Asked = { field: Labelled; name: string; options: string[]; typed: string[] }

/** How each kind of question is answered. */
const ANSWER: Record<Question['kind'], (asked: Asked) => JSX.Element> = {
  text: ({ field, name, typed }) => (
    <Field {...field}>
      {(told) => <input {...told} name={name} maxLength={500} value={typed[0] ?? ''} />}
    </Field>
  ),
  phone: ({ field, name, typed }) => (
    <Field {...field}>
      {(told) => (
        <input {...told} name={name} type="tel" autocomplete="tel" maxLength={40} value={typed[0] ?? ''} />
      )}
    </Field>
  ),
  number: ({ field, name, typed }) => (
    <Field {...field}>
      {(told) => <input {...told} name={name} inputMode="decimal" maxLength={30} value={typed[0] ?? ''} />}
    </Field>
  ),
  date: ({ field, name, typed }) => (
    <Field {...field}>{(told) => <input {...told} name={name} type="date" value={typed[0] ?? ''} />}</Field>
  ),
  check: ({ field, name, typed }) => <Tick {...field} name={name} checked={typed[0] === 'yes'} />,
  many: ({ field, ...asked }) => <Choices {...field} {...asked} type="checkbox" />,
  choice: ({ field, ...asked }) =>
    asked.options.length <= MANY_OPTIONS ? (
      <Choices {...field} {...asked} type="radio" />
    ) : (
      <Field {...field}>
        {(told) => (
          <select {...told} name={asked.name}>
            <option value="">{field.t('form.choose')}</option>
            {asked.options.map((option) => (
              <option selected={option === asked.typed[0]}>{option}</option>
            ))}
          </select>
        )}
      </Field>
    ),
  long: ({ field, name, typed }) => (
    <Field {...field}>
      {(told) => (
        <textarea {...told} name={name} rows={4} maxLength={5000}>
          {typed[0] ?? ''}
        </textarea>
      )}
    </Field>
  ),
}

/** One of the page's own questions. */
export function Answer({
  question,
  id,
  typed,
  error,
  t,
}: {
  question: Question
  id: string
  typed: string[]
  error: FieldError | undefined
  t: Words
}) {
  const { label, required, kind, options = [] } = question
  return ANSWER[kind]({ field: { id, label, required, error, t }, name: `q-${question.id}`, options, typed })
}
