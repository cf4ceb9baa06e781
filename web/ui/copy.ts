/** Copies text; `false` where the browser does not allow it. Plain http on a home network has no clipboard API, hence the second way. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // refused by a permission: the older way may still be open
    }
  }
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.className = 'sr-only'
  // A dialog keeps the focus inside itself: a field outside could not be selected.
  const room = document.activeElement?.closest('[role=dialog], [role=alertdialog]') ?? document.body
  room.append(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  return done
}
