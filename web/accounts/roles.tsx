import { useMutation } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import type { Permission, Role } from '../api-types.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { useSay } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { peopleChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card, Row, Rows } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Tick } from '../ui/tick.tsx'
import { toast } from '../ui/toasts.tsx'

const PERMISSIONS = [
  'personal-email',
  'edit-others-pages',
  'see-all-contacts',
  'manage-people',
  'manage-workspace',
] as const satisfies Permission[]

type Open = { kind: 'none' } | { kind: 'edit'; role: Role | null } | { kind: 'remove'; role: Role }

export function Roles({ roles, manages }: { roles: Role[]; manages: boolean }) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const [open, setOpen] = useState<Open>({ kind: 'none' })
  const close = () => setOpen({ kind: 'none' })
  return (
    <Card
      flush
      title={say('team.roles')}
      lead={say('team.roles_lead')}
      actions={
        manages && (
          <Button
            small
            icon={<Plus size={16} aria-hidden />}
            onClick={() => setOpen({ kind: 'edit', role: null })}
          >
            {say('team.role_add')}
          </Button>
        )
      }
    >
      <Rows>
        {roles.map((role) => (
          <Row key={role.id}>
            <div className="min-w-0 flex-1 basis-60">
              <p className="font-medium">
                {role.name} {role.builtIn && <Chip>{say('team.role_built_in')}</Chip>}
              </p>
              <p className="text-sm text-muted">
                {role.permissions.length
                  ? role.permissions.map((permission) => say(`permission.${permission}`)).join(' · ')
                  : say('team.permission_none')}
              </p>
            </div>
            {manages && role.builtIn !== 'admin' && (
              <Button
                small
                onClick={() => setOpen({ kind: 'edit', role })}
                aria-label={`${sayApp('do.edit')}: ${role.name}`}
              >
                {sayApp('do.edit')}
              </Button>
            )}
            {manages && !role.builtIn && (
              <Button
                small
                tone="danger"
                onClick={() => setOpen({ kind: 'remove', role })}
                aria-label={`${sayApp('do.remove')}: ${role.name}`}
              >
                {sayApp('do.remove')}
              </Button>
            )}
          </Row>
        ))}
      </Rows>
      {open.kind === 'edit' && <RoleDialog role={open.role} onClose={close} />}
      {open.kind === 'remove' && <RemoveRole role={open.role} onClose={close} />}
    </Card>
  )
}

type Draft = { name: string; permissions: Permission[] }

function RoleDialog({ role, onClose }: { role: Role | null; onClose: () => void }) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const form = useForm<Draft>({
    defaultValues: { name: role?.name ?? '', permissions: role?.permissions ?? [] },
  })
  const save = useMutation({
    mutationFn: (draft: Draft) =>
      role
        ? accounts.changeRole(role.id, role.builtIn ? { permissions: draft.permissions } : draft)
        : accounts.addRole(draft),
    onSuccess: async () => {
      toast(sayApp('state.saved'))
      onClose()
      await peopleChanged()
    },
  })
  return (
    <Dialog title={role?.name ?? say('team.role_add')} close={sayApp('do.close')} onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((draft) => save.mutate(draft))(event)}
      >
        <ProblemNotice error={save.error} />
        <TextField
          label={say('team.role_name')}
          readOnly={Boolean(role?.builtIn)}
          error={form.formState.errors.name?.message}
          {...form.register('name', { required: sayApp('field.required') })}
        />
        <fieldset>
          <legend className="text-sm font-medium">{say('team.role_permissions')}</legend>
          {PERMISSIONS.map((permission) => (
            <Tick
              key={permission}
              label={say(`permission.${permission}`)}
              value={permission}
              {...form.register('permissions')}
            />
          ))}
        </fieldset>
        <DialogFoot>
          <Button tone="quiet" onClick={onClose}>
            {sayApp('do.cancel')}
          </Button>
          <Button type="submit" tone="primary" busy={save.isPending}>
            {sayApp('do.save')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}

function RemoveRole({ role, onClose }: { role: Role; onClose: () => void }) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const remove = useMutation({
    mutationFn: () => accounts.removeRole(role.id),
    onSuccess: async () => {
      toast(say('team.role_removed'))
      onClose()
      await peopleChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('team.role_remove_title', { name: role.name })}
      go={sayApp('do.remove')}
      busy={remove.isPending}
      error={remove.error}
      onGo={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{say('team.role_remove_body')}</p>
    </ConfirmDialog>
  )
}
