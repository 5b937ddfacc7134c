import { fetchEventSource } from '@microsoft/fetch-event-source'
import { EventSource } from 'eventsource'
import { framesOf } from './read-stream.ts'

/** An event as a client dispatches it. */
export type Received = { type: string; data: string }

/** A client that follows a stream and reconnects by itself until it is stopped. */
export type StreamClient = { received: Received[]; stop: () => void }

type Follow = (url: string, onEvent: (event: Received) => void) => () => void

/** The program does not exist on every machine. */
export const hasPython = Bun.which('python3') !== null
export const hasCurl = Bun.which('curl') !== null

/** Clients of other authors. */
export const streamClients = {
  eventsource: followByEventSource,
  'fetch-event-source': followByFetch,
  ...(hasCurl && { curl: followByCurl }),
  ...(hasPython && { 'http.client': followByPython }),
} satisfies Record<string, Follow>

/** Starts a client. It collects its events. */
export function startClient(follow: Follow, url: string): StreamClient {
  const received: Received[] = []
  return { received, stop: follow(url, (event) => received.push(event)) }
}

function followByEventSource(url: string, onEvent: (event: Received) => void) {
  const source = new EventSource(url)
  const add = ({ type, data }: MessageEvent<string>) => onEvent({ type, data })
  source.addEventListener('message', add)
  source.addEventListener('done', add)
  return () => source.close()
}

/** How many clients use the globals. */
let fetchClients = 0

/** It uses globals of a browser. Other packages must not find them later, because they detect a browser by them. */
function followByFetch(url: string, onEvent: (event: Received) => void) {
  const nothing = () => {}
  const { fetch, setTimeout, clearTimeout } = globalThis
  Object.assign(globalThis, {
    window: { fetch, setTimeout, clearTimeout },
    document: { addEventListener: nothing, removeEventListener: nothing },
  })
  fetchClients += 1
  const leaving = new AbortController()
  void fetchEventSource(url, {
    signal: leaving.signal,
    openWhenHidden: true,
    onmessage: ({ event, data }) => onEvent({ type: event || 'message', data }),
    // Without this the client does not reconnect.
    onclose() {
      throw new Error('closed')
    },
  })
  return () => {
    leaving.abort()
    fetchClients -= 1
    if (fetchClients > 0) return
    Reflect.deleteProperty(globalThis, 'window')
    Reflect.deleteProperty(globalThis, 'document')
  }
}

/** curl does not reconnect: a shell script would start it again with the last id. */
function followByCurl(url: string, onEvent: (event: Received) => void) {
  const leaving = new AbortController()
  void repeat(leaving.signal, async (lastId) => {
    const headers = lastId === undefined ? [] : ['-H', `Last-Event-ID: ${lastId}`]
    const curl = Bun.spawn(['curl', '-sSN', ...headers, url], { signal: leaving.signal })
    let last = lastId
    for await (const { id, event = 'message', data } of framesOf(new Response(curl.stdout))) {
      if (data === undefined) continue
      last = id ?? last
      onEvent({ type: event, data })
    }
    return last
  })
  return () => leaving.abort()
}

async function repeat(
  signal: AbortSignal,
  connect: (lastId: string | undefined) => Promise<string | undefined>,
): Promise<void> {
  let lastId: string | undefined
  while (!signal.aborted) lastId = await connect(lastId)
}

/** The loop that a user of the API would write. Each event is printed as one line of JSON. */
const pythonClient = `
import http.client, json, sys, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
last_id = None
while True:
    connection = http.client.HTTPConnection(url.hostname, url.port)
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    connection.request("GET", f"{url.path}?{url.query}", headers=headers)
    event, data = {}, []
    for line in connection.getresponse():
        field, _, value = line.decode().rstrip("\\n").partition(": ")
        if field == "data":
            data.append(value)
        elif field:
            event[field] = value
        elif line == b"\\n":
            last_id = event.get("id", last_id)
            if data:
                print(json.dumps({"type": event.get("event", "message"), "data": "\\n".join(data)}), flush=True)
            event, data = {}, []
    connection.close()
`

function followByPython(url: string, onEvent: (event: Received) => void) {
  const python = Bun.spawn(['python3', '-c', pythonClient, url], { stderr: 'inherit' })
  void readLines(python.stdout, (line) => onEvent(JSON.parse(line) as Received))
  return () => python.kill()
}

async function readLines(bytes: ReadableStream<Uint8Array>, use: (line: string) => void) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) use(line)
  }
}
