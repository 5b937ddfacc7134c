/** The longest title that is made of a question, in characters. */
const maxCharacters = 60

/** Words before the subject of a question. They would fill the sidebar with titles that begin alike. */
const openings = [
  /^(?:hi|hello|hey|good (?:morning|afternoon|evening))\b[^,.!?:]{0,24}[,.!:]\s*/i,
  /^(?:please|pls|ok|okay|so|well|quick question)\b[,:]?\s+/i,
  /^(?:can|could|would|will) (?:you|someone|anybody) (?:please |quickly |kindly )?/i,
  /^(?:tell|show|give) (?:me|us) (?:please )?/i,
  /^i(?:'d| would)? (?:like|want|need) to (?:know|see) /i,
  /^do you know /i,
]

/** The shortest rest that still says something. */
const minCharacters = 8

/** The number of a ticket, such as CHG0030412. */
const ticket = /\b[A-Z]{2,6}-?\d{3,}\b/g

/**
 * A title made of a question: of a long text the sentence that asks, without greeting, cut at a space. A title that is cut
 * begins with the tickets that the rest names. Empty if the text has no visible character.
 */
export function titleOf(question: string): string {
  // Without the characters that have no shape, which would make an invisible title.
  const lines = question
    .split('\n')
    .map((line) => line.replaceAll(/[\p{Cf}\p{Cc}]/gu, '').trim())
    .filter((line) => line !== '')
  const line = lines.find((one) => one.endsWith('?')) ?? lines[0] ?? ''
  const subject = withoutOpening(line)
  if (subject.length <= maxCharacters) return subject
  const sentences = subject.split(/(?<=[.!?])\s+/)
  const asking = withoutOpening(sentences.find((one) => one.endsWith('?')) ?? subject)
  const cut = cutAtSpace(asking, maxCharacters)
  const named = new Set(question.match(ticket)?.filter((number) => !cut.includes(number)))
  const prefix = [...named].slice(0, 2).join(', ')
  return prefix === '' ? cut : `${prefix}: ${cutAtSpace(asking, maxCharacters - prefix.length - 2)}`
}

function withoutOpening(text: string): string {
  const rest = openings.reduce((left, opening) => left.replace(opening, ''), text)
  if (rest === text || rest.length < minCharacters) return text
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`
}

function cutAtSpace(text: string, limit: number): string {
  if (text.length <= limit) return text
  const cut = text.slice(0, limit).replace(/[\ud800-\udbff]$/, '')
  const space = cut.lastIndexOf(' ')
  return `${space > limit / 2 ? cut.slice(0, space) : cut}…`
}
