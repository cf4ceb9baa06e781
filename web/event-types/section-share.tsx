import { Share2 } from 'lucide-react'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { absolute, CopyLink } from '../copy-link.tsx'
import { useSay } from '../language.tsx'
import { Button } from '../ui/button.tsx'
import { Card, Row, Rows } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import type { SectionProps } from './editor-form.tsx'

export function ShareSection({ page, draft }: SectionProps) {
  const say = useSay(eventTypeWords)
  const sentence = say('share.text_body', { url: absolute(page.url) })
  return (
    <>
      {page.state === 'paused' && <Notice tone="note">{say('share.paused')}</Notice>}
      {page.state === 'offline' && <Notice tone="warn">{say('share.offline')}</Notice>}
      {draft.slug !== page.slug && <Notice tone="note">{say('share.unsaved')}</Notice>}
      <Card title={say('share.link')} lead={say('share.lead')}>
        <p className="mb-3 rounded-control bg-sunken px-3 py-2 font-medium break-all select-all">
          {absolute(page.url)}
        </p>
        <div className="flex flex-wrap gap-3">
          <CopyLink url={page.url} look={{ tone: 'primary' }} />
          {'share' in navigator && (
            // Closed without choosing is not a failure.
            <Button
              icon={<Share2 size={16} aria-hidden />}
              onClick={() =>
                void navigator
                  .share({ title: page.eventType.title, url: absolute(page.url) })
                  .catch(() => undefined)
              }
            >
              {say('share.native')}
            </Button>
          )}
        </div>
      </Card>
      <Card flush>
        <Rows>
          <Line label={say('share.italian')} url={`${page.url}?lang=it`} />
          <Line label={say('share.english')} url={`${page.url}?lang=en`} />
        </Rows>
      </Card>
      <Card title={say('share.text')}>
        <p className="rounded-control bg-sunken px-3 py-2 break-words select-all">{sentence}</p>
      </Card>
    </>
  )
}

const Line = ({ label, url }: { label: string; url: string }) => (
  <Row>
    <div className="min-w-0 flex-1 basis-48">
      <p className="font-medium">{label}</p>
      <p className="text-sm break-all text-muted">{absolute(url)}</p>
    </div>
    <CopyLink url={url} of={label} look={{ small: true }} />
  </Row>
)
