// While a formula or a roll-up is written, says what it would give on some records, or what is wrong with it.
import { Controller } from "../vendor/stimulus.js"
import { html } from "../http.js"

export default class extends Controller {
  static targets = ["text", "told"]
  static values = { url: String }

  connect() { if (!this.hasTextTarget || this.textTarget.value.trim()) this.now() }
  disconnect() { clearTimeout(this.timer); this.request?.abort() }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.now(), 350)
  }

  async now() {
    this.request?.abort()
    this.request = new AbortController()
    const asked = new URLSearchParams(new FormData(this.element))
    for (const name of [...new Set(asked.keys())]) if (/^(csrf_token|labels|help)/.test(name)) asked.delete(name)
    try { this.toldTarget.innerHTML = await html(`${this.urlValue}&${asked}`, { signal: this.request.signal }) }
    catch (error) { if (error.name !== "AbortError") this.toldTarget.replaceChildren() }
  }

  insert(event) {
    const { word } = event.currentTarget.dataset
    const { selectionStart: start, selectionEnd: end, value } = this.textTarget
    const before = /[\w)\]'"]$/.test(value.slice(0, start)) ? " " : ""
    this.textTarget.setRangeText(before + word, start, end, "end")
    this.textTarget.focus()
    this.later()
  }
}
