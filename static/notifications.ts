// A desktop notification when an answer arrives in a hidden tab. It is off until the user turns it on.
import { find, targetOf } from './dom.ts'
import { readStored, writeStored } from './stored.ts'

const key = 'notify'

/** Not on a page that was loaded over plain HTTP from another machine. */
const isPossible = 'Notification' in window && isSecureContext

function isOn(): boolean {
  return (
    isPossible &&
    Notification.permission === 'granted' &&
    readStored('localStorage', key) !== undefined
  )
}

/** Shows a notification, if the user wants it and does not see the page. A click shows the page. */
export function notify(text: string, run: string): void {
  if (!document.hidden || !isOn()) return
  const title = find('#chat-title')?.textContent ?? 'OpsAgent'
  // The tag makes two tabs of one conversation show it once.
  const notification = new Notification(title, { body: text, tag: run })
  notification.onclick = () => {
    window.focus()
    notification.close()
  }
}

async function toggle(): Promise<void> {
  const wanted = !isOn() && (await Notification.requestPermission()) === 'granted'
  writeStored('localStorage', key, wanted ? 'on' : '')
  showButton()
}

function showButton(): void {
  const button = find('.notify')
  if (!button || !isPossible) return
  button.classList.add('possible')
  button.ariaPressed = String(isOn())
}

document.addEventListener('click', (event) => {
  // Not awaited: a refused permission is no error.
  if (targetOf(event)?.closest('.notify')) void toggle()
})

showButton()
