import type { Call, Reply } from './call.ts'
import { windowsName } from './clock.ts'
import { calendarOf } from './events.ts'
import type { Calendar } from './model.ts'
import { page } from './view.ts'

const select = (call: Call, json: Record<string, unknown>): Record<string, unknown> => {
  const names = call.query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim())
  return names
    ? Object.fromEntries(
        Object.entries(json).filter(
          ([name]) => name.startsWith('@') || name === 'id' || names.includes(name),
        ),
      )
    : json
}

export function me(call: Call): Reply {
  const { id, name, email, mailbox } = call.person
  const [givenName, ...rest] = name.split(' ')
  return {
    status: 200,
    body: select(call, {
      '@odata.context': `${call.url}/v1.0/$metadata#users/$entity`,
      businessPhones: [],
      displayName: name,
      givenName: givenName ?? null,
      jobTitle: null,
      mail: mailbox ? email : null,
      mobilePhone: null,
      officeLocation: null,
      preferredLanguage: null,
      surname: rest.join(' ') || null,
      userPrincipalName: email,
      id,
    }),
  }
}

export const workingHours = (zone: string) => ({
  daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  startTime: '08:00:00.0000000',
  endTime: '17:00:00.0000000',
  timeZone: { name: windowsName(zone) },
})

export const mailboxSettings = (call: Call): Reply => ({
  status: 200,
  body: {
    '@odata.context': `${call.url}/v1.0/$metadata#users('${call.person.id}')/mailboxSettings`,
    timeZone: windowsName(call.person.zone),
    language: { locale: 'it-IT', displayName: 'Italian (Italy)' },
    timeFormat: 'HH:mm',
    dateFormat: 'dd/MM/yyyy',
    workingHours: workingHours(call.person.zone),
  },
})

const calendarJson = (calendar: Calendar, call: Call): Record<string, unknown> =>
  select(call, {
    id: calendar.id,
    name: calendar.name,
    color: calendar.hexColor ? 'lightBlue' : 'auto',
    hexColor: calendar.hexColor,
    isDefaultCalendar: calendar.isDefault,
    changeKey: calendar.id.slice(-12),
    canShare: calendar.canEdit,
    canViewPrivateItems: calendar.canEdit,
    canEdit: calendar.canEdit,
    allowedOnlineMeetingProviders: calendar.meetings,
    defaultOnlineMeetingProvider: calendar.meetings[0] ?? 'unknown',
    isTallyingResponses: calendar.canEdit,
    isRemovable: !calendar.isDefault,
    owner: { name: call.person.name, address: call.person.email },
  })

export function calendars(call: Call): Reply {
  const all = [...call.store.calendars.values()]
    .filter((calendar) => calendar.owner === call.person.id)
    .sort((a, b) => Number(b.isDefault) - Number(a.isDefault))
  return {
    status: 200,
    body: page(call, all, (calendar) => calendarJson(calendar, call), `users('${call.person.id}')/calendars`),
  }
}

export const calendar = (call: Call): Reply => ({
  status: 200,
  body: {
    '@odata.context': `${call.url}/v1.0/$metadata#users('${call.person.id}')/calendars/$entity`,
    ...calendarJson(calendarOf(call), call),
  },
})
