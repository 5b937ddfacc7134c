import { conversationPath } from './paths.ts'
import type { ModelChoice } from './types.ts'

type Props = {
  models: ModelChoice[]
  conversation?: { id: string; model: string } | undefined
}

/** Which model answers: saved at once in a conversation, sent along with the first question before there is one. */
export function ModelSelect({ models, conversation }: Props) {
  const current = conversation?.model
  return (
    <select
      id="model"
      class="model"
      name="model"
      aria-label="Model"
      autocomplete="off"
      {...(conversation
        ? { 'hx-put': conversationPath(conversation.id), 'hx-swap': 'none' }
        : { form: 'composer' })}
    >
      {models.map((model) => (
        <option value={model.id} selected={model.id === current}>
          {model.name}
        </option>
      ))}
    </select>
  )
}
