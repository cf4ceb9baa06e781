import { RotateCw } from 'lucide-react'
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import type { Say } from '#core/locale/say.ts'
import { ApiProblem } from './api.ts'
import { useSay } from './language.tsx'
import { Button } from './ui/button.tsx'
import { Notice } from './ui/notice.tsx'

type Key = keyof typeof appWords.en
const isKey = (key: string): key is Key => key in appWords.en

/** The one place where an answer that says no becomes a sentence. */
export function sayProblem(say: Say<Key>, error: unknown): string {
  if (!(error instanceof ApiProblem)) return say('err.generic')
  const key = `problem.${error.code}`
  return isKey(key) ? say(key) : say('err.generic')
}

export const isProblem = (error: unknown, code: string): error is ApiProblem =>
  error instanceof ApiProblem && error.code === code

/** Codes of one field, as the server's checks name them, in words. */
export function sayField(say: Say<Key>, code: string): string {
  if (code === 'too_small' || code === 'too-short') return say('field.too_short')
  if (code === 'too_big') return say('field.too_long')
  return say('field.invalid')
}

/** Puts what the server said of single fields to those fields; true when all of it found its place. */
export function placeFields<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  error: unknown,
  say: Say<Key>,
): boolean {
  if (!(error instanceof ApiProblem) || error.code !== 'bad-input') return false
  const names = new Set(Object.keys(form.getValues()))
  const [told, untold] = [
    Object.entries(error.fields).filter(([name]) => names.has(name)),
    Object.keys(error.fields).filter((name) => !names.has(name)),
  ]
  for (const [index, [name, code]] of told.entries())
    form.setError(name as Path<Values>, { message: sayField(say, code) }, { shouldFocus: index === 0 })
  return told.length > 0 && untold.length === 0
}

/** Technical words, folded away, for whoever can do something with them. */
export function Details({ error }: { error: unknown }) {
  const say = useSay(appWords)
  if (!(error instanceof ApiProblem)) return null
  return (
    <details className="mt-1 text-sm">
      <summary>{say('err.details')}</summary>
      <p className="mt-1 font-normal">
        {say('err.code', { code: error.status ? `${error.status} ${error.code}` : error.code })}
        {Object.keys(error.fields).length > 0 && (
          <span className="block break-all">
            {say('err.fields', {
              fields: Object.entries(error.fields)
                .map((field) => field.join(': '))
                .join(', '),
            })}
          </span>
        )}
        {error.requestId && (
          <span className="block break-all">{say('err.request', { id: error.requestId })}</span>
        )}
      </p>
    </details>
  )
}

/** What went wrong with something the reader just did. */
export function ProblemNotice({ error }: { error: unknown }) {
  const say = useSay(appWords)
  return error ? (
    <Notice tone="bad" live>
      {sayProblem(say, error)}
      <Details error={error} />
    </Notice>
  ) : null
}

/** In place of something that could not be read. */
export function Failed({ error, retry }: { error: unknown; retry: () => unknown }) {
  const say = useSay(appWords)
  return (
    <Notice
      tone="bad"
      live
      actions={
        <Button small icon={<RotateCw size={16} aria-hidden />} onClick={() => void retry()}>
          {say('do.retry')}
        </Button>
      }
    >
      {sayProblem(say, error)}
      <Details error={error} />
    </Notice>
  )
}
