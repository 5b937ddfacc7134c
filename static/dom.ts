/** The first element that matches the selector. */
export function find(selector: string, root: ParentNode = document): HTMLElement | undefined {
  return findAs(HTMLElement, selector, root)
}

/** The first element that matches the selector, if it is an instance of the given class. */
export function findAs<E extends Element>(
  type: new () => E,
  selector: string,
  root: ParentNode = document,
): E | undefined {
  const element = root.querySelector(selector)
  return element instanceof type ? element : undefined
}

/** All elements that match the selector. */
export function findAll(selector: string, root: ParentNode = document): HTMLElement[] {
  return [...root.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement)
}

/** The element on which an event happened. Undefined for an event of the document. */
export function targetOf({ target }: Event): Element | undefined {
  return target instanceof Element ? target : undefined
}

/** The turn whose run is in progress. */
export function runningTurn(): HTMLElement | undefined {
  return find('#turns [data-status="running"]')
}

/** The id of the run that the flyout shows. */
export function flyoutRun(): string | undefined {
  return find('#flyout:not([hidden])')?.dataset.run
}

/** Shows a note, for screen readers too, in place of the one before. */
export function showNote(selector: string, text: string, code = ''): void {
  const template = findAs(HTMLTemplateElement, '#error-note')
  const note = template && document.importNode(template.content, true).firstElementChild
  if (!(note instanceof HTMLElement)) return
  note.dataset.code = code
  const message = find('.message', note)
  if (message) message.textContent = text
  find(selector)?.replaceChildren(note)
}

/** Lets the user press Stop, again or for the next run. */
export function enableStop(): void {
  const stop = findAs(HTMLButtonElement, '.stop')
  if (stop) stop.disabled = false
}
