import { routes, urlOf } from '../src/http/routes.ts'
import { Icon } from './icon.tsx'
import { SidebarItem } from './sidebar-item.tsx'
import type { FieldLimits, Shell, SidebarPage } from './types.ts'

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
      <footer class="user">
        <ul class="badges" aria-label="Notices">
          {shell.notices.map((notice) => (
            <li class="badge">{notice}</li>
          ))}
        </ul>
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

/** One page of conversations: newest first, or the best ones for a search. "Show more" is replaced by the next page. */
export function SidebarList({ page, limits }: { page: SidebarPage; limits: FieldLimits }) {
  const { entries, nextCursor, query, current, isCut } = page
  return (
    <ul id="conversations" class="conversations" aria-label="Conversations">
      {entries.map((entry) => (
        <SidebarItem entry={entry} limits={limits} current={entry.id === current} />
      ))}
      {entries.length === 0 && (
        <li class="empty">{query ? 'No conversation matches.' : 'No conversations yet.'}</li>
      )}
      {isCut && (
        <li class="empty">
          These are the best {entries.length} matches. Use more words to find others.
        </li>
      )}
      {nextCursor !== undefined && <ShowMore cursor={nextCursor} />}
    </ul>
  )
}

function ShowMore({ cursor }: { cursor: string }) {
  const parameters = { cursor }
  return (
    <li class="more">
      <a
        href={urlOf(routes.home, {}, parameters)}
        hx-get={urlOf(routes.conversations, {}, parameters)}
        hx-select="#conversations > li"
        hx-target="closest li"
        hx-swap="outerHTML"
      >
        Show more
      </a>
    </li>
  )
}
