// The script of every page. It does what HTML, CSS and htmx cannot do.
import './delayed-stream.ts'
import './drafts.ts'
import './leaving.ts'
import './request-errors.ts'
import './run-clock.ts'
import './shortcuts.ts'
import { askFirstQuestion } from './asking.ts'
import { find, findAll, flyoutRun, targetOf } from './dom.ts'
import { focusComposer, updatePage } from './page-state.ts'
import { focusFlyout } from './panels.ts'
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
  const isFlyout = event.detail.ctx.target?.id === 'flyout'
  const isIdle = document.activeElement === document.body
  if (isFlyout && (isIdle || element.id !== 'flyout')) focusFlyout()
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
if (flyoutRun()) focusFlyout()
else focusComposer()
