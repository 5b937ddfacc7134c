/** The first element that matches, and all of them. */
export const find = (selector, root = document) => root.querySelector(selector)
export const all = (selector, root = document) => [...root.querySelectorAll(selector)]

/** The turn that is being answered, and the run that the flyout shows, if any. */
export const runningTurn = () => find('#turns [data-status="running"]')
export const flyoutRun = () => find('#flyout:not([hidden])')?.dataset.run
