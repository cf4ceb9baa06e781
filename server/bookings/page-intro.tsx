import { hrefOf } from './page-links.ts'
import { Icon, initials, Name, Notice, PlainText, rich } from './page-parts.tsx'
import { placeIcon, sayPlace } from './page-place.tsx'
import { SlotForm } from './page-slots.tsx'
import { sayLength, type Shown, type Words } from './page-times.ts'
import type { Address, PageFacts, PickerView } from './views.ts'

/** The first column: who, what, how long, where, and the quickest way to a time. */
export function Intro({ view, address, tell }: Shown<PickerView>) {
  const { facts, moving, calendar } = view
  const { t } = tell
  return (
    <section class="intro" data-part="intro">
      <div class="who">
        <span class="face" aria-hidden="true">
          {initials(facts.host.name)}
        </span>
        <div>
          <p class="muted">
            <Name>{facts.host.name}</Name>
          </p>
          <h1>
            {moving ? (
              rich(t, 'move.title', { title: <Name>{facts.title}</Name> })
            ) : (
              <Name>{facts.title}</Name>
            )}
          </h1>
        </div>
      </div>
      {moving && (
        <p class="now">
          <strong>{t('move.now', { when: tell.long(moving.from.start) })}</strong>
          <a href={hrefOf({ path: `/b/${moving.token}`, query: address.query }, { week: null, day: null })}>
            {t('move.keep')}
          </a>
        </p>
      )}
      {facts.mode.kind === 'bookings' && facts.mode.lastKnown !== null && (
        <Notice tone="info" icon="clock">
          {rich(
            t,
            'known.visitor',
            { host: <Name>{facts.host.callName}</Name> },
            { when: tell.short(facts.mode.lastKnown) },
          )}
        </Notice>
      )}
      {facts.mode.kind === 'requests' && (
        <Notice tone="info" icon="clock">
          <strong>{t('offline.strong')}</strong>{' '}
          {rich(t, 'offline.visitor', { host: <Name>{facts.host.callName}</Name> })}
        </Notice>
      )}
      <ul class="facts">
        {facts.durations.length < 2 || moving ? (
          <li>
            <Icon name="clock" />
            {sayLength(t, facts.length)}
          </li>
        ) : (
          <Lengths facts={facts} address={address} t={t} />
        )}
        <li>
          <Icon name={placeIcon(facts.place)} />
          <span>{sayPlace(t, facts.place)}</span>
        </li>
      </ul>
      <PlainText text={facts.description} />
      {calendar.soonest.length > 0 && facts.mode.kind !== 'closed' && (
        <SlotForm view={view} address={address} class="soon">
          <h2 id="soon">
            <Icon name="soon" />
            {t('book.soon')}
          </h2>
          <ul aria-labelledby="soon" class="slots list">
            {calendar.soonest.map((start) => (
              <li>
                <button name="slot" value={String(start)} class="slot">
                  {tell.short(start)}
                  <span class="unseen"> ({tell.say(start, 'fullDay')})</span>
                </button>
              </li>
            ))}
          </ul>
        </SlotForm>
      )}
    </section>
  )
}

const Lengths = ({ facts, address, t }: { facts: PageFacts; address: Address; t: Words }) => (
  <li>
    <Icon name="clock" />
    <nav class="lengths" aria-label={t('length.choose')}>
      {facts.durations.map((length) => (
        <a
          href={hrefOf(address, { length: String(length), day: null })}
          aria-current={length === facts.length ? 'true' : undefined}
          data-live="page"
        >
          {sayLength(t, length)}
        </a>
      ))}
    </nav>
  </li>
)
