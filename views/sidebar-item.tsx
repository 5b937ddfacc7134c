import { routes, urlOf } from '../src/http/routes.ts'
import { age } from './duration.ts'
import { Icon } from './icon.tsx'
import type { FieldLimits, MarkedText, SidebarEntry } from './types.ts'

type Props = {
  entry: SidebarEntry
  limits: FieldLimits
  /** Whether this conversation is open on the page. */
  current?: boolean
  /** Sends the item as part of another response: it moves to the top of today. */
  oob?: boolean
}

/** One conversation in the sidebar, with its menu. */
export function SidebarItem({ entry, limits, current = false, oob = false }: Props) {
  const item = <Item entry={entry} limits={limits} current={current} />
  if (!oob) return item
  return (
    <>
      <li id={itemId(entry)} hx-swap-oob="delete" />
      <ul hx-swap-oob="afterend:#today">{item}</ul>
    </>
  )
}

type ItemProps = { entry: SidebarEntry; limits: FieldLimits; current: boolean }

function Item({ entry, limits, current }: ItemProps) {
  return (
    <li
      id={itemId(entry)}
      class="conversation"
      data-run={entry.lastRun?.id}
      data-status={entry.lastRun?.status}
    >
      <a
        class="open"
        href={urlOf(routes.conversation, { id: entry.id })}
        title={entry.title}
        aria-current={current ? 'page' : undefined}
      >
        <span class="title" dir="auto">
          {entry.found ? <Marked text={entry.found.title} /> : entry.title}
        </span>
        <span class="state">
          <span class="sr-only">{entry.lastRun?.status === 'running' ? 'still thinking' : ''}</span>
        </span>
        <time datetime={new Date(entry.updatedAt).toISOString()}>
          {age(entry.updatedAt, Date.now())}
        </time>
        {entry.found?.snippet && (
          <span class="snippet" dir="auto">
            <Marked text={entry.found.snippet} />
          </span>
        )}
      </a>
      <button
        type="button"
        class="icon-button"
        aria-label={`Options for ${entry.title}`}
        popovertarget={menuId(entry)}
      >
        <Icon name="more" />
      </button>
      <Menu entry={entry} limits={limits} />
      <RenameForm entry={entry} limits={limits} />
    </li>
  )
}

function Marked({ text }: { text: MarkedText }) {
  return <>{text.map((piece) => (piece.isMatch ? <mark>{piece.text}</mark> : piece.text))}</>
}

function Menu({ entry, limits }: { entry: SidebarEntry; limits: FieldLimits }) {
  const path = { id: entry.id }
  return (
    <div id={menuId(entry)} class="menu" popover="auto">
      <button type="button" data-rename popovertarget={menuId(entry)} popovertargetaction="hide">
        Rename
      </button>
      {/* The script triggers "delete" when the time for undo is over. */}
      <button
        type="button"
        class="delete"
        popovertarget={menuId(entry)}
        popovertargetaction="hide"
        hx-delete={urlOf(routes.conversation, path)}
        hx-trigger="delete"
        hx-target="closest .conversation"
        hx-swap="outerHTML"
      >
        Delete
      </button>
      <noscript>
        <form method="post" action={urlOf(routes.renameConversation, path)}>
          <TitleField entry={entry} limits={limits} />
          <button type="submit">Rename</button>
        </form>
        <form method="post" action={urlOf(routes.deleteConversation, path)}>
          <p>This deletes the conversation and its history. It cannot be undone.</p>
          <button type="submit" class="danger">
            Delete for good
          </button>
        </form>
      </noscript>
    </div>
  )
}

function RenameForm({ entry, limits }: { entry: SidebarEntry; limits: FieldLimits }) {
  return (
    <form
      class="rename"
      hidden
      hx-put={urlOf(routes.conversation, { id: entry.id })}
      hx-target="closest .conversation"
      hx-swap="outerHTML"
    >
      <TitleField entry={entry} limits={limits} />
      <button type="submit" class="sr-only">
        Save the title
      </button>
    </form>
  )
}

function TitleField({ entry, limits }: { entry: SidebarEntry; limits: FieldLimits }) {
  return (
    <input
      name="title"
      value={entry.title}
      maxlength={limits.maxTitleCharacters}
      required
      aria-label="Title"
      autocomplete="off"
      dir="auto"
    />
  )
}

function itemId({ id }: SidebarEntry): string {
  return `conversation-${id}`
}

function menuId({ id }: SidebarEntry): string {
  return `menu-${id}`
}
