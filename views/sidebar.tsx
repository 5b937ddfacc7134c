import { Icon } from './icon.tsx'
import { SidebarItem } from './sidebar-item.tsx'
import type { Shell, SidebarPage } from './types.ts'

type Props = { shell: Shell; page: SidebarPage }

/** The left column: new conversation, search, the conversations, and who one is. Off-canvas where it is narrow. */
export function Sidebar({ shell, page }: Props) {
  return (
    <nav id="sidebar" class="sidebar" aria-label="Conversations">
      <div class="brand">
        <a href="/">
          <img src={shell.assets.icon} alt="" width="20" height="20" /> OpsAgent
        </a>
        <a class="icon-button sidebar-close" href="#chat" aria-label="Close conversations">
          <Icon name="close" />
        </a>
      </div>
      <a class="button new" href="/">
        <Icon name="plus" /> New conversation
      </a>
      <Search query={page.query} />
      <SidebarList page={page} />
      <footer class="who">
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

function Search({ query = '' }: { query?: string | undefined }) {
  return (
    <search>
      <form
        class="search"
        action="/"
        hx-get="/conversations"
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
          maxlength={200}
          placeholder="Search"
          aria-label="Search conversations"
          autocomplete="off"
        />
      </form>
    </search>
  )
}

type ListProps = { page: SidebarPage }

/** One page of conversations, newest first. "Show more" puts the entries of the next page in its own place. */
export function SidebarList({ page }: ListProps) {
  const { entries, nextCursor, query, current } = page
  return (
    <ul id="conversations" class="conversations" aria-label="Conversations">
      {entries.map((entry) => (
        <SidebarItem entry={entry} current={entry.id === current} />
      ))}
      {entries.length === 0 && (
        <li class="none">{query ? 'Nothing found.' : 'No conversations yet.'}</li>
      )}
      {nextCursor !== undefined && <More cursor={nextCursor} query={query} />}
    </ul>
  )
}

function More({ cursor, query }: { cursor: string; query?: string | undefined }) {
  const parameters = new URLSearchParams({ ...(query && { q: query }), cursor })
  return (
    <li class="more">
      <a
        href={`/?${parameters}`}
        hx-get={`/conversations?${parameters}`}
        hx-select="#conversations > li"
        hx-target="closest li"
        hx-swap="outerHTML"
      >
        Show more
      </a>
    </li>
  )
}
