/** The address of a conversation's page; what hangs below it starts with this. */
export function conversationPath(conversation: string): string {
  return `/conversations/${encodeURIComponent(conversation)}`
}

/** Where the questions of a conversation are posted. */
export function messagesPath(conversation: string): string {
  return `${conversationPath(conversation)}/messages`
}

/** The turn of a run, or 204 while the run is going on. */
export function turnPath(conversation: string, run: string): string {
  return `${messagesPath(conversation)}?run=${encodeURIComponent(run)}`
}

/** The thinking of a run, live. */
export function thinkingPath(conversation: string, run: string): string {
  return `${conversationPath(conversation)}/thinking?run=${encodeURIComponent(run)}`
}

/** All events of a run: the flyout for htmx, a page with it for everybody else. */
export function runPath(conversation: string, run: string): string {
  return `${conversationPath(conversation)}/runs/${encodeURIComponent(run)}`
}

/** The lines of a run so far, for when its stream is held up. */
export function linesPath(conversation: string, run: string): string {
  return `${runPath(conversation, run)}/lines`
}

/** Where a run is stopped. */
export function stopPath(conversation: string, run: string): string {
  return `${runPath(conversation, run)}/stop`
}
