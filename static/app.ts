// The script of every page. It does what HTML, CSS and htmx cannot do.
import './answer.ts'
import './connection.ts'
import './delayed-stream.ts'
import './drafts.ts'
import './early-parts.ts'
import './leaving.ts'
import './request-errors.ts'
import './run-clock.ts'
import './shortcuts.ts'
import { askFirstQuestion } from './asking.ts'
import { find, findAll, flyoutRun, targetOf } from './dom.ts'
import { openFlyout, showStep } from './flyout.ts'
import { htmx } from './htmx.ts'
import { focusComposer, updatePage } from './page-state.ts'
import './panels.ts'
import { followEnd, followTurn, keepPlace, rememberScroll, showTurn } from './scrolling.ts'

document.addEventListener('htmx:before:swap', rememberScroll)

document.addEventListener('htmx:after:swap', (event) => {
  const element = targetOf(event) ?? document.body
  if (element.matches('ol')) return followEnd()
  updatePage()
  if (event.detail.ctx.target?.matches('.earlier')) return showEarlier()
  if (event.detail.ctx.target?.closest('.turn-actions')) return
  const turn = element.closest('#turns > *')
  if (turn instanceof HTMLElement) followTurn(turn)
  const { sourceElement, target } = event.detail.ctx
  if (turn?.id === `run-${flyoutRun()}`) htmx?.trigger('#flyout', 'rows')
  if (target?.id === 'flyout' && sourceElement instanceof HTMLAnchorElement)
    openFlyout(sourceElement)
  else if (element.matches('.conversation')) find('.open', element)?.focus()
  else if (element.id === 'chat') {
    askFirstQuestion()
    focusComposer()
  }
})

/** The link that had the focus was replaced. */
function showEarlier(): void {
  keepPlace()
  find('.earlier a, #turns a')?.focus({ preventScroll: true })
}

addEventListener('resize', updatePage)

updatePage()
const lastTurn = findAll('.turn').at(-1)
if (lastTurn && !location.hash) showTurn(lastTurn)
if (flyoutRun()) showStep()
else focusComposer()
