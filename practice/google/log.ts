/** `feature` is the method's name in Google's documents, such as `calendar.events.list`; null for pages and unknown paths. */
export type Logged = {
  method: string
  path: string
  query: Record<string, string | string[]>
  body: unknown
  feature: string | null
  user: string | null
}
export type Exchange = {
  request: Logged & { headers: Record<string, string | undefined> }
  answer: { status: number; headers: Record<string, string>; body: unknown }
}
