// The sections of an answer in progress. The stream sends a section as soon as its specialist has finished.
import { find, findAll, targetOf } from './dom.ts'
import { followTurn, rememberScroll } from './scrolling.ts'

document.addEventListener('htmx:sse:before:message', (event) => {
  const { message } = event.detail
  const turn = targetOf(event)?.closest<HTMLElement>('.turn')
  const parts = turn && find('.parts', turn)
  if (message.event || !parts || !message.data.includes('class="part ')) return
  const template = document.createElement('template')
  template.innerHTML = message.data
  const received = findAll('.part', template.content)
  for (const part of received) part.remove()
  message.data = template.innerHTML
  rememberScroll()
  for (const part of received) showPart(parts, part)
  followTurn(turn)
})

/** A stream that begins again sends every part again. A specialist that has no place is part of no answer. */
function showPart(parts: HTMLElement, part: HTMLElement): void {
  const known = find(`[data-agent="${CSS.escape(part.dataset.agent ?? '')}"]`, parts)
  const isPlace = part.dataset.place !== undefined
  if (known && !isPlace) known.replaceWith(part)
  if (!known && isPlace) parts.append(part)
}
