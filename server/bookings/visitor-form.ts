import type { Locale } from '#core/locale/locale.ts'
import type { Instant, Zone } from '#core/time/model.ts'
import { parseDate } from '#core/time/wall.ts'
import { emailAddress, text } from '#server/platform/http.ts'
import type { Answer, BookedType, Question, Visitor } from './model.ts'
import type { FieldError, Typed } from './views.ts'

const LINE = 200
const LONG = 5_000

export type Fields = Record<string, string | File | (string | File)[]>

const one = (fields: Fields, name: string): string => {
  const value = fields[name]
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first : ''
}
const many = (fields: Fields, name: string): string[] => {
  const value = fields[name]
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string' && item !== '')
}

/** What was typed, as it was typed. */
export function typedOf(fields: Fields, questions: Question[]): Typed {
  return {
    name: one(fields, 'name').slice(0, LINE * 2),
    email: one(fields, 'email').slice(0, LINE * 2),
    guests: one(fields, 'guests').slice(0, LONG),
    consent: one(fields, 'consent') !== '',
    answers: Object.fromEntries(questions.map((question) => [question.id, many(fields, `q-${question.id}`).map((value) => value.slice(0, LONG + 1))])),
  }
}

export const anythingTyped = (typed: Typed): boolean => typed.name !== '' || typed.email !== '' || typed.guests !== '' || typed.consent || Object.values(typed.answers).some((values) => values.length > 0)

/** The visitor behind a form, or one code per field that a person can mend; nothing typed is lost either way. */
export function readVisitor(typed: Typed, type: BookedType, context: { zone: Zone; locale: Locale; now: Instant }): { visitor: Visitor; errors: null } | { visitor: null; errors: Record<string, FieldError> } {
  const errors: Record<string, FieldError> = {}
  const name = text(LINE, { min: 1 }).safeParse(typed.name)
  if (typed.name.trim() === '') errors['name'] = 'required'
  else if (!name.success) errors['name'] = typed.name.length > LINE ? 'too-long' : 'text'
  const email = emailAddress.safeParse(typed.email)
  if (typed.email.trim() === '') errors['email'] = 'required'
  else if (!email.success) errors['email'] = 'email'
  const guests = readGuests(typed.guests, type.guestsMax)
  if (typeof guests === 'string') errors['guests'] = guests
  const answers: Answer[] = []
  for (const question of type.questions) {
    const answer = readAnswer(question, typed.answers[question.id] ?? [])
    if (typeof answer === 'string') errors[`q-${question.id}`] = answer
    else if (answer) answers.push(answer)
  }
  if (type.consent?.required && !typed.consent) errors['consent'] = 'consent'
  if (Object.keys(errors).length > 0 || !name.success || !email.success || typeof guests === 'string') return { visitor: null, errors }
  return {
    visitor: { name: name.data, email: email.data, zone: context.zone, locale: context.locale, answers, guests, consent: type.consent && typed.consent ? { text: type.consent.text, at: context.now } : null },
    errors: null,
  }
}

function readGuests(typed: string, max: number): string[] | FieldError {
  const list = typed.split(/[,;\s]+/).filter((part) => part !== '')
  if (list.length === 0 || max === 0) return []
  if (list.length > max) return 'too-many'
  const read = list.map((part) => emailAddress.safeParse(part))
  return read.every((part) => part.success) ? [...new Set(read.map((part) => part.data))] : 'guests'
}

function readAnswer(question: Question, values: string[]): Answer | null | FieldError {
  const [value = ''] = values
  const given = values.filter((item) => item.trim() !== '')
  if (given.length === 0) return question.required ? 'required' : null
  const answer = (said: string): Answer => ({ id: question.id, label: question.label, value: said })
  switch (question.kind) {
    case 'many':
      return given.every((item) => question.options?.includes(item)) ? answer([...new Set(given)].join(', ')) : 'choice'
    case 'choice':
      return question.options?.includes(value) ? answer(value) : 'choice'
    case 'check':
      return answer('✓')
    case 'number':
      return /^[+-]?\d{1,15}([.,]\d{1,6})?$/.test(value.trim()) ? answer(value.trim()) : 'number'
    case 'date':
      return parseDate(value.trim()) ? answer(value.trim()) : 'date'
    case 'phone':
      return /^\+?[\d\s().-]{5,25}$/.test(value.trim()) ? answer(value.trim()) : 'phone'
    case 'long':
    case 'text': {
      const max = question.kind === 'long' ? LONG : LINE
      const read = text(max, { min: 1, lines: question.kind === 'long' }).safeParse(value)
      return read.success ? answer(read.data) : value.length > max ? 'too-long' : 'text'
    }
  }
}
