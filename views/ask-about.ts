/** The question about the name of a record. The page and its script share it. */
export function askAbout(name: string): string {
  return `Tell me about ${name}`
}
