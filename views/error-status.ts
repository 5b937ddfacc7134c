/** For an element that keeps what it shows when its request fails: the next try will mend it. */
export const keepOnError = { 'hx-status:4xx': 'swap:none', 'hx-status:5xx': 'swap:none' }

/** For an element that asks for what may be deleted meanwhile: then the error note takes its target's place. */
export const goneOnNotFound = { 'hx-status:404': 'swap:outerHTML' }

/** For an element whose own place is taken by the error note. */
export const replaceOnError = {
  'hx-status:4xx': 'swap:outerHTML',
  'hx-status:5xx': 'swap:outerHTML',
}

/** For a form that shows the error note beside itself. */
export const noteOnError = {
  'hx-status:4xx': 'target:#composer-note swap:innerHTML',
  'hx-status:5xx': 'target:#composer-note swap:innerHTML',
}

/** For the body: whatever says nothing of its own shows its error in the corner of the page. */
export const toastOnError = {
  'hx-status:4xx:inherited': 'target:#notice swap:innerHTML',
  'hx-status:5xx:inherited': 'target:#notice swap:innerHTML',
}
