import { ChevronDown } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { ComboBox } from 'react-aria-components/ComboBox'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox'
import { Popover } from 'react-aria-components/Popover'
import { Text } from 'react-aria-components/Text'
import { findZones, spokenZone, zonesByCity } from '#core/locale/cities.ts'
import type { Locale } from '#core/locale/locale.ts'

type ZoneFieldProps = {
  label: string
  hint: string
  none: string
  locale: Locale
  value: string
  onChange: (zone: string) => void
}
type Listed = { id: string; city: string }

/** A time zone by its city, in either language, or by a country. */
export function ZoneField({ label, hint, none, locale, value, onChange }: ZoneFieldProps) {
  const all = useMemo(() => listed(locale, value), [locale, value])
  const chosen = all.find(({ id }) => id === value)?.city ?? value
  const [typed, setTyped] = useState(chosen)
  const found = useMemo(() => {
    // What stands in the field because it is chosen is no search.
    if (typed === chosen || typed.trim().length < 2) return all
    const ids = new Set(findZones(typed))
    return all.filter(({ id }) => ids.has(id))
  }, [all, typed, chosen])
  return (
    <ComboBox
      className="grid gap-1.5"
      items={found}
      inputValue={typed}
      onInputChange={setTyped}
      selectedKey={value}
      onSelectionChange={(key) => {
        if (key === null) return
        setTyped(all.find(({ id }) => id === key)?.city ?? '')
        onChange(String(key))
      }}
      onBlur={() => setTyped(chosen)}
      allowsEmptyCollection
    >
      <Label className="text-sm font-medium">{label}</Label>
      <span className="relative block">
        <Input className="control pe-11" placeholder={hint} />
        <Button className="absolute inset-y-0 end-0 grid w-11 place-content-center rounded-control text-muted">
          <ChevronDown size={18} aria-hidden />
        </Button>
      </span>
      <Popover className="hairline w-(--trigger-width) rounded-card bg-surface p-1.5 text-text shadow-over">
        <ListBox<Listed>
          className="max-h-72 overflow-auto outline-none"
          renderEmptyState={() => <p className="px-3 py-2 text-sm text-muted">{none}</p>}
        >
          {({ id, city }) => (
            <ListBoxItem
              id={id}
              textValue={city}
              className="flex min-h-11 cursor-pointer items-center justify-between gap-3 rounded-control px-3 text-sm outline-none data-focused:bg-primary-soft data-focused:text-on-primary-soft data-selected:font-bold"
            >
              <Text slot="label">{city}</Text>
              <Offset zone={id} locale={locale} />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}

const Offset = ({ zone, locale }: { zone: string; locale: Locale }) => (
  <Text slot="description" className="text-end text-xs">
    {spokenZone(locale, zone, Date.now()).name}
  </Text>
)

function listed(locale: Locale, value: string): Listed[] {
  const zones = zonesByCity(locale).map(({ zone, city }) => ({ id: zone, city }))
  return zones.some(({ id }) => id === value) ? zones : [{ id: value, city: value }, ...zones]
}
