/**
 * The parts of the MCP client that are used. They are loaded with `import()` when the first server is connected: the client is
 * a fifth of the program. In a Worker this file is a module beside the program.
 */
export {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
export { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker'
