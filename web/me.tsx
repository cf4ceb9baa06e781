import { createContext, useContext } from 'react'
import { useMutation } from '@tanstack/react-query'
import { accounts } from './api.ts'
import type { Me, Permission, ProfileChange } from './api-types.ts'
import { meQuery, queryClient } from './queries.ts'
import { prefer } from './preferences.ts'

const Context = createContext<Me | null>(null)
export const MeProvider = Context.Provider

/** Who is signed in. Only inside the shell, where somebody is. */
export function useMe(): Me {
  const me = useContext(Context)
  if (!me) throw new Error('useMe outside of the shell')
  return me
}

export const useMay = (permission: Permission): boolean => useMe().permissions.includes(permission)

/** Takes a fresh answer about oneself: everything that shows it follows, language and theme too. */
export function adopt(me: Me): void {
  queryClient.setQueryData(meQuery.queryKey, me)
  prefer({ locale: me.user.locale, theme: me.user.theme })
}

export const useChangeMe = () =>
  useMutation({ mutationFn: (change: ProfileChange) => accounts.change(change), onSuccess: adopt })
