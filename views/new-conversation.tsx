import { routes } from '../src/http/routes.ts'
import { noteOnError } from './error-placement.ts'

/**
 * Creates an empty conversation and replaces the welcome with it when the script triggers "create". The script then
 * posts the first question in the same way as every later one. The element is outside the forms, so that the request
 * contains the model but not the question.
 */
export function NewConversation() {
  return (
    <div
      id="new-conversation"
      hidden
      hx-post={routes.conversations}
      hx-trigger="create"
      hx-include="#model"
      hx-target="#chat"
      hx-swap="outerHTML"
      hx-sync="this:drop"
      hx-disable="#chat button"
      hx-indicator="#chat"
      {...noteOnError}
    />
  )
}
