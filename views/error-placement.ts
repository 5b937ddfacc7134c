/**
 * Attributes that tell htmx where the error note of a failed request goes. An element without any of them inherits
 * `toastOnError` from the body.
 */

/** Keeps what the element shows: it repeats its request anyway. */
export const keepOnError = { 'hx-status:4xx': 'swap:none', 'hx-status:5xx': 'swap:none' }

/** Replaces the target with the error note when its conversation was deleted in the meantime. */
export const replaceOnNotFound = { 'hx-status:404': 'swap:outerHTML' }

/** Replaces the target with the error note. */
export const replaceOnError = {
  'hx-status:4xx': 'swap:outerHTML',
  'hx-status:5xx': 'swap:outerHTML',
}

/** Shows the error note above the composer. */
export const noteOnError = {
  'hx-status:4xx': 'target:#composer-note swap:innerHTML',
  'hx-status:5xx': 'target:#composer-note swap:innerHTML',
}

/** For the body: shows the error note in the corner of the page. */
export const toastOnError = {
  'hx-status:4xx:inherited': 'target:#notice swap:innerHTML',
  'hx-status:5xx:inherited': 'target:#notice swap:innerHTML',
}

/** Keeps a turn whose run was accepted (`202`) but has no answer yet: its card loads the answer. */
export const keepOnAccepted = { 'hx-status:202': 'swap:none' }
