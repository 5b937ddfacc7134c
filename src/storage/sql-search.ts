import type { WordQuery } from '../core/words.ts'
import { candidateFromRow } from './rows.ts'
import { candidatesPerStep, type SearchCandidate } from './search.ts'
import { termQuery, termsOf } from './search-terms.ts'
import type { SqlDatabase } from './sql-database.ts'

/** The `run` of a title. */
const title = ''

/** So many terms are removed in one transaction. Each costs up to 0.1 ms, because nothing of it may stay in the file. */
const removedPerStep = 150

/** A text costs as much as so many terms, because it is read, and deleted with its run. */
const termsPerText = 50

/** The largest number of entries that a prefix reads, and the number of words that stand for it if there are more. */
const maxPrefixEntries = 20_000
const maxCompletions = 64

/**
 * The full-text index of SQLite and of Durable Objects. It has no copy of the texts and no positions: a text is a set of
 * words. All calls that change it belong into the transaction that changes the text.
 */
export class SqlSearch {
  readonly #db: SqlDatabase
  readonly #owner: string

  constructor(db: SqlDatabase, owner: string) {
    this.#db = db
    this.#owner = owner
  }

  addTitle(conversation: string, text: string): void {
    this.add(conversation, title, text)
  }

  /** Adds a question, or the answer to a question that was added. */
  add(conversation: string, run: string, text: string): void {
    const [row] = this.#db.all(
      `INSERT INTO search_texts (conversation, run) VALUES (?, ?)
       ON CONFLICT (conversation, run) DO UPDATE SET run = excluded.run RETURNING id`,
      conversation,
      run,
    )
    this.#insert(Number(row?.id), termsOf(this.#owner, text))
  }

  changeTitle(conversation: string, from: string, to: string): void {
    const [row] = this.#db.all(
      'SELECT id FROM search_texts WHERE conversation = ? AND run = ?',
      conversation,
      title,
    )
    if (row !== undefined) this.#delete(Number(row.id), termsOf(this.#owner, from))
    this.addTitle(conversation, to)
  }

  /**
   * Removes some terms of a conversation that is being deleted, and each run whose terms are gone. Returns whether none is
   * left. A long text takes many calls, and every call continues where the previous one stopped, also after a crash.
   */
  remove(conversation: string): boolean {
    let space = removedPerStep
    while (space > 0) {
      const [row] = this.#db.all(
        'SELECT id, run, removed_words FROM search_texts WHERE conversation = ? LIMIT 1',
        conversation,
      )
      if (row === undefined) return true
      const id = Number(row.id)
      const run = String(row.run)
      const removed = Number(row.removed_words)
      const terms = this.#termsOfText(conversation, run)
      const end = removed + space
      this.#delete(id, terms.slice(removed, end))
      space -= termsPerText + Math.min(end, terms.length) - removed
      if (end >= terms.length) {
        this.#db.all('DELETE FROM search_texts WHERE id = ?', id)
        this.#db.all('DELETE FROM runs WHERE conversation = ? AND id = ?', conversation, run)
      } else {
        this.#db.all('UPDATE search_texts SET removed_words = ? WHERE id = ?', end, id)
        // Every deletion counts as a row, and FTS5 does not let the number of rows fall below zero.
        this.#insert(0, [])
      }
    }
    return false
  }

  /** See `SearchIndex.candidates`. */
  candidates(expression: string, below: number): SearchCandidate[] {
    return this.#db
      .all(
        `SELECT search_texts.id AS text, run, conversations.* FROM search_words
         CROSS JOIN search_texts ON search_texts.id = search_words.rowid
         CROSS JOIN conversations ON conversations.id = search_texts.conversation
         WHERE search_words MATCH ? AND search_words.rowid < ? AND owner = ?
         ORDER BY search_words.rowid DESC LIMIT ?`,
        expression,
        below,
        this.#owner,
        candidatesPerStep,
      )
      .map(candidateFromRow)
  }

  /** A query in the language of FTS5. Undefined if no text matches. */
  expression(query: WordQuery): string | undefined {
    const { terms, prefix } = termQuery(this.#owner, query)
    const parts = terms.map(quote)
    if (prefix === undefined) return parts.join(' AND ')
    const entries = this.#countEntries(prefix)
    if (entries === 0) return undefined
    // FTS5 reads all entries of a prefix before it returns the first one.
    const last =
      entries <= maxPrefixEntries
        ? `${quote(prefix)} *`
        : `(${this.#completionsOf(prefix).map(quote).join(' OR ')})`
    return [...parts, last].join(' AND ')
  }

  #countEntries(prefix: string): number {
    const [row] = this.#db.all(
      `SELECT count(*) AS entries FROM (
         SELECT 1 FROM search_vocabulary WHERE term >= ? AND term < ? LIMIT ?)`,
      prefix,
      `${prefix}\u{10ffff}`,
      maxPrefixEntries + 1,
    )
    return Number(row?.entries)
  }

  /** The first words with a prefix, in alphabetical order. */
  #completionsOf(prefix: string): string[] {
    const found: string[] = []
    let from = prefix
    while (found.length < maxCompletions) {
      const [row] = this.#db.all('SELECT term FROM search_vocabulary WHERE term >= ? LIMIT 1', from)
      const term = String(row?.term ?? '')
      if (!term.startsWith(prefix)) break
      found.push(term)
      // No term has a control character, so this is between the term and the next one.
      from = `${term}\u0001`
    }
    return found
  }

  #termsOfText(conversation: string, run: string): string[] {
    const rows =
      run === title
        ? this.#db.all('SELECT title AS text FROM conversations WHERE id = ?', conversation)
        : this.#db.all(
            'SELECT content AS text FROM messages WHERE conversation = ? AND run = ? ORDER BY rowid',
            conversation,
            run,
          )
    return [...new Set(rows.flatMap(({ text }) => termsOf(this.#owner, String(text))))]
  }

  #insert(id: number, terms: readonly string[]): void {
    this.#db.all('INSERT INTO search_words (rowid, words) VALUES (?, ?)', id, terms.join(' '))
  }

  #delete(id: number, terms: readonly string[]): void {
    this.#db.all(
      "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', ?, ?)",
      id,
      terms.join(' '),
    )
  }
}

function quote(term: string): string {
  return `"${term.replaceAll('"', '""')}"`
}
