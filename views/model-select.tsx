import { routes, urlOf } from '../src/http/routes.ts'
import type { ModelChoice } from './types.ts'

type Props = {
  models: ModelChoice[]
  conversation?: { id: string; model: string } | undefined
}

/**
 * Selects the model of the conversation. A change is saved at once; on the welcome page the choice is sent when the
 * conversation is created.
 */
export function ModelSelect({ models, conversation }: Props) {
  const current = conversation?.model
  return (
    <select
      id="model"
      class="model"
      name="model"
      aria-label="Model"
      autocomplete="off"
      form={conversation ? undefined : 'composer'}
      hx-put={conversation && urlOf(routes.conversation, { id: conversation.id })}
      hx-swap={conversation && 'none'}
    >
      {models.map((model) => (
        <option value={model.id} selected={model.id === current}>
          {model.name}
        </option>
      ))}
    </select>
  )
}
