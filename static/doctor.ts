// The doctor's page: runs the examination of the command `bun run doctor` in this browser.
import { examine, expectedSeconds, longest, type Target } from '../src/doctor/examination.ts'
import { type Examination, marks, report, summary } from '../src/doctor/report.ts'
import type { HttpVersion } from '../src/doctor/server-probe.ts'
import { routes } from '../src/http/routes.ts'
import { copyText } from './copy-text.ts'
import { find, findAs } from './dom.ts'

const now = () => performance.timeOrigin + performance.now()

const versions = new Map([
  ['http/1.0', 'HTTP/1.0'],
  ['http/1.1', 'HTTP/1.1'],
  ['h2', 'HTTP/2'],
  ['h3', 'HTTP/3'],
])

/** The HTTP version of the last request. The browser may report the stream itself too late. */
async function readHttpVersion(): Promise<HttpVersion | undefined> {
  const request = performance
    .getEntriesByType('resource')
    .filter(({ name }) => name.includes(`${routes.doctor}/`))
    .at(-1)
  if (!(request instanceof PerformanceResourceTiming)) return undefined
  const version = versions.get(request.nextHopProtocol)
  return version === undefined ? undefined : { version, known: 'used' }
}

function targetOf(form: HTMLFormElement): Target {
  const isThorough = findAs(HTMLInputElement, '[name=thorough]', form)?.checked
  const length = isThorough ? longest : { seconds: Number(form.dataset.seconds) }
  return {
    ...length,
    origin: location.origin,
    now,
    httpVersion: readHttpVersion,
    fetch: (url, init) => fetch(url, { ...init, cache: 'no-store', redirect: 'manual' }),
    onStep: (step) => setText('#doctor-step', `${step} …`),
  }
}

function setText(selector: string, text: string): void {
  const element = find(selector)
  if (element) element.textContent = text
}

function setHidden(selector: string, hidden: boolean): void {
  const element = find(selector)
  if (element) element.hidden = hidden
}

/** Moves the progress bar until the interval is cleared. */
function startProgress(seconds: number) {
  const bar = findAs(HTMLProgressElement, '#doctor-progress')
  const startedAt = now()
  if (bar) bar.max = seconds
  const update = () => {
    if (bar) bar.value = (now() - startedAt) / 1000
  }
  update()
  return setInterval(update, 250)
}

function listItem(text: string, mark?: string): HTMLLIElement {
  const item = document.createElement('li')
  const body = document.createElement('span')
  body.textContent = text
  if (mark !== undefined) {
    const sign = document.createElement('span')
    sign.textContent = mark
    sign.className = 'mark'
    item.append(sign)
  }
  item.append(body)
  return item
}

function showExamination(examination: Examination): void {
  const findings = examination.findings.map(({ check, verdict, says }) => {
    const item = listItem(says, marks[verdict])
    item.dataset.check = check
    item.dataset.verdict = verdict
    return item
  })
  const fixes = examination.fixes.map(({ proxy, says }) =>
    listItem(proxy === undefined ? says : `${proxy}: ${says}`),
  )
  showReport(summary(examination), report(examination), findings, fixes)
}

function showFailure(error: unknown): void {
  const text = `No examination. ${error instanceof Error ? error.message : String(error)}`
  showReport(text, `${text}\n`, [], [])
}

function showReport(verdict: string, text: string, findings: Node[], fixes: Node[]): void {
  setText('#doctor-verdict', verdict)
  find('#doctor-findings')?.replaceChildren(...findings)
  find('#doctor-fixes ol')?.replaceChildren(...fixes)
  setHidden('#doctor-fixes', fixes.length === 0)
  const copy = find('#doctor-copy')
  if (copy) copy.dataset.report = text
}

async function runExamination(form: HTMLFormElement): Promise<void> {
  const button = findAs(HTMLButtonElement, 'button', form)
  const target = targetOf(form)
  const progress = startProgress(expectedSeconds(target))
  if (button) button.disabled = true
  setHidden('#doctor-work', false)
  setHidden('#doctor-report', true)
  try {
    showExamination(await examine(target))
  } catch (error) {
    showFailure(error)
  } finally {
    clearInterval(progress)
    if (button) button.disabled = false
    setHidden('#doctor-work', true)
    setHidden('#doctor-report', false)
    find('#doctor-report')?.focus({ preventScroll: true })
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || form.id !== 'doctor-form') return
  event.preventDefault()
  // Not awaited: it shows its errors itself.
  void runExamination(form)
})

const copyButton = find('#doctor-copy')
// Not awaited: it handles its errors.
copyButton?.addEventListener('click', () => {
  void copyText(copyButton.dataset.report ?? '', copyButton)
})
