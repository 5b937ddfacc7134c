import type { Child } from 'hono/jsx'

type Props = { href: string; run: string; open?: boolean; class?: string; children?: Child }

/** Opens the flyout of a run. Without JavaScript it links to the page that shows the flyout. */
export function RunLink({ href, run, open = false, class: name = 'quiet', children }: Props) {
  return (
    <a
      class={name}
      id={`thinking-${run}`}
      href={href}
      hx-get={href}
      hx-target="#flyout"
      hx-swap="outerHTML"
      aria-controls="flyout"
      aria-expanded={open ? 'true' : 'false'}
    >
      {children}
    </a>
  )
}
