/**
 * The parsers of agents files and OpenAPI documents. They are loaded with `import()`, because most servers have neither. In a
 * Worker this file is a module beside the program.
 */
export { dereference } from '@scalar/openapi-parser'
export { LineCounter, parseDocument } from 'yaml'
