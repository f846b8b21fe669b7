// Where signs come from: the stream; while there is none, asking every 15 seconds, quietly.
const ASK_MS = 15000
const AGAIN_MS = 700
const SILENT_MS = 50000
const OVER = [401, 403, 404]

export class Source {
  // `tell` is called with {type: "changes", signs}, {type: "reload"} or {type: "over"}.
  constructor(tell) {
    this.tell = tell
    this.cursor = ""
    this.running = false
  }

  start(cursor) {
    if (this.running) return
    this.running = true
    this.cursor = cursor
    this.failures = 0
    this.connect()
  }

  // A ticket first: the guarded door says who this is, and puts it where no script reads it.
  async connect() {
    const told = await this.fetch("/live/ticket")
    if (!this.running) return
    if (!told) return this.fail()
    this.cursor ||= told.cursor
    this.stream = new EventSource(`/live/stream?after=${encodeURIComponent(this.cursor)}`)
    this.stream.onerror = () => this.fail()
    this.on("changes", (data) => { if (data.length) this.tell({ type: "changes", signs: data }) })
    this.on("reload", () => this.tell({ type: "reload" }))
    this.on("beat", () => {})
    this.on("renew", () => { this.close(); this.connect() })
    this.on("ended", () => this.fail())
    this.listen()
  }

  on(name, act) {
    this.stream.addEventListener(name, (event) => {
      this.failures = 0
      if (event.lastEventId) this.cursor = event.lastEventId
      this.listen()
      act(JSON.parse(event.data))
    })
  }

  // Heartbeats come every 20 seconds: a stream that says nothing for longer is dead without knowing it.
  listen() {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => this.fail(), SILENT_MS)
  }

  async fail() {
    this.close()
    if (!this.running || this.again) return
    this.failures += 1
    this.again = setTimeout(() => { this.again = null; this.connect() }, this.failures > 1 ? ASK_MS : AGAIN_MS * (0.5 + Math.random()))
    if (this.failures > 1) await this.ask()
  }

  async ask() {
    const told = await this.fetch(`/live/changes?after=${encodeURIComponent(this.cursor)}`)
    if (!told || !this.running) return
    this.cursor = told.cursor
    if (told.reload) this.tell({ type: "reload" })
    else if (told.events.length) this.tell({ type: "changes", signs: told.events })
  }

  async fetch(url) {
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } })
      if (answer.ok) return await answer.json()
      if (OVER.includes(answer.status)) this.end()
    } catch { /* The way to the server is cut: the next try says whether it still is. */ }
    return null
  }

  close() {
    clearTimeout(this.silence)
    this.stream?.close()
    this.stream = null
  }

  end() {
    this.running = false
    clearTimeout(this.again)
    this.again = null
    this.close()
    this.tell({ type: "over" })
  }
}
