import { routes, urlOf } from '../src/http/routes.ts'
import { keepOnError } from './error-placement.ts'
import { Icon } from './icon.tsx'
import { SidebarItem } from './sidebar-item.tsx'
import type { FieldLimits, Shell, SidebarEntry, SidebarPage } from './types.ts'

type Props = { shell: Shell; page: SidebarPage }

/** The left column: search, conversations and user. Narrow windows show it on request. */
export function Sidebar({ shell, page }: Props) {
  return (
    <nav id="sidebar" class="sidebar" aria-label="Conversations">
      <div class="brand">
        <a href={routes.home}>
          <img src={shell.assets.icon} alt="" width="20" height="20" /> OpsAgent
        </a>
        <a class="icon-button sidebar-close" href="#chat" aria-label="Close conversations">
          <Icon name="close" />
        </a>
      </div>
      <a class="button new" href={routes.home}>
        <Icon name="plus" /> New conversation
      </a>
      <Search query={page.query} limits={shell.limits} />
      <SidebarList page={page} limits={shell.limits} />
      <SidebarRefresh />
      <div id="undo" class="undo" hidden>
        <p id="undo-text">
          Deleted: <bdi class="deleted-title" />
        </p>
        <button type="button" class="button" aria-describedby="undo-text">
          Undo
        </button>
      </div>
      <footer class="user">
        <button type="button" class="quiet notify" aria-pressed="false">
          Notify me of answers
        </button>
        <p>
          <bdi>{shell.user.name}</bdi> <small>v{shell.version}</small>
        </p>
      </footer>
    </nav>
  )
}

function Search({ query = '', limits }: { query?: string | undefined; limits: FieldLimits }) {
  return (
    <search>
      <form
        class="search"
        action={routes.home}
        hx-get={routes.conversations}
        hx-trigger="submit, input changed delay:250ms"
        hx-target="#conversations"
        hx-swap="outerHTML"
        hx-sync="this:replace"
      >
        <Icon name="search" />
        <input
          type="search"
          name="q"
          value={query}
          maxlength={limits.maxSearchCharacters}
          placeholder="Search"
          aria-label="Search conversations"
          autocomplete="off"
        />
      </form>
    </search>
  )
}

/** Loads the list again when the script triggers "refresh". The script adds the number of conversations to the URL. */
function SidebarRefresh() {
  return (
    <div
      id="sidebar-refresh"
      hidden
      hx-get={routes.conversations}
      hx-trigger="refresh"
      hx-target="#conversations"
      hx-swap="outerMorph"
      hx-sync="this:drop"
      {...keepOnError}
    />
  )
}

/**
 * One page of conversations: newest first, below the heading of their day, or the best ones for a search. "Show more" is
 * replaced by the next page.
 */
export function SidebarList({ page, limits }: { page: SidebarPage; limits: FieldLimits }) {
  const { entries, nextCursor, query, current, isCut, after } = page
  return (
    <ul
      id="conversations"
      class="conversations"
      aria-label="Conversations"
      data-query={query || undefined}
    >
      {after === undefined && <FirstDay />}
      {entries.map((entry, index) => (
        <>
          {isNewDay(entry, entries[index - 1]?.day ?? after ?? today) && <Day name={entry.day} />}
          <SidebarItem entry={entry} limits={limits} current={entry.id === current} />
        </>
      ))}
      {entries.length === 0 && (
        <li class="empty">{query ? 'No conversation matches.' : 'No conversations yet.'}</li>
      )}
      {isCut && (
        <li class="more">
          These are the best {entries.length} matches. Use more words to find others.
        </li>
      )}
      {nextCursor !== undefined && <ShowMore cursor={nextCursor} day={entries.at(-1)?.day} />}
    </ul>
  )
}

/** The heading above the conversations of today. */
export const today = 'Today'

/** Always there, but hidden while no conversation follows it: an answered conversation moves below it. */
function FirstDay() {
  return (
    <li id="today" class="day">
      {today}
    </li>
  )
}

function Day({ name }: { name: string | undefined }) {
  return <li class="day">{name}</li>
}

function isNewDay({ day }: SidebarEntry, before: string): boolean {
  return day !== undefined && day !== before
}

function ShowMore({ cursor, day }: { cursor: string; day: string | undefined }) {
  const url = (path: string) => urlOf(path, {}, { cursor, day })
  return (
    <li class="more">
      <a
        href={url(routes.home)}
        hx-get={url(routes.conversations)}
        hx-select="#conversations > li"
        hx-target="closest li"
        hx-swap="outerHTML"
      >
        Show more
      </a>
    </li>
  )
}
