import type { CallToolResult } from '@modelcontextprotocol/client'

type Content = CallToolResult['content'][number]

/**
 * The text of a result for the model: its texts, then its structured content as JSON, unless a text repeats it. What is not
 * text is named and left out.
 */
export function resultText({ content, structuredContent }: CallToolResult): string {
  if (structuredContent === undefined) return content.map(contentText).join('\n\n')
  const json = JSON.stringify(structuredContent)
  const others = content.filter(
    (part) => part.type !== 'text' || !repeats(part.text, structuredContent, json),
  )
  return [...others.map(contentText), json].join('\n\n')
}

function contentText(part: Content): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'image':
    case 'audio':
      return leftOut(part.type, part.mimeType, part.data)
    case 'resource_link':
      return `[Resource ${part.name}: ${part.uri}]`
    case 'resource': {
      const { resource } = part
      if ('text' in resource) return `[Resource ${resource.uri}]\n${resource.text}`
      return leftOut(`resource ${resource.uri}`, resource.mimeType, resource.blob)
    }
    default:
      return '[Content of an unknown kind is left out.]'
  }
}

function leftOut(what: string, type = 'unknown type', base64 = ''): string {
  const kilobytes = Math.ceil((base64.length * 3) / 4 / 1024)
  return `[The ${what} (${type}, ${kilobytes} KB) is left out.]`
}

/** Servers write structured content as JSON or as one of its texts as well, for clients that read text only. */
function repeats(text: string, structured: unknown, json: string): boolean {
  if (typeof structured === 'object' && structured !== null) {
    if (Object.values(structured).includes(text)) return true
  }
  try {
    return JSON.stringify(JSON.parse(text)) === json
  } catch {
    return false
  }
}
