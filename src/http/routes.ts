/**
 * Every URL of the server, by name. Handlers are registered under these patterns; pages, redirects and headers fill
 * them in with `urlOf`.
 */
export const routes = {
  home: '/',
  conversations: '/conversations',
  conversation: '/conversations/:id',
  // For forms, which send no PUT and no DELETE.
  renameConversation: '/conversations/:id/title',
  deleteConversation: '/conversations/:id/delete',
  messages: '/conversations/:id/messages',
  thinking: '/conversations/:id/thinking',
  run: '/conversations/:id/runs/:run',
  runLines: '/conversations/:id/runs/:run/lines',
  stopRun: '/conversations/:id/runs/:run/stop',
  approval: '/conversations/:id/runs/:run/approvals/:span',
  exportRun: '/conversations/:id/runs/:run/export',
  share: '/conversations/:id/runs/:run/share',
  withdrawShare: '/conversations/:id/runs/:run/share/withdraw',
  shared: '/shared/:link',
  feedback: '/conversations/:id/runs/:run/feedback',
  api: {
    user: '/api/user',
    models: '/api/models',
    conversations: '/api/conversations',
    conversation: '/api/conversations/:id',
    messages: '/api/conversations/:id/messages',
    thinking: '/api/conversations/:id/thinking',
    run: '/api/conversations/:id/runs/:run',
    stopRun: '/api/conversations/:id/runs/:run/stop',
    approval: '/api/conversations/:id/runs/:run/approvals/:span',
    exportRun: '/api/conversations/:id/runs/:run/export',
    share: '/api/conversations/:id/runs/:run/share',
    feedback: '/api/conversations/:id/runs/:run/feedback',
  },
  doctor: '/doctor',
  // Ends like the thinking stream, so that proxy rules which match by path treat both alike.
  doctorStream: '/doctor/thinking',
  doctorWait: '/doctor/wait',
  doctorEcho: '/doctor/echo',
  alive: '/healthz',
  ready: '/readyz',
  static: '/static/*',
} as const

type ParameterOf<Pattern extends string> = Pattern extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | ParameterOf<`/${More}`>
    : Rest
  : never

/** Fills a pattern in, and adds a query. Values are escaped; empty and undefined entries of the query are left out. */
export function urlOf<Pattern extends string>(
  pattern: Pattern,
  parameters: Record<ParameterOf<Pattern>, string>,
  query: Record<string, string | undefined> = {},
): string {
  const path = Object.entries<string>(parameters).reduce<string>(
    (url, [name, value]) => url.replace(`:${name}`, () => encodeURIComponent(value)),
    pattern,
  )
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1])
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
