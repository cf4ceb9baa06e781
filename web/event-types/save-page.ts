import { useMutation } from '@tanstack/react-query'
import { appWords } from '#core/locale/words/app.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { pages } from '../api.ts'
import type { Page, PageChange } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { pageQuery, pagesChanged, queryClient } from '../queries.ts'
import { toast } from '../ui/toasts.tsx'
import { changesBack, type Draft } from './draft.ts'

/** Saves what was changed and offers the way back. */
export function useSavePage(id: string, base: Draft, onSaved: (page: Page) => void) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const settle = async (saved: Page) => {
    queryClient.setQueryData(pageQuery(id).queryKey, saved)
    onSaved(saved)
    await pagesChanged()
  }
  const back = useMutation({
    mutationFn: (change: PageChange) => pages.change(id, change),
    onSuccess: async (saved) => {
      await settle(saved)
      toast(say('editor.undone'))
    },
    onError: () => toast(sayApp('err.generic'), { tone: 'bad' }),
  })
  return useMutation({
    mutationFn: (change: PageChange) => pages.change(id, change),
    onSuccess: async (saved, change) => {
      toast(say('editor.saved'), {
        action: {
          label: sayApp('do.undo'),
          run: () => back.mutate({ ...changesBack(base, change), version: saved.eventType.version }),
        },
      })
      await settle(saved)
    },
  })
}
