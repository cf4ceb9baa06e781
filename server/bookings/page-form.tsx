import { carried } from './page-links.ts'
import { Answer, ERROR, Field, Tick } from './page-fields.tsx'
import { FOCUSED, Hidden, Icon, Name, Notice } from './page-parts.tsx'
import { BothClocks } from './page-when.tsx'
import { clocksChange, type Shown, type Words } from './page-times.ts'
import type { Form, PickerView } from './views.ts'

/** The third column once a time is chosen. It submits without script; errors come back beside what was typed. */
export function DetailsForm({ view, form, address, tell }: Shown<PickerView> & { form: Form }) {
  const { facts, clock } = view
  const { t } = tell
  const { typed, errors } = form
  const failed = Object.keys(errors).length > 0
  return (
    <form
      method="post"
      action={`${facts.path}/book`}
      class="details"
      noValidate
      data-live="book"
      aria-labelledby="panel"
    >
      <Hidden
        fields={{
          ...carried(address),
          slot: String(form.start),
          length: String(facts.length),
          zone: clock.zone,
          key: form.key,
        }}
      />
      {form.hold && <input type="hidden" name="hold" value={form.hold.token} />}
      <h2 id="panel" {...(failed || form.notice ? {} : FOCUSED)}>
        {t('form.title')}
      </h2>
      {form.notice && (
        <Notice tone="danger" icon="alert" role="alert" focus>
          {t(form.notice === 'again' ? 'form.again' : 'form.sent_before')}
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
        <span class="muted">
          <BothClocks tell={tell} clock={clock} host={facts.host} at={form.start} />
        </span>
        {clocksChange([clock.zone, facts.host.zone], clock.now, form.start) && (
          <span class="muted">{t('tz.dst')}</span>
        )}
      </p>
      <Field id="name" label={t('form.name')} required error={errors['name']} t={t}>
        {(told) => <input {...told} name="name" autocomplete="name" maxLength={200} value={typed.name} />}
      </Field>
      <Field id="email" label={t('form.email')} required error={errors['email']} t={t}>
        {(told) => (
          <input
            {...told}
            name="email"
            type="email"
            autocomplete="email"
            maxLength={254}
            autocapitalize="none"
            spellcheck={false}
            value={typed.email}
          />
        )}
      </Field>
      {form.questions.map((question, index) => (
        <Answer
          question={question}
          id={`q${index}`}
          typed={typed.answers[question.id] ?? []}
          error={errors[`q-${question.id}`]}
          t={t}
        />
      ))}
      {form.guestsMax > 0 && (
        <Field
          id="guests"
          label={t('form.guests')}
          error={errors['guests']}
          hint={t('form.guests.hint', { n: form.guestsMax })}
          t={t}
        >
          {(told) => (
            <input
              {...told}
              name="guests"
              inputMode="email"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              maxLength={5000}
              value={typed.guests}
            />
          )}
        </Field>
      )}
      {form.consent && (
        <Tick
          id="consent"
          name="consent"
          label={form.consent.text}
          required={form.consent.required}
          checked={typed.consent}
          error={errors['consent']}
          t={t}
        />
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

function Summary({ form, t }: { form: Form; t: Words }) {
  const wrong = [
    { id: 'name', label: t('form.name'), error: form.errors['name'] },
    { id: 'email', label: t('form.email'), error: form.errors['email'] },
    ...form.questions.map((question, index) => ({
      id: `q${index}`,
      label: question.label,
      error: form.errors[`q-${question.id}`],
    })),
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
