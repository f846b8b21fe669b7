// The signs for this tab: from the worker that all tabs share, or from a stream of its own where there is none.
import { Source } from "./source.js"

const KEPT_MS = 60000
const listeners = new Set()
let recent = []
let port = null
let own = null

function tell(message) {
  const at = Date.now()
  recent = [...recent.filter((each) => each.at > at - KEPT_MS), { at, message }]
  for (const listener of listeners) listener(message)
}

function hello(cursor, since) {
  if (port) port.postMessage({ type: "hello", cursor, since })
  else own.start(cursor)
}

function begin(cursor) {
  if (port || own) return hello(cursor, Date.now())
  try {
    const worker = new SharedWorker(new URL("./worker.js", import.meta.url), { type: "module", name: "kith-live" })
    port = worker.port
    port.onmessage = ({ data }) => tell(data)
    worker.onerror = () => { port = null; own ??= new Source(tell); own.start(cursor) }
    addEventListener("pagehide", () => port?.postMessage({ type: "bye" }))
    addEventListener("pageshow", (event) => { if (event.persisted) { hello(cursor, Date.now()); tell({ type: "reload" }) } })
  } catch {
    own = new Source(tell)
  }
  hello(cursor, performance.timeOrigin)
}

// `listener` hears what comes, and at once what came since the page at `cursor` was asked for at `since`.
export function subscribe(cursor, since, listener) {
  for (const each of recent) if (each.at >= since) listener(each.message)
  listeners.add(listener)
  begin(cursor)
  return () => listeners.delete(listener)
}
