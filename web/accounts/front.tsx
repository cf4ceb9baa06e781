import type { ReactNode } from 'react'
import { LOCALES } from '#core/locale/locale.ts'
import { appWords } from '#core/locale/words/app.ts'
import { useLanguage, useSay } from '../language.tsx'
import { prefer } from '../preferences.ts'
import { Mark } from '../ui/mark.tsx'

/** The room before the house: a single card in the middle, and the language to choose. */
export function Front({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-8 sm:py-16">
      <header className="mb-6 flex items-center gap-2 text-lg font-bold">
        <Mark size={32} />
        Ritrovo
      </header>
      <main id="content" className="hairline w-full max-w-md rounded-sheet bg-surface p-6 sm:p-8">
        {children}
      </main>
      <footer>
        <Languages />
      </footer>
    </div>
  )
}

export function Languages() {
  const say = useSay(appWords)
  const { locale } = useLanguage()
  return (
    <div role="group" aria-label={say('lang.label')} className="mt-6 flex gap-1">
      {LOCALES.map((other) => (
        <button
          key={other}
          type="button"
          lang={other}
          aria-pressed={other === locale}
          onClick={() => prefer({ locale: other })}
          className="min-h-11 rounded-control px-3 text-sm text-muted underline-offset-4 not-aria-pressed:underline aria-pressed:font-bold aria-pressed:text-text"
        >
          {say(`lang.${other}`)}
        </button>
      ))}
    </div>
  )
}
