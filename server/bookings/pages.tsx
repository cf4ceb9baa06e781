import { BookingCard } from './page-booking.tsx'
import { CancelCard } from './page-cancel.tsx'
import { MoveQuestion } from './page-move.tsx'
import { ProposalCard } from './page-proposal.tsx'
import { stageOf } from './page-stage.tsx'
import { Weeks } from './page-calendar.tsx'
import { DetailsForm } from './page-form.tsx'
import { documentOf, isolated } from './page-frame.tsx'
import { Intro } from './page-intro.tsx'
import { Landing, Message, Privacy } from './page-plain.tsx'
import { Times } from './page-slots.tsx'
import { teller, words } from './page-times.ts'
import type {
  BookingView,
  CancelView,
  Frame,
  LandingView,
  MessageView,
  PickerView,
  PrivacyView,
  ProposalView,
} from './views.ts'

/** The booking page in each of its steps: choosing, taken, typing, moving. */
export function renderPicker(frame: Frame, view: PickerView): string {
  const { facts, panel } = view
  const { address } = frame
  const tell = teller(frame.locale, view.clock)
  return documentOf(frame, {
    title: `${isolated(facts.title)} · ${isolated(facts.host.name)}`,
    ...(facts.description ? { description: facts.description.replace(/\s+/g, ' ').slice(0, 160) } : {}),
    indexed: view.moving === null && panel.kind === 'times',
    wide: true,
    children: (
      <div class="picker">
        <Intro view={view} address={address} tell={tell} />
        <Weeks view={view} address={address} tell={tell} />
        <section class="panel" data-part="panel" aria-labelledby="panel">
          {panel.kind === 'form' ? (
            <DetailsForm view={view} form={panel.form} address={address} tell={tell} />
          ) : panel.kind === 'move' ? (
            <MoveQuestion view={view} to={panel.to} address={address} tell={tell} />
          ) : (
            <Times view={view} address={address} tell={tell} />
          )}
        </section>
      </div>
    ),
  })
}

/** `/b/:token`, right after booking and ever after. */
export function renderBooking(frame: Frame, view: BookingView): string {
  const tell = teller(frame.locale, view.clock)
  const stage = stageOf(view)
  return documentOf(frame, {
    title: `${tell.t(`state.${stage}`)} · ${isolated(view.title)}`,
    refresh: stage === 'writing' ? view.refresh : null,
    children: <BookingCard view={view} address={frame.address} tell={tell} />,
  })
}

export function renderCancel(frame: Frame, view: CancelView): string {
  const tell = teller(frame.locale, view.booking.clock)
  return documentOf(frame, {
    title: tell.t(view.booking.state === 'requested' ? 'cancel.title.request' : 'cancel.title'),
    children: <CancelCard cancel={view} address={frame.address} tell={tell} />,
  })
}

export function renderProposal(frame: Frame, view: ProposalView): string {
  const tell = teller(frame.locale, view.booking.clock)
  return documentOf(frame, {
    title: `${tell.t('state.proposed')} · ${isolated(view.booking.title)}`,
    children: <ProposalCard proposal={view} address={frame.address} tell={tell} />,
  })
}

/** The pages of one host that are open and listed. */
export function renderLanding(frame: Frame, view: LandingView): string {
  const t = words(frame.locale)
  return documentOf(frame, {
    title: t('landing.title', { host: isolated(view.name) }),
    indexed: true,
    children: <Landing view={view} address={frame.address} t={t} />,
  })
}

export function renderPrivacy(frame: Frame, view: PrivacyView): string {
  const t = words(frame.locale)
  return documentOf(frame, {
    title: `${t('privacy.title')} · ${isolated(frame.workspace)}`,
    children: <Privacy view={view} workspace={frame.workspace} t={t} />,
  })
}

/** 404, 403, 410, 429, 500 and maintenance: static, without script. */
export function renderMessage(frame: Frame, view: MessageView): string {
  const t = words(frame.locale)
  return documentOf(frame, {
    title: t(`message.${view.kind}`),
    languages: false,
    script: false,
    children: <Message view={view} t={t} />,
  })
}
