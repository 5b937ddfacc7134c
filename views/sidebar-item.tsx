import { ago } from './duration.ts'
import { Icon } from './icon.tsx'
import { conversationPath } from './paths.ts'
import type { SidebarEntry } from './types.ts'

type Props = {
  entry: SidebarEntry
  current?: boolean
  /** Sends the item along with another fragment: it goes to the top, and from where it was. */
  oob?: boolean
}

/** One conversation in the sidebar, with its menu. */
export function SidebarItem({ entry, current = false, oob = false }: Props) {
  if (!oob) return <Item entry={entry} current={current} />
  return (
    <>
      <li id={itemId(entry)} hx-swap-oob="delete" />
      <ul hx-swap-oob="afterbegin:#conversations">
        <Item entry={entry} current={current} />
      </ul>
    </>
  )
}

function Item({ entry, current }: { entry: SidebarEntry; current: boolean }) {
  return (
    <li id={itemId(entry)} class="conversation">
      <a
        class="open"
        href={conversationPath(entry.id)}
        title={entry.title}
        {...(current && { 'aria-current': 'page' })}
      >
        <span class="title" dir="auto">
          {entry.title}
        </span>
        {entry.running && (
          <span class="busy">
            <span class="sr-only">still thinking</span>
          </span>
        )}
        <When at={entry.updatedAt} />
      </a>
      <button
        type="button"
        class="icon-button"
        aria-label={`Options for ${entry.title}`}
        popovertarget={menuId(entry)}
      >
        <Icon name="more" />
      </button>
      <Menu entry={entry} />
      <Rename entry={entry} />
    </li>
  )
}

function When({ at }: { at: number }) {
  return <time datetime={new Date(at).toISOString()}>{ago(at, Date.now())}</time>
}

function Menu({ entry }: { entry: SidebarEntry }) {
  return (
    <div id={menuId(entry)} class="menu" popover="auto">
      <button type="button" data-rename popovertarget={menuId(entry)} popovertargetaction="hide">
        Rename
      </button>
      <details>
        <summary>Delete…</summary>
        <p>The conversation and its history will be gone.</p>
        <button
          type="button"
          class="danger"
          hx-delete={conversationPath(entry.id)}
          hx-target="closest .conversation"
          hx-swap="outerHTML"
        >
          Delete for good
        </button>
      </details>
    </div>
  )
}

function Rename({ entry }: { entry: SidebarEntry }) {
  return (
    <form
      class="rename"
      hidden
      hx-put={conversationPath(entry.id)}
      hx-target="closest .conversation"
      hx-swap="outerHTML"
    >
      <input
        name="title"
        value={entry.title}
        maxlength={200}
        required
        aria-label="Title"
        autocomplete="off"
        dir="auto"
      />
      <button type="submit" class="sr-only">
        Save the title
      </button>
    </form>
  )
}

function itemId({ id }: SidebarEntry): string {
  return `conversation-${id}`
}

function menuId({ id }: SidebarEntry): string {
  return `menu-${id}`
}
