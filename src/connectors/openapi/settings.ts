import type { OpsError } from '../../core/errors.ts'

/** An HTTP API of the agents file, with the values of its credentials. */
export type ApiSettings = {
  /** It begins the names of its tools. */
  name: string
  /** The OpenAPI document, or where it is. */
  document: { url: string } | { text: string }
  /** Without it, the first server of the document. */
  baseUrl?: string | undefined
  /** Operations to offer: an `operationId`, or a method and a path. */
  operations: readonly string[]
  /** Whether operations other than GET may be offered. */
  allowsWrites: boolean
  /** Headers and parameters of the URL for each request. */
  credentials: { headers: Record<string, string>; query: Record<string, string> }
  /** The error for a document that is not usable, with its place in the agents file. */
  problem: (reason: string) => OpsError
}
