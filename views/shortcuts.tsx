import { Icon } from './icon.tsx'

/** The keys of the page: single letters, so that they take no key of a browser. `static/shortcuts.ts` acts on them. */
const keys = [
  ['?', 'Show this list'],
  ['n', 'New conversation'],
  ['s', 'Search conversations'],
  ['c', 'Write a question'],
  ['Esc', 'Leave the field, close what is open'],
  ['t', 'Open or close the thinking of the last question'],
  ['x', 'Stop the answer in progress'],
] as const

/** The list of keyboard shortcuts. The letters can be turned off, because they disturb users of speech input. */
export function Shortcuts() {
  return (
    <dialog id="shortcuts" class="shortcuts" aria-labelledby="shortcuts-title">
      <form method="dialog">
        <h2 id="shortcuts-title">Keyboard shortcuts</h2>
        <button type="submit" class="icon-button" aria-label="Close the list of shortcuts">
          <Icon name="close" />
        </button>
      </form>
      <dl>
        {keys.map(([key, action]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
      <p>They work while no field has the focus. In the question field, Enter sends.</p>
      <label>
        <input type="checkbox" class="use-shortcuts" checked autocomplete="off" /> Use these keys
      </label>
    </dialog>
  )
}
