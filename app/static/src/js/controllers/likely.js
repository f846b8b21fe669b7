// While a form is filled in, says calmly what may be there already.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["told"]
  static values = { url: String }

  disconnect() { clearTimeout(this.timer); this.request?.abort() }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), 500)
  }

  async ask() {
    this.request?.abort()
    this.request = new AbortController()
    try {
      const answer = await fetch(this.urlValue, { method: "POST", body: new FormData(this.element), signal: this.request.signal })
      if (answer.ok) this.toldTarget.innerHTML = await answer.text()
    } catch (error) { if (error.name !== "AbortError") this.toldTarget.replaceChildren() }
  }
}
