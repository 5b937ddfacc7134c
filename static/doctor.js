// The script of the page /doctor. It runs the same examination as `bun run doctor`.
import { examine, expectedSeconds, longest } from '../src/doctor/examination.ts'
import { marks, report, summary } from '../src/doctor/report.ts'
import { find } from './dom.js'

const now = () => performance.timeOrigin + performance.now()

const versions = { 'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2', h3: 'HTTP/3' }

/** The version of the last request. The entry of the stream itself can appear too late. */
async function httpVersion() {
  const requests = performance
    .getEntriesByType('resource')
    .filter(({ name }) => name.includes('/doctor/'))
  const version = versions[requests.pop()?.nextHopProtocol]
  return version && { version, known: 'used' }
}

function targetOf(form) {
  const { thorough } = form.elements
  const length = thorough.checked ? longest : { seconds: Number(form.dataset.seconds) }
  return {
    ...length,
    ...{ origin: location.origin, now, httpVersion },
    fetch: (url, init) => fetch(url, { ...init, cache: 'no-store', redirect: 'manual' }),
    onStep: (step) => {
      find('#doctor-step').textContent = `${step} …`
    },
  }
}

/** Updates the progress bar until the returned timer is cleared. */
function startProgress(seconds) {
  const bar = find('#doctor-progress')
  const beganAt = now()
  bar.max = seconds
  bar.value = 0
  return setInterval(() => {
    bar.value = (now() - beganAt) / 1000
  }, 250)
}

function item(text, mark) {
  const li = document.createElement('li')
  const body = document.createElement('span')
  body.textContent = text
  if (mark) {
    const sign = document.createElement('span')
    sign.textContent = mark
    sign.className = 'mark'
    li.append(sign)
  }
  li.append(body)
  return li
}

function show(examination) {
  const { findings, fixes } = examination
  find('#doctor-verdict').textContent = summary(examination)
  const lines = findings.map(({ check, verdict, says }) => {
    const li = item(says, marks[verdict])
    Object.assign(li.dataset, { check, verdict })
    return li
  })
  find('#doctor-findings').replaceChildren(...lines)
  const todo = fixes.map(({ proxy, says }) => item(proxy ? `${proxy}: ${says}` : says))
  find('#doctor-fixes ol').replaceChildren(...todo)
  find('#doctor-fixes').hidden = todo.length === 0
  find('#doctor-copy').dataset.report = report(examination)
}

/** Shows why no examination was possible. */
function showFailure({ message }) {
  find('#doctor-verdict').textContent = `No examination. ${message}`
  find('#doctor-findings').replaceChildren()
  find('#doctor-fixes').hidden = true
  find('#doctor-copy').dataset.report = `No examination. ${message}\n`
}

async function work(form) {
  const button = find('button', form)
  const target = targetOf(form)
  const progress = startProgress(expectedSeconds(target))
  button.disabled = true
  find('#doctor-work').hidden = false
  find('#doctor-report').hidden = true
  try {
    show(await examine(target))
  } catch (error) {
    showFailure(error)
  } finally {
    clearInterval(progress)
    button.disabled = false
    find('#doctor-work').hidden = true
    find('#doctor-report').hidden = false
    find('#doctor-report').focus({ preventScroll: true })
  }
}

/** `navigator.clipboard` exists only with TLS or on localhost, so there is a fallback. */
async function copy(button) {
  const { report: text } = button.dataset
  if (navigator.clipboard) await navigator.clipboard.writeText(text)
  else {
    const field = document.createElement('textarea')
    field.value = text
    button.after(field)
    field.select()
    document.execCommand('copy')
    field.remove()
  }
  button.textContent = 'Copied'
  setTimeout(() => {
    button.textContent = 'Copy report'
  }, 2000)
}

document.addEventListener('submit', (event) => {
  if (event.target.id !== 'doctor-form') return
  event.preventDefault()
  void work(event.target)
})
find('#doctor-copy').addEventListener('click', ({ currentTarget }) => void copy(currentTarget))
