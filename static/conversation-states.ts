// Which conversations run, have an answer that no page has shown, or have failed: in the sidebar and in the tab.
import { find, findAll, findAs, runningTurn } from './dom.ts'
import { readStored, writeStored } from './stored.ts'

type State = 'running' | 'ready' | 'failed' | ''

/** Conversations that were seen running, and whose end was not seen. Ids only, shared by the tabs of this browser. */
const watchedKey = 'watched'
const maxWatched = 50

const words = {
  running: 'still thinking',
  ready: 'answer ready',
  failed: 'failed',
  '': '',
} as const satisfies Record<State, string>

const marks = { running: '… ', ready: '✓ ', failed: '! ', '': '' } as const satisfies Record<
  State,
  string
>

/** The open conversation in the sidebar. */
export function openItem(): HTMLElement | undefined {
  return find('.conversation:has([aria-current])')
}

/** Updates the states in the sidebar, the title of the page and its icon. Called after every change. */
export function showStates(): void {
  const watched = new Set(readStored('localStorage', watchedKey)?.split(' '))
  const open = openItem()
  const states = new Set<State>()
  for (const item of findAll('.conversation')) {
    const id = item.id.slice('conversation-'.length)
    const isRunning = isRunningIn(item) || (item === open && runningTurn() !== undefined)
    if (isRunning) watched.add(id)
    else if (item === open && !document.hidden) watched.delete(id)
    const state = isRunning ? 'running' : watched.has(id) ? endedState(item) : ''
    states.add(state)
    show(item, state)
  }
  writeStored('localStorage', watchedKey, [...watched].slice(-maxWatched).join(' ').trim())
  showInTab(runningTurn() ? 'running' : (tabStates.find((state) => states.has(state)) ?? ''))
}

/** A tab shows the first of these. */
const tabStates = ['ready', 'failed', 'running'] as const

function isRunningIn({ dataset }: HTMLElement): boolean {
  return dataset.status === 'running'
}

function endedState({ dataset }: HTMLElement): State {
  if (dataset.status === 'finished') return 'ready'
  return dataset.status === 'stopped' || dataset.status === undefined ? '' : 'failed'
}

function show(item: HTMLElement, state: State): void {
  if ((item.dataset.state ?? '') === state) return
  item.dataset.state = state
  const text = find('.state .sr-only', item)
  if (text) text.textContent = words[state]
}

function showInTab(state: State): void {
  const title = find('#chat-title')?.textContent
  if (title !== undefined) document.title = `${marks[state]}${title} · OpsAgent`
  const icon = findAs(HTMLLinkElement, 'link[rel=icon]')
  if (!icon) return
  icon.dataset.idle ??= icon.getAttribute('href') ?? ''
  const { idle, running = idle, ready = idle } = icon.dataset
  const href = state === 'running' ? running : state === 'ready' ? ready : idle
  if (icon.getAttribute('href') !== href) icon.href = href
}

document.addEventListener('visibilitychange', showStates)
