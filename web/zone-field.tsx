import { lazy, Suspense } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { useLanguage, useSay } from './language.tsx'
import { TextField } from './ui/field.tsx'

// Searching four hundred zones is heavy and seldom: it comes when a form with a zone is shown.
const Search = lazy(() => import('./ui/zone-field.tsx').then(({ ZoneField }) => ({ default: ZoneField })))

export function ZoneField({
  value,
  onChange,
  label,
}: {
  value: string
  onChange: (zone: string) => void
  label?: string
}) {
  const say = useSay(appWords)
  const { locale } = useLanguage()
  const words = { label: label ?? say('zone.label'), hint: say('zone.hint'), none: say('zone.none') }
  return (
    <Suspense fallback={<TextField label={words.label} value={value} readOnly />}>
      <Search {...words} locale={locale} value={value} onChange={onChange} />
    </Suspense>
  )
}
