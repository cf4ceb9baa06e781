import { ChevronDown } from 'lucide-react'
import { useMemo } from 'react'
import { Button } from 'react-aria-components/Button'
import { ComboBox } from 'react-aria-components/ComboBox'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox'
import { Popover } from 'react-aria-components/Popover'
import { Text } from 'react-aria-components/Text'

type ZoneFieldProps = {
  label: string
  hint: string
  none: string
  locale: string
  value: string
  onChange: (zone: string) => void
}

const cityOf = (zone: string) => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')

/** A time zone by city, by its name in the reader's language, or by what its clocks show now. */
export function ZoneField({ label, hint, none, locale, value, onChange }: ZoneFieldProps) {
  const zones = useMemo(() => listZones(locale, value), [locale, value])
  return (
    <ComboBox
      className="group grid gap-1.5"
      items={zones}
      selectedKey={value}
      onSelectionChange={(key) => key !== null && onChange(String(key))}
      defaultFilter={(text, typed) => plain(text).includes(plain(typed))}
      menuTrigger="input"
      allowsEmptyCollection
    >
      <Label className="text-sm font-medium">{label}</Label>
      <span className="relative block">
        <Input className="control pe-11" placeholder={hint} />
        <Button className="absolute inset-y-0 end-0 grid w-11 place-content-center rounded-control text-muted">
          <ChevronDown size={18} aria-hidden />
        </Button>
      </span>
      <Popover className="hairline w-(--trigger-width) overflow-auto rounded-card bg-surface p-1.5 shadow-over">
        <ListBox<Listed> className="max-h-72 overflow-auto outline-none" renderEmptyState={() => <p className="px-3 py-2 text-sm text-muted">{none}</p>}>
          {(zone) => (
            <ListBoxItem
              id={zone.id}
              textValue={zone.text}
              className="flex min-h-11 cursor-pointer items-center justify-between gap-3 rounded-control px-3 text-sm outline-none data-focused:bg-primary-soft data-focused:text-on-primary-soft data-selected:font-bold"
            >
              <Text slot="label">{zone.text}</Text>
              <span className="text-end text-xs text-muted">{zone.offset}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}

type Listed = { id: string; text: string; offset: string }

// "Münster" is found by "munster".
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

function listZones(locale: string, value: string): Listed[] {
  const now = Date.now()
  const part = (zone: string, timeZoneName: 'longGeneric' | 'shortOffset') =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName }).formatToParts(now).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const names = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), value])
  return [...names].map((id) => ({ id, text: `${cityOf(id)} · ${part(id, 'longGeneric')}`, offset: part(id, 'shortOffset') })).sort((a, b) => a.text.localeCompare(b.text, locale))
}
