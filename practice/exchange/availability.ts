import { HOUR, type Instant, type Span } from '#core/time/model.ts'
import { type Call } from './call.ts'
import { inWindow } from './items.ts'
import type { Item, ShowAs } from './model.ts'
import { WEEK } from './recurrence.ts'
import { Refused, SoapFault } from './reply.ts'
import { child, el, textOf, type Node, type Xml } from './xml.ts'

/** learn.microsoft.com/exchange/client-developer/web-service-reference/mailboxdata */
const MAILBOXES = 100
const MINUTE = 60_000

type Rule = { bias: number; time: number; order: number; month: number; weekday: number }
type Zone = { bias: number; standard: Rule; daylight: Rule }

function readRule(node: Node, bias: number): Rule {
  const [hours, minutes] = textOf(node, 'Time')!.split(':').map(Number) as [number, number]
  return {
    bias: bias + Number(textOf(node, 'Bias')),
    time: hours * HOUR + minutes * MINUTE,
    order: Number(textOf(node, 'DayOrder')),
    month: Number(textOf(node, 'Month')),
    weekday: WEEK.indexOf(textOf(node, 'DayOfWeek') as (typeof WEEK)[number]),
  }
}
function readZone(node: Node): Zone {
  const bias = Number(textOf(node, 'Bias'))
  return {
    bias,
    standard: readRule(child(node, 'StandardTime')!, bias),
    daylight: readRule(child(node, 'DaylightTime')!, bias),
  }
}

/** When a rule begins in a year, on the wall: "the fifth Sunday of March" is its last. */
function begins({ month, order, weekday, time }: Rule, year: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1))
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
  let day = 1 + ((weekday - first.getUTCDay() + 7) % 7) + (order - 1) * 7
  while (day > days) day -= 7
  return Date.UTC(year, month - 1, day) + time
}

/** Minutes to add to the wall to have UTC (SerializableTimeZone: UTC = local + bias). */
function biasAt(zone: Zone, at: Instant): number {
  if (zone.standard.month === 0 || zone.daylight.month === 0) return zone.standard.bias
  const year = new Date(at).getUTCFullYear()
  const toSummer = begins(zone.daylight, year) + zone.standard.bias * MINUTE
  const toWinter = begins(zone.standard, year) + zone.daylight.bias * MINUTE
  const summer = toSummer < toWinter ? at >= toSummer && at < toWinter : at >= toSummer || at < toWinter
  return summer ? zone.daylight.bias : zone.standard.bias
}
const toWall = (zone: Zone, at: Instant): string =>
  new Date(at - biasAt(zone, at) * MINUTE).toISOString().slice(0, 19)
function fromWall(zone: Zone, text: string): Instant {
  const wall = Date.parse(`${text.trim().slice(0, 19)}Z`)
  const guess = wall + zone.standard.bias * MINUTE
  const at = wall + biasAt(zone, guess) * MINUTE
  return wall + biasAt(zone, at) * MINUTE
}

const DIGITS: Record<ShowAs, string> = {
  Free: '0',
  Tentative: '1',
  Busy: '2',
  OOF: '3',
  WorkingElsewhere: '0',
  NoData: '4',
}

function merged(events: { span: Span; item: Item }[], window: Span, minutes: number): string {
  const slots = Math.ceil((window.end - window.start) / (minutes * MINUTE))
  return Array.from({ length: slots }, (_, at) => {
    const start = window.start + at * minutes * MINUTE
    const here = events.filter(({ span }) => span.start < start + minutes * MINUTE && span.end > start)
    return (
      here
        .map(({ item }) => DIGITS[item.showAs])
        .sort()
        .at(-1) ?? '0'
    )
  }).join('')
}

type Asked = { zone: Zone; window: Span; view: string; minutes: number }

function free(call: Call, email: string, { zone, window, view, minutes }: Asked): Xml {
  const { store } = call
  const person = store.findPerson(email)
  if (!person)
    throw new Refused(
      'ErrorMailRecipientNotFound',
      `Unable to resolve e-mail address ${email} to an Active Directory object.`,
    )
  if (person.mailbox !== 'here') throw new Refused('ErrorFreeBusyGenerationFailed')
  const calendar = store.folderOf(person.id, 'calendar')
  const events = inWindow(call, calendar, window).map(({ item, occurrence }) => ({
    item: occurrence?.item ?? item,
    span: (occurrence ?? item).span,
    occurrence,
  }))
  const detailed = view.startsWith('Detailed') && person.id === call.person.id
  const event = ({ item, span, occurrence }: (typeof events)[number]) =>
    el(
      't:CalendarEvent',
      null,
      el('t:StartTime', null, toWall(zone, span.start)),
      el('t:EndTime', null, toWall(zone, span.end)),
      el('t:BusyType', null, item.showAs === 'WorkingElsewhere' ? 'Free' : item.showAs),
      !detailed
        ? null
        : el(
            't:CalendarEventDetails',
            null,
            el('t:ID', null, Buffer.from(item.uid).toString('hex').toUpperCase()),
            el('t:Subject', null, item.subject),
            el('t:Location', null, item.location),
            el('t:IsMeeting', null, item.attendees.length > 0),
            el('t:IsRecurring', null, occurrence !== null),
            el('t:IsException', null, occurrence?.changed ?? false),
            el('t:IsReminderSet', null, item.reminderIsSet),
            el('t:IsPrivate', null, item.sensitivity === 'Private'),
          ),
    )
  // Others are told less than they ask for: learn.microsoft.com/exchange/client-developer/web-service-reference/freebusyviewtype
  const given = view.startsWith('Detailed') && !detailed ? view.replace('Detailed', 'FreeBusy') : view
  return el(
    'm:FreeBusyView',
    null,
    el('t:FreeBusyViewType', null, given),
    /Merged/.test(given) ? el('t:MergedFreeBusy', null, merged(events, window, minutes)) : null,
    given === 'MergedOnly' || events.length === 0
      ? null
      : el('t:CalendarEventArray', null, events.map(event)),
    workingHours(),
  )
}

function workingHours(): Xml {
  const rule = (name: string) =>
    el(
      `t:${name}`,
      null,
      el('t:Bias', null, 0),
      el('t:Time', null, '00:00:00'),
      el('t:DayOrder', null, 0),
      el('t:Month', null, 0),
      el('t:DayOfWeek', null, 'Sunday'),
    )
  const period = el(
    't:WorkingPeriod',
    null,
    el('t:DayOfWeek', null, 'Monday Tuesday Wednesday Thursday Friday'),
    el('t:StartTimeInMinutes', null, 540),
    el('t:EndTimeInMinutes', null, 1080),
  )
  return el(
    't:WorkingHours',
    null,
    el('t:TimeZone', null, el('t:Bias', null, 0), rule('StandardTime'), rule('DaylightTime')),
    el('t:WorkingPeriodArray', null, period),
  )
}

/** Times without an offset, here and back, in the zone the asker describes. */
export function getUserAvailability(call: Call): Xml {
  const { body, store } = call
  const zoneNode = child(body, 'TimeZone')
  // learn.microsoft.com/exchange/client-developer/web-service-reference/timezone-availability
  if (!zoneNode) throw new SoapFault({ code: 'ErrorTimeZone' })
  const zone = readZone(zoneNode)
  const options = child(body, 'FreeBusyViewOptions')
  if (!options) throw new SoapFault({ code: 'ErrorMissingArgument' })
  const frame = child(options, 'TimeWindow')!
  const window = {
    start: fromWall(zone, textOf(frame, 'StartTime')!),
    end: fromWall(zone, textOf(frame, 'EndTime')!),
  }
  if (window.end <= window.start) throw new SoapFault({ code: 'ErrorInvalidTimeInterval' })
  if (window.end - window.start > store.longestAvailability)
    throw new SoapFault({ code: 'ErrorTimeIntervalTooBig' })
  const minutes = Number(textOf(options, 'MergedFreeBusyIntervalInMinutes') ?? 30)
  if (minutes < 5 || minutes > 1440) throw new SoapFault({ code: 'ErrorInvalidMergedFreeBusyInterval' })
  const mailboxes = child(body, 'MailboxDataArray')!.children
  if (mailboxes.length > MAILBOXES) throw new SoapFault({ code: 'ErrorMailboxDataArrayTooBig' })
  const view = (textOf(options, 'RequestedView') ?? 'FreeBusy').trim()
  const answers = mailboxes.map((one) => {
    const email = textOf(child(one, 'Email'), 'Address') ?? ''
    try {
      const found = free(call, email, { zone, window, view, minutes })
      return el(
        'm:FreeBusyResponse',
        null,
        el('m:ResponseMessage', { ResponseClass: 'Success' }, el('m:ResponseCode', null, 'NoError')),
        found,
      )
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { code, text } = error.refusal
      const message = el(
        'm:ResponseMessage',
        { ResponseClass: 'Error' },
        el('m:MessageText', null, text ?? code),
        el('m:ResponseCode', null, code),
        el('m:DescriptiveLinkKey', null, 0),
      )
      return el(
        'm:FreeBusyResponse',
        null,
        message,
        el('m:FreeBusyView', null, el('t:FreeBusyViewType', null, 'None')),
      )
    }
  })
  return el('m:GetUserAvailabilityResponse', null, el('m:FreeBusyResponseArray', null, answers))
}
