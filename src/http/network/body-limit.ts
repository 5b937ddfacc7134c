import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { OpsError } from '../../core/errors.ts'

/** Limits the size of request bodies, with or without a `Content-Length`. @throws OpsError `too_large` */
export function limitBody({ maxBodyBytes }: { maxBodyBytes: number }): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      throw new OpsError('too_large', {
        message: `The request is too long. The limit is ${maxBodyBytes} bytes.`,
      })
    },
  })
}
