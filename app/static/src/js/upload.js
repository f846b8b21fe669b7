// One file on its way: announced to Kith, sent straight to the file store, completed. It can be cancelled and tried again.
import { Refused, send } from "./http.js"

export class Transfer {
  constructor(file, { url, fields = {}, words, told }) {
    Object.assign(this, { file, url, fields, words, told, state: "waits", share: 0, message: "" })
  }

  get isOver() { return this.state === "done" || this.state === "cancelled" }
  get runs() { return !this.isOver && this.state !== "wrong" && this.state !== "waits" }

  async run() {
    this.stop = new AbortController()
    this.message = ""
    try {
      this.to("reads")
      const sha256 = await this.digest()
      this.stop.signal.throwIfAborted()
      const data = { name: this.file.name, size: this.file.size, type: this.file.type, sha256, ...this.fields }
      const upload = await send(this.url, { data, signal: this.stop.signal })
      this.to("sends")
      await this.put(upload)
      this.to("checks")
      const file = await send(upload.completion, { signal: this.stop.signal })
      if (file.state !== "ready") throw new Refused(file.message, 422)
      this.id = file.id
      this.to("done")
    } catch (error) {
      if (this.stop.signal.aborted) this.to("cancelled")
      else this.fail(error)
    }
  }

  cancel() {
    this.stop?.abort()
    if (!this.runs) this.to("cancelled")
  }

  fail(error) {
    // What fetch throws about a broken line is for programmers.
    this.message = error instanceof Refused && error.message ? error.message : this.words.broken
    this.to("wrong")
  }

  to(state) {
    this.state = state
    this.told(this)
  }

  async digest() {
    if (!globalThis.crypto?.subtle) throw new Refused(this.words.unsafe, 0)
    let bytes
    try {
      bytes = await this.file.arrayBuffer()
    } catch {
      throw new Refused(this.words.folder, 0)
    }
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")
  }

  // fetch does not tell how far an upload is.
  put({ url, headers }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open("PUT", url)
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
      request.upload.addEventListener("progress", (event) => {
        this.share = event.total ? event.loaded / event.total : 0
        this.told(this)
      })
      request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new Refused(this.words.refused, request.status))))
      request.addEventListener("error", () => reject(new Refused(this.words.broken, 0)))
      request.addEventListener("abort", () => reject(new DOMException("", "AbortError")))
      this.stop.signal.addEventListener("abort", () => request.abort(), { once: true })
      request.send(this.file)
    })
  }
}
