import { expect, test } from 'bun:test'
import { compose, type Middleware } from '../../src/core/compose.ts'

type Layer = Middleware<string, string>

test('layers wrap in the order of the list, the first outermost', async () => {
  const told: string[] = []
  const layer =
    (name: string): Layer =>
    async (_, next) => {
      told.push(`${name} in`)
      const result = await next()
      told.push(`${name} out`)
      return `${name}(${result})`
    }
  const run = compose([layer('a'), layer('b')], async (context) => context)
  expect(await run('x')).toBe('a(b(x))')
  expect(told).toEqual(['a in', 'b in', 'b out', 'a out'])
})

test('a layer may call next again, and replace what it passes on', async () => {
  const twice: Layer = async (context, next) => `${await next()} ${await next(`${context}!`)}`
  expect(await compose([twice], async (context) => context)('x')).toBe('x x!')
})

test('a layer may answer without calling next', async () => {
  const cached: Layer = async () => 'kept'
  const core = async () => {
    throw new Error('not reached')
  }
  expect(await compose([cached], core)('x')).toBe('kept')
})

test('a layer that forgets to await next is an error, always', async () => {
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

test('a layer that throws early is not blamed for what still runs', async () => {
  const impatient: Layer = async (_, next) => {
    void next()
    throw new Error('too late')
  }
  await expect(compose([impatient], async () => 'x')('x')).rejects.toThrow('too late')
})

test('without layers the core is called', async () => {
  expect(await compose<string, string>([], async (context) => context)('x')).toBe('x')
})
