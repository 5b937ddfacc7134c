import { expect, test } from 'bun:test'
import { compose, type Middleware } from '../../src/core/compose.ts'

type Layer = Middleware<string, string>

test('the first layer of the list is the outermost', async () => {
  const calls: string[] = []
  const layer =
    (name: string): Layer =>
    async (_, next) => {
      calls.push(`${name} in`)
      const result = await next()
      calls.push(`${name} out`)
      return `${name}(${result})`
    }
  const run = compose([layer('a'), layer('b')], async (context) => context)
  expect(await run('x')).toBe('a(b(x))')
  expect(calls).toEqual(['a in', 'b in', 'b out', 'a out'])
})

test('a layer may call next again, with another context', async () => {
  const twice: Layer = async (context, next) => `${await next()} ${await next(`${context}!`)}`
  expect(await compose([twice], async (context) => context)('x')).toBe('x x!')
})

test('a layer may return a result without calling next', async () => {
  const cached: Layer = async () => 'cached'
  const core = async () => {
    throw new Error('not reached')
  }
  expect(await compose([cached], core)('x')).toBe('cached')
})

test('a layer that does not await next is always an error', async () => {
  const forgetful: Layer = async function forgetful(_, next) {
    void next()
    return 'too early'
  }
  const core = async () => {
    await Promise.resolve()
    return 'late'
  }
  await expect(compose([forgetful], core)('x')).rejects.toThrow('forgetful returned before next()')
})

test('a layer that throws early may leave next running', async () => {
  const early: Layer = async (_, next) => {
    void next()
    throw new Error('too late')
  }
  await expect(compose([early], async () => 'x')('x')).rejects.toThrow('too late')
})

test('without layers the core runs', async () => {
  expect(await compose<string, string>([], async (context) => context)('x')).toBe('x')
})
