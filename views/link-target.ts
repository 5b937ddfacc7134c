/** Longer texts of links are not read: the target is shown then. */
const maxTextCharacters = 500
const maxShownCharacters = 200

/** A host name, or a whole URL. The bounds keep the cost linear. */
const address = /(?:https?:\/\/\S{1,500}|(?:[\p{L}\p{N}-]{1,63}[.。．｡]){1,10}\p{L}{2,63})/giu

/**
 * The target of a link whose text looks like another address, as the page shows it after the link. Undefined for a text
 * that does not. A user name in the target counts as another address, because it stands where readers expect the host.
 */
export function hiddenTarget(text: string, href: string): string | undefined {
  const target = URL.parse(href)
  if (target === null) return undefined
  const isPlain = target.username === '' && target.password === ''
  const addresses = text.length > maxTextCharacters ? undefined : (text.match(address) ?? [])
  if (isPlain && addresses?.every((given) => isSame(given, target))) return undefined
  target.username = ''
  target.password = ''
  const shown = target.href
  return shown.length > maxShownCharacters ? `${shown.slice(0, maxShownCharacters)}…` : shown
}

/** A host name without a path stands for everything on that host; a URL for itself. */
function isSame(given: string, target: URL): boolean {
  const isUrl = /^https?:/i.test(given)
  const url = URL.parse(isUrl ? given : `https://${given}`)
  if (url === null) return false
  if (isUrl) return url.href === target.href
  return hostOf(url) === (target.protocol === 'mailto:' ? domainOf(target) : hostOf(target))
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^www\./, '')
}

function domainOf({ pathname }: URL): string {
  return pathname.slice(pathname.lastIndexOf('@') + 1).toLowerCase()
}
