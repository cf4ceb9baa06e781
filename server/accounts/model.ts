import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { LOCALES } from '#core/locale/locale.ts'
import { zone } from '#core/time/zone.ts'
import { emailAddress, emailKey, text } from '#server/platform/http.ts'
import { SLUG } from './slug.ts'

export const PERMISSIONS = [
  'personal-email',
  'edit-others-pages',
  'manage-people',
  'manage-workspace',
  'see-all-contacts',
] as const
export const Permission = z.enum(PERMISSIONS).openapi('Permission')
export type Permission = z.infer<typeof Permission>

export type BuiltIn = 'admin' | 'member'
/** What the two roles made with every workspace allow. An admin may everything, also what a later version adds. */
export const BUILT_IN: Record<BuiltIn, RoleDraft> = {
  admin: { name: 'Admin', permissions: [...PERMISSIONS] },
  member: { name: 'Member', permissions: ['personal-email'] },
}

export const Seat = z
  .strictObject({
    kind: z.enum(['core', 'sales', 'service']),
    level: z.enum(['starter', 'professional', 'enterprise']),
  })
  .openapi('Seat')
export type Seat = z.infer<typeof Seat>
export const FIRST_SEAT: Seat = { kind: 'sales', level: 'enterprise' }
export const INVITED_SEAT: Seat = { kind: 'core', level: 'starter' }

/** How the directory knows a sign-in address: it holds no address in the open. */
export const signInKey = (email: string): string => createHash('sha256').update(emailKey(email)).digest('hex')

/** S-060, S-090: on a phone only a Sales or Service seat of the two higher levels connects a calendar, unless the workspace opened the gate. */
export const passesSeatGate = (seat: Seat | null, seatGate: boolean): boolean =>
  !seatGate || (seat !== null && seat.kind !== 'core' && seat.level !== 'starter')

export const localeField = z.enum(LOCALES)
export const zoneField = z
  .string()
  .max(64)
  .transform((name, context) => {
    const known = zone(name)
    if (known) return known
    context.addIssue({ code: 'custom', message: 'zone' })
    return z.NEVER
  })
export const personName = text(120, { min: 1 })

// NIST SP 800-63B: length instead of composition rules, any character, no silent trimming.
export const newPassword = z
  .string()
  .min(10)
  .max(200)
  .refine((value) => value.isWellFormed() && new Set(value).size >= 5, { message: 'too-simple' })
export const anyPassword = z.string().max(1000)

export const Me = z
  .object({
    user: z.object({
      id: z.uuid(),
      name: z.string(),
      email: z.string(),
      slug: z.string(),
      locale: localeField,
      zone: z.string(),
      theme: z.enum(['system', 'light', 'dark']),
    }),
    workspace: z.object({
      id: z.uuid(),
      name: z.string(),
      locale: localeField,
      zone: z.string(),
      seatGate: z.boolean(),
      severalAccounts: z.boolean(),
      meetingsByPrograms: z.boolean(),
    }),
    role: z.object({ id: z.uuid(), name: z.string(), builtIn: z.enum(['admin', 'member']).nullable() }),
    permissions: z.array(Permission),
    seat: Seat.nullable(),
    mail: z.object({ practice: z.boolean() }),
  })
  .openapi('Me')
export type Me = z.infer<typeof Me>

export const Role = z
  .object({
    id: z.uuid(),
    name: z.string(),
    builtIn: z.enum(['admin', 'member']).nullable(),
    permissions: z.array(Permission),
  })
  .openapi('Role')
export type Role = z.infer<typeof Role>

export const Person = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    slug: z.string(),
    role: z.object({ id: z.uuid(), name: z.string() }),
    seat: Seat.nullable(),
    disabled: z.boolean(),
  })
  .openapi('Person')
export type Person = z.infer<typeof Person>

export const Invitation = z
  .object({ id: z.uuid(), email: z.string(), roleId: z.uuid(), expiresAt: z.number() })
  .openapi('Invitation')
export type Invitation = z.infer<typeof Invitation>

export const People = z
  .object({ people: z.array(Person), invitations: z.array(Invitation), roles: z.array(Role) })
  .openapi('People')
export type People = z.infer<typeof People>

/** What someone may change about themselves; what they are and where they belong is nobody's own to say (F06, F22). */
export const ProfileChange = z
  .strictObject({
    name: personName,
    slug: z.string().regex(SLUG),
    locale: localeField,
    zone: zoneField,
    theme: z.enum(['system', 'light', 'dark']),
  })
  .partial()
export type ProfileChange = z.infer<typeof ProfileChange>

export const WorkspaceChange = z
  .strictObject({
    name: personName,
    locale: localeField,
    zone: zoneField,
    seatGate: z.boolean(),
    severalAccounts: z.boolean(),
    meetingsByPrograms: z.boolean(),
  })
  .partial()
export type WorkspaceChange = z.infer<typeof WorkspaceChange>

export const PersonChange = z
  .strictObject({ roleId: z.uuid(), seat: Seat.nullable(), disabled: z.boolean() })
  .partial()
export type PersonChange = z.infer<typeof PersonChange>

export const RoleDraft = z.strictObject({
  name: text(80, { min: 1 }),
  permissions: z.array(Permission).max(PERMISSIONS.length),
})
export type RoleDraft = z.infer<typeof RoleDraft>
export const RoleChange = RoleDraft.partial()
export type RoleChange = { [Key in keyof RoleDraft]?: RoleDraft[Key] | undefined }

export const Invite = z.strictObject({ email: emailAddress, roleId: z.uuid(), seat: Seat.optional() })
export type Invite = z.infer<typeof Invite>

/** A new person as they introduce themselves, at the first setup or through an invitation. */
export const Newcomer = z.strictObject({
  name: personName,
  password: newPassword,
  locale: localeField,
  zone: zoneField,
})
export type Newcomer = z.infer<typeof Newcomer>

export const FirstRun = Newcomer.extend({ email: emailAddress, workspaceName: personName })
export type FirstRun = z.infer<typeof FirstRun>
