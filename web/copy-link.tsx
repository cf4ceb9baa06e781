import { Check, Link2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { useSay } from './language.tsx'
import { Button, type Look } from './ui/button.tsx'
import { copyText } from './ui/copy.ts'
import { toast } from './ui/toasts.tsx'

export const absolute = (path: string): string => new URL(path, location.origin).href

/** Copies a link and says so, on the button and aloud. `of` names it where several stand in a list. */
export function CopyLink({
  url,
  of,
  look,
  label,
}: {
  url: string
  of?: string
  look?: Look
  label?: string
}) {
  const say = useSay(appWords)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2500)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = async () => {
    const done = await copyText(absolute(url))
    setCopied(done)
    toast(done ? say('page.copied') : say('copy.failed'), { tone: done ? 'good' : 'bad' })
  }
  return (
    <Button
      {...look}
      aria-label={of ? say('page.copy_of', { name: of }) : undefined}
      icon={copied ? <Check size={16} aria-hidden /> : <Link2 size={16} aria-hidden />}
      onClick={() => void copy()}
    >
      {label ?? say('page.copy')}
    </Button>
  )
}
