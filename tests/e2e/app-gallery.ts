/** Every screen of the signed-in app and how to get there: for the accessibility test, and for whoever wants to see them all. */
import type { Page } from 'playwright-core'
import type { PreviewOptions } from './preview-app.ts'

export type Shown = {
  path: string
  then?: (page: Page) => Promise<void>
} & Pick<PreviewOptions, 'scene' | 'without' | 'unset' | 'refuses'>

/** Every row of the table in ux.md §2b that a trip to a provider can end with. */
export const LANDINGS = [
  'CAL-SHARED-INBOX',
  'CAL-WRONG-ACCOUNT',
  'CAL-CANCELLED',
  'CAL-PARTIAL-SCOPE',
  'CAL-ADMIN-CONSENT',
  'CAL-NO-MAILBOX',
  'CAL-UNVERIFIED-APP',
  'CAL-ALREADY-USED',
  'CAL-NO-PERMISSION',
  'CAL-SECOND',
]

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const button = (page: Page, it: string, en: string) =>
  page.getByRole('button', { name: new RegExp(`^(?:${it}|${en})$`) }).first()
const press = (it: string, en: string) => async (page: Page) => button(page, it, en).click()

const connectDialog = async (page: Page) => {
  await page.locator('label', { hasText: 'CalDAV' }).click()
  await button(page, 'Continua', 'Continue').click()
}
const caldavForm = async (page: Page) => {
  await connectDialog(page)
  await button(page, 'Accetta e continua', 'Accept and continue').click()
}

export const SCREENS: Record<string, Shown> = {
  'sign-in': { scene: 'signed-out', path: '/login' },
  'sign-in-wrong': {
    scene: 'signed-out',
    path: '/login',
    then: async (page) => {
      await page.locator('input[type=email]').fill('giulia@studioferri.example')
      await page.locator('input[type=password]').fill('wrong')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
    },
  },
  invitation: { scene: 'signed-out', path: '/invite/good' },
  'invitation-known': { scene: 'signed-out', path: '/invite/known' },
  'invitation-gone': { scene: 'signed-out', path: '/invite/gone' },
  'setup-account': { scene: 'first-run', path: '/setup?k=7F3K-92QD' },
  'setup-old-key': { scene: 'first-run', path: '/setup?k=OLD' },
  'setup-hours': { scene: 'offline', path: '/setup' },
  'setup-calendar': {
    scene: 'offline',
    path: '/setup',
    then: press('Salta, uso questi', 'Skip, these are fine'),
  },
  'setup-rehearsal': {
    scene: 'offline',
    path: '/setup',
    then: async (page) => {
      await button(page, 'Salta, uso questi', 'Skip, these are fine').click()
      await button(page, 'Più tardi', 'Later').click()
      await button(page, 'Prenota me', 'Book myself').click()
      await button(page, 'Fai pulizia', 'Clean up').waitFor()
    },
  },
  today: { scene: 'connected', path: '/app' },
  'today-offline': { scene: 'offline', path: '/app' },
  'today-empty': { scene: 'empty', path: '/app' },
  meetings: { scene: 'connected', path: '/app/meetings' },
  'meetings-offline': { scene: 'offline', path: '/app/meetings' },
  'meetings-empty': { scene: 'empty', path: '/app/meetings' },
  'meetings-actions': {
    scene: 'connected',
    path: '/app/meetings',
    then: async (page) =>
      page
        .getByRole('button', { name: /Consulenza iniziale$/ })
        .nth(1)
        .click(),
  },
  'meetings-changes': { scene: 'google', path: '/app/meetings' },
  'meetings-connected': { scene: 'connected', path: `/app/meetings?connected=${id(60)}&choose=1` },
  'new-page': { scene: 'connected', path: '/app/meetings?create=page' },
  propose: {
    scene: 'connected',
    path: '/app/meetings',
    then: async (page) => {
      await button(page, 'Proponi altri 3', 'Propose 3 others').click()
      await button(page, 'Scegli tu i migliori tre', 'Choose the best three').click()
    },
  },
  decline: { scene: 'connected', path: '/app/meetings', then: press('Rifiuta', 'Decline') },
  meeting: { scene: 'connected', path: `/app/meetings/${id(102)}` },
  'meeting-unwritten': { scene: 'connected', path: `/app/meetings/${id(103)}` },
  'meeting-request': { scene: 'offline', path: `/app/meetings/${id(113)}` },
  'meeting-cancelled': { scene: 'connected', path: `/app/meetings/${id(131)}` },
  move: { scene: 'connected', path: `/app/meetings/${id(102)}`, then: press('Sposta', 'Move') },
  cancel: {
    scene: 'connected',
    path: `/app/meetings/${id(102)}`,
    then: press('Annulla riunione', 'Cancel meeting'),
  },
  'editor-basics': { scene: 'connected', path: `/app/pages/${id(81)}` },
  'editor-hours': {
    scene: 'connected',
    path: `/app/pages/${id(81)}?section=hours`,
    then: press('Guarda', 'Look'),
  },
  'editor-last-known': {
    scene: 'google',
    path: `/app/pages/${id(81)}?section=hours`,
    then: async (page) => page.locator('input[name=unreadable]').nth(1).check(),
  },
  'editor-meet': {
    scene: 'google',
    path: `/app/pages/${id(81)}`,
    then: async (page) => {
      await page
        .locator('select')
        .filter({ has: page.locator('option[value=meet]') })
        .selectOption('meet')
    },
  },
  'editor-questions': { scene: 'connected', path: `/app/pages/${id(81)}?section=questions` },
  'editor-after': { scene: 'connected', path: `/app/pages/${id(81)}?section=after` },
  'editor-team': { scene: 'connected', path: `/app/pages/${id(82)}?section=team` },
  'editor-share': { scene: 'offline', path: `/app/pages/${id(81)}?section=share` },
  'editor-problems': {
    scene: 'connected',
    path: `/app/pages/${id(81)}`,
    then: async (page) => {
      await page.locator('main input[maxlength="120"]').fill('')
      await button(page, 'Salva', 'Save').click()
      await page.getByRole('alert').waitFor()
    },
  },
  contacts: { scene: 'connected', path: '/app/contacts' },
  'contacts-empty': { scene: 'empty', path: '/app/contacts' },
  'contact-new': { scene: 'connected', path: '/app/contacts?create=contact' },
  contact: { scene: 'connected', path: `/app/contacts/${id(201)}` },
  'contact-schedule': {
    scene: 'google',
    path: `/app/contacts/${id(202)}`,
    then: press('Fissa riunione', 'Schedule meeting'),
  },
  'contact-schedule-noted': {
    scene: 'offline',
    path: `/app/contacts/${id(202)}`,
    then: press('Fissa riunione', 'Schedule meeting'),
  },
  'contact-schedule-busy': {
    scene: 'google',
    path: `/app/contacts/${id(202)}`,
    then: async (page) => {
      await button(page, 'Fissa riunione', 'Schedule meeting').click()
      const dialog = page.getByRole('dialog')
      await dialog.locator('input[maxlength="120"]').fill('Busy')
      await button(page, 'Fissa e invita', 'Schedule and invite').click()
      await page
        .getByRole('status')
        .filter({ hasText: /A quest’ora|Something stands/ })
        .waitFor()
    },
  },
  profile: { scene: 'connected', path: '/app/settings/profile' },
  email: { scene: 'connected', path: '/app/settings/email' },
  'email-linked': { scene: 'several', path: '/app/settings/email' },
  calendar: {
    scene: 'connected',
    path: '/app/settings/calendar',
    then: async (page) => {
      await button(page, 'Verifica il collegamento', 'Check the connection').click()
      await page.getByText(/controllo ogni 2 minuti|every 2 minutes/).waitFor()
    },
  },
  'calendar-none': { scene: 'offline', path: '/app/settings/calendar' },
  'calendar-broken': { scene: 'broken', path: '/app/settings/calendar' },
  'calendar-google': { scene: 'google', path: '/app/settings/calendar' },
  'calendar-google-broken': { scene: 'google-broken', path: '/app/settings/calendar' },
  'calendar-mailbox-only': { scene: 'mailbox-only', path: '/app/settings/calendar' },
  'calendar-pair': { scene: 'pair', path: '/app/settings/calendar' },
  'calendar-several': { scene: 'several', path: '/app/settings/calendar' },
  'calendar-ledger': { scene: 'google', path: `/app/settings/calendar/ledger?connection=${id(61)}` },
  'calendar-ledger-empty': { scene: 'empty', path: '/app/settings/calendar/ledger' },
  'calendar-consent': {
    scene: 'google',
    path: '/app/settings/calendar',
    then: press('Vedi cosa ho autorizzato', 'See what I allowed'),
  },
  'calendar-disconnect': {
    scene: 'google',
    path: '/app/settings/calendar',
    then: press('Scollega', 'Disconnect'),
  },
  'calendar-disconnect-pair': {
    scene: 'pair',
    path: '/app/settings/calendar',
    then: press('Scollega', 'Disconnect'),
  },
  'mailbox-unlink': {
    scene: 'google',
    path: '/app/settings/calendar',
    then: press('Scollega la casella', 'Unlink the mailbox'),
  },
  'connect-provider': { scene: 'offline', path: '/app/settings/calendar?connect=now' },
  'connect-not-yet': {
    scene: 'offline',
    path: '/app/settings/calendar?connect=now',
    then: async (page) => page.locator('label', { hasText: 'Exchange' }).click(),
  },
  'connect-unset': {
    scene: 'offline',
    unset: true,
    path: '/app/settings/calendar?connect=now',
    then: async (page) => page.locator('label', { hasText: 'Google' }).click(),
  },
  'connect-unset-member': {
    scene: 'offline',
    unset: true,
    without: 'manage-workspace',
    path: '/app/settings/calendar?connect=now',
    then: async (page) => page.locator('label', { hasText: 'Office' }).click(),
  },
  'connect-google': { scene: 'offline', path: '/app/settings/calendar?connect=now&provider=google' },
  'connect-office': {
    scene: 'offline',
    path: '/app/settings/calendar?connect=now&provider=microsoft',
    then: async (page) => page.getByRole('checkbox').check(),
  },
  'connect-second': {
    scene: 'google',
    refuses: 'CAL-SECOND',
    path: '/app/settings/calendar?connect=now&provider=google',
    then: async (page) => {
      await button(page, 'Accetta e vai a Google', 'Accept and go to Google').click()
      await page
        .getByRole('status')
        .filter({ hasText: /Hai già|You already/ })
        .waitFor()
    },
  },
  ...Object.fromEntries(
    LANDINGS.map((code) => [
      `landing-${code.slice(4).toLowerCase()}`,
      { scene: 'offline', path: `/meetings?landing=${code}` },
    ]),
  ),
  'landing-gone': { scene: 'offline', path: '/app/meetings?landing=gone' },
  'connect-disclosure': { scene: 'offline', path: '/app/settings/calendar?connect=now', then: connectDialog },
  'connect-form': { scene: 'offline', path: '/app/settings/calendar?connect=now', then: caldavForm },
  'connect-refused': {
    scene: 'offline',
    path: '/app/settings/calendar?connect=now',
    then: async (page) => {
      await caldavForm(page)
      const dialog = page.getByRole('dialog')
      await dialog.locator('input[inputmode=url]').fill('elsewhere.example')
      await dialog.locator('input[autocomplete=off]').first().fill('giulia')
      await dialog.locator('input[type=password]').fill('secret')
      await button(page, 'Collega il calendario', 'Connect the calendar').click()
      await page.getByRole('alert').waitFor()
    },
  },
  consent: {
    scene: 'connected',
    path: '/app/settings/calendar',
    then: press('Vedi cosa ho autorizzato', 'See what I allowed'),
  },
  disconnect: { scene: 'connected', path: '/app/settings/calendar', then: press('Scollega', 'Disconnect') },
  availability: { scene: 'connected', path: '/app/settings/availability' },
  notifications: { scene: 'connected', path: '/app/settings/notifications' },
  security: { scene: 'connected', path: '/app/settings/security' },
  connections: { scene: 'connected', path: '/app/connections' },
  'connections-tested': {
    scene: 'connected',
    path: '/app/connections',
    then: async (page) => {
      await button(page, 'Prova le chiavi', 'Test the keys').click()
      await page.getByText(/via del ritorno\. |the way back\. /).waitFor()
    },
  },
  'connections-not-mine': { scene: 'connected', without: 'manage-workspace', path: '/app/connections' },
  inboxes: { scene: 'connected', path: '/app/team/inboxes' },
  'inboxes-empty': { scene: 'empty', path: '/app/team/inboxes' },
  'inbox-new': {
    scene: 'connected',
    path: '/app/team/inboxes',
    then: press('Aggiungi una casella condivisa', 'Add a shared inbox'),
  },
  'inbox-hit': {
    scene: 'connected',
    path: '/app/team/inboxes',
    then: async (page) => {
      await button(page, 'Aggiungi una casella condivisa', 'Add a shared inbox').click()
      await page.getByRole('dialog').locator('input[type=email]').fill('marco@studioferri.example')
      await page.getByRole('dialog').getByRole('button').last().click()
      await page.getByText('Marco Bianchi').filter({ hasText: 'marco@' }).waitFor()
    },
  },
  team: { scene: 'connected', path: '/app/team' },
  invite: { scene: 'connected', path: '/app/team', then: press('Invita', 'Invite') },
  role: { scene: 'connected', path: '/app/team', then: press('Nuovo ruolo', 'New role') },
  outbox: { scene: 'connected', path: '/app/outbox' },
  letter: { scene: 'connected', path: `/app/outbox?letter=${id(501)}` },
  more: { scene: 'connected', path: '/app/more' },
  lost: { scene: 'connected', path: '/app/nowhere' },
  'lost-meeting': { scene: 'connected', path: `/app/meetings/${id(999)}` },
}
