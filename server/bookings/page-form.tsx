import type { ComponentChildren } from 'preact'
import { MINUTE } from '#core/time/model.ts'
import type { Question } from './model.ts'
import { carried } from './page-links.ts'
import { FOCUSED, Hidden, Icon, Name, Notice, rich } from './page-parts.tsx'
import { bothClocks, clocksChange, type Teller, type Words } from './page-times.ts'
import type { Address, FieldError, Form, PickerView } from './views.ts'

/** The third column once a time is chosen. It submits without script; errors come back beside what was typed. */
export function DetailsForm({ view, form, address, tell }: { view: PickerView; form: Form; address: Address; tell: Teller }) {
  const { facts, clock } = view
  const { t } = tell
  const { typed, errors } = form
  const host = <Name>{facts.host.callName}</Name>
  const both = bothClocks(tell, clock, facts.host.zone, form.start)
  const failed = Object.keys(errors).length > 0
  return (
    <form method="post" action={`${facts.path}/book`} class="details" noValidate data-live="book" aria-labelledby="panel">
      <Hidden fields={{ ...carried(address), slot: String(form.start), length: String(facts.length), zone: clock.zone, key: form.key }} />
      {form.hold && <input type="hidden" name="hold" value={form.hold.token} />}
      <h2 id="panel" {...(failed || form.notice ? {} : FOCUSED)}>
        {t('form.title')}
      </h2>
      {form.notice && (
        <Notice tone={form.notice === 'now-request' ? 'info' : 'danger'} icon="alert" role="alert" focus>
          {form.notice === 'again' ? t('form.again') : form.notice === 'sent-before' ? t('form.sent_before') : rich(t, 'form.now_request', { host })}
        </Notice>
      )}
      {failed && !form.notice && <Summary form={form} t={t} />}
      {form.hold && (
        <p class="chip accent" data-left={String(form.hold.until - clock.now)} data-lapsed={t('book.lapsed')}>
          <Icon name="lock" />
          <span>{t('book.held', { time: tell.time(form.hold.until) })}</span>
        </p>
      )}
      <p class="when">
        <strong>{t('form.when', { day: tell.say(form.start, 'day'), time: tell.time(form.start) })}</strong>
        {both && <span class="muted">{rich(t, both.day ? 'tz.both.day' : 'tz.both', { host }, { a: both.a, b: both.b, day: both.day ?? '' })}</span>}
        {clocksChange([clock.zone, facts.host.zone], clock.now, form.start) && <span class="muted">{t('tz.dst')}</span>}
      </p>
      <Field id="name" label={t('form.name')} required error={errors['name']} t={t}>
        {(told) => <input {...told} name="name" autocomplete="name" maxLength={200} value={typed.name} />}
      </Field>
      <Field id="email" label={t('form.email')} required error={errors['email']} t={t}>
        {(told) => <input {...told} name="email" type="email" autocomplete="email" maxLength={254} autocapitalize="none" spellcheck={false} value={typed.email} />}
      </Field>
      {form.questions.map((question, index) => (
        <Asked question={question} id={`q${index}`} typed={typed.answers[question.id] ?? []} error={errors[`q-${question.id}`]} t={t} />
      ))}
      {form.guestsMax > 0 && (
        <Field id="guests" label={t('form.guests')} error={errors['guests']} hint={t('form.guests.hint', { n: form.guestsMax })} t={t}>
          {(told) => <input {...told} name="guests" inputMode="email" autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={5000} value={typed.guests} />}
        </Field>
      )}
      {form.consent && (
        <Tick id="consent" name="consent" label={form.consent.text} required={form.consent.required} checked={typed.consent} error={errors['consent']} t={t} />
      )}
      <div class="pot" aria-hidden="true">
        <label>
          {t('form.honeypot')}
          <input name="website" tabIndex={-1} autocomplete="off" />
        </label>
      </div>
      <p class="muted small">{t('form.purpose')}</p>
      <div class="act">
        <button class="button primary" data-wait={t('book.wait')}>
          {t(facts.mode.kind === 'requests' ? 'offline.ask' : 'book.confirm')}
        </button>
      </div>
      <button class="link" formaction={`${facts.path}/release`} formnovalidate data-back="">
        {t('book.change_time')}
      </button>
    </form>
  )
}

const ERROR: Record<FieldError, `error.${FieldError}`> = {
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

function Summary({ form, t }: { form: Form; t: Words }) {
  const wrong = [
    { id: 'name', label: t('form.name'), error: form.errors['name'] },
    { id: 'email', label: t('form.email'), error: form.errors['email'] },
    ...form.questions.map((question, index) => ({ id: `q${index}`, label: question.label, error: form.errors[`q-${question.id}`] })),
    { id: 'guests', label: t('form.guests'), error: form.errors['guests'] },
    { id: 'consent', label: form.consent?.text ?? '', error: form.errors['consent'] },
  ].flatMap(({ id, label, error }) => (error ? [{ id, label, error }] : []))
  return (
    <Notice tone="danger" icon="alert" role="alert" focus>
      <strong>{t('form.errors', { n: wrong.length })}</strong>
      <ul>
        {wrong.map(({ id, label, error }) => (
          <li>
            <a href={`#${id}`}>
              <Name>{label}</Name>
            </a>
            : {t(ERROR[error])}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** What ties a control to its label, hint and error. */
type Told = { id: string; required?: true; 'aria-describedby'?: string; 'aria-invalid'?: true }

type Labelled = { id: string; label: string; required?: boolean; error: FieldError | undefined; hint?: string; t: Words }

const toldOf = ({ id, required, error, hint }: Labelled): Told => ({
  id,
  ...(required ? { required: true } : {}),
  ...(error || hint ? { 'aria-describedby': [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ') } : {}),
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

function Field({ children, ...field }: Labelled & { children: (told: Told) => ComponentChildren }) {
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

function Tick({ name, checked, ...field }: Labelled & { name: string; checked: boolean }) {
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
function Choices({ type, name, options, typed, ...field }: Labelled & { type: 'radio' | 'checkbox'; name: string; options: string[]; typed: string[] }) {
  const { id: _id, required, ...told } = toldOf(field)
  return (
    <fieldset class="field" {...told}>
      <legend>
        <LabelText label={field.label} required={field.required} t={field.t} />
      </legend>
      {options.map((option, index) => (
        <label class="tick">
          <input type={type} name={name} value={option} checked={typed.includes(option)} {...(index === 0 ? { id: field.id } : {})} required={type === 'radio' ? required : undefined} />
          <Name>{option}</Name>
        </label>
      ))}
      <Wrong id={field.id} error={field.error} t={field.t} />
    </fieldset>
  )
}

const MANY_OPTIONS = 6

/** One of the page's own questions. */
function Asked({ question, id, typed, error, t }: { question: Question; id: string; typed: string[]; error: FieldError | undefined; t: Words }) {
  const { label, required, kind, options = [] } = question
  const name = `q-${question.id}`
  const value = typed[0] ?? ''
  const field: Labelled = { id, label, required, error, t }
  switch (kind) {
    case 'check':
      return <Tick {...field} name={name} checked={value === 'yes'} />
    case 'many':
      return <Choices {...field} type="checkbox" name={name} options={options} typed={typed} />
    case 'choice':
      if (options.length <= MANY_OPTIONS) return <Choices {...field} type="radio" name={name} options={options} typed={typed} />
      return (
        <Field {...field}>
          {(told) => (
            <select {...told} name={name}>
              <option value="">{t('form.choose')}</option>
              {options.map((option) => (
                <option selected={option === value}>{option}</option>
              ))}
            </select>
          )}
        </Field>
      )
    case 'long':
      return (
        <Field {...field}>
          {(told) => (
            <textarea {...told} name={name} rows={4} maxLength={5000}>
              {value}
            </textarea>
          )}
        </Field>
      )
    case 'text':
      return <Field {...field}>{(told) => <input {...told} name={name} maxLength={500} value={value} />}</Field>
    case 'phone':
      return <Field {...field}>{(told) => <input {...told} name={name} type="tel" autocomplete="tel" maxLength={40} value={value} />}</Field>
    case 'number':
      return <Field {...field}>{(told) => <input {...told} name={name} inputMode="decimal" maxLength={30} value={value} />}</Field>
    case 'date':
      return <Field {...field}>{(told) => <input {...told} name={name} type="date" value={value} />}</Field>
  }
}

/** Moving: both times side by side and one button; the GET before it has changed nothing. */
export function MoveQuestion({ view, to, address, tell }: { view: PickerView; to: number; address: Address; tell: Teller }) {
  const { facts, clock, moving } = view
  const { t } = tell
  if (!moving) return null
  const host = <Name>{facts.host.callName}</Name>
  const both = bothClocks(tell, clock, facts.host.zone, to)
  return (
    <form method="post" action={address.path} class="details" data-live="book" aria-labelledby="panel">
      <Hidden fields={{ ...carried(address), slot: String(to), zone: clock.zone }} />
      <h2 id="panel" {...FOCUSED}>
        {t('move.question')}
      </h2>
      <dl class="fromto">
        <dt>{t('move.from')}</dt>
        <dd>
          <s>{tell.span(moving.from.start, moving.from.end)}</s>
        </dd>
        <dt>{t('move.to')}</dt>
        <dd>
          <strong>{tell.span(to, to + facts.length * MINUTE)}</strong>
          {both && <span class="muted">{rich(t, both.day ? 'tz.both.day' : 'tz.both', { host }, { a: both.a, b: both.b, day: both.day ?? '' })}</span>}
        </dd>
      </dl>
      <div class="act">
        <button class="button primary" data-wait={t('book.wait')}>
          {t(facts.mode.kind === 'requests' ? 'move.request' : 'move.confirm')}
        </button>
      </div>
      <a href={`${address.path}?${new URLSearchParams(carried(address))}`} data-live="page">
        {t('book.change_time')}
      </a>
    </form>
  )
}
