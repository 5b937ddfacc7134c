import { expect, test } from 'bun:test'
import { floorViolations } from '../support/floor-rules.ts'

test.each([
  ["import { streamHeaders } from '../http/sse.ts'", 'src/doctor may not'],
  ["import { Hono } from 'hono'", 'imports the package hono'],
  ['export const x = process.env.PORT', 'names a runtime: process.'],
])('the examination, which runs in browsers too, may not hold: %s', (source, complaint) => {
  const violations = floorViolations(new Map([['src/doctor/x.ts', source]]))
  expect(violations).toHaveLength(1)
  expect(violations[0]).toContain(complaint)
})
