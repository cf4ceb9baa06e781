import { auth, calendar, type calendar_v3 } from '@googleapis/calendar'
import { startPracticeGoogle, type PracticeGoogle, type PracticeGoogleOptions } from './server.ts'

/** Google's own client for Node, pointed at the practice server. */
export type Judge = {
  google: PracticeGoogle
  api: calendar_v3.Calendar
  token: string
  as(scope: string, email?: string): calendar_v3.Calendar
  stop(): Promise<void>
}

export const GIULIA = 'giulia@example.test'
export const MARCO = 'marco@example.test'
export const AUTH = 'https://www.googleapis.com/auth/'

export async function startJudge(options: PracticeGoogleOptions = {}): Promise<Judge> {
  const google = await startPracticeGoogle(options)
  google.store.addUser({ email: GIULIA, name: 'Giulia Bianchi' })
  google.store.addUser({ email: MARCO, name: 'Marco Neri', zone: 'America/New_York' })
  const client = (token: string) => {
    const credentials = new auth.OAuth2()
    credentials.setCredentials({ access_token: token })
    return calendar({ version: 'v3', auth: credentials, rootUrl: `${google.url}/`, retry: false })
  }
  const token = google.grant(GIULIA, `openid email ${AUTH}calendar ${AUTH}gmail.send`).accessToken
  return {
    google,
    token,
    api: client(token),
    as: (scope, email = GIULIA) => client(google.grant(email, scope).accessToken),
    stop: () => google.stop(),
  }
}

export type Refused = { status: number; reason: string; message: string; location: string | undefined }
type Gaxios = {
  status?: number
  response?: {
    status: number
    data: {
      error: {
        code: number
        message: string
        errors: { reason: string; domain: string; location?: string }[]
      }
    }
  }
}

/** What Google's client throws, as one line; a call that succeeds is a failure of the test. */
export async function refused(call: Promise<unknown>): Promise<Refused> {
  try {
    await call
  } catch (error) {
    const { response } = error as Gaxios
    if (!response?.data?.error) throw error
    const { status, data } = response
    return {
      status,
      reason: data.error.errors[0]!.reason,
      message: data.error.message,
      location: data.error.errors[0]!.location,
    }
  }
  throw new Error('the call was not refused')
}

/** An hour of a meeting on that day, in Rome. */
export const hour = (date: string, from = '10:00', to = '11:00') => ({
  start: { dateTime: `${date}T${from}:00`, timeZone: 'Europe/Rome' },
  end: { dateTime: `${date}T${to}:00`, timeZone: 'Europe/Rome' },
})
export const NO_LETTERS = { sendUpdates: 'none' } as const
