// The dialog of a bulk change: another field has another input, and a value is tried before it is sent.
import { Controller } from "../vendor/stimulus.js"

const WAIT_MS = 250

export default class extends Controller {
  static targets = ["go"]
  static values = { url: String }

  connect() {
    this.loaded = () => this.judge()
    this.element.addEventListener("turbo:frame-load", this.loaded)
    this.judge()
  }

  disconnect() {
    clearTimeout(this.timer)
    this.element.removeEventListener("turbo:frame-load", this.loaded)
  }

  // The whole dialog again, with the input of the field that was chosen.
  choose(event) {
    event.stopPropagation()
    clearTimeout(this.timer)
    this.element.closest("turbo-frame").src = `${this.urlValue}?${this.asked(["ids", "all", "list", "field"])}`
  }

  look(event) {
    if (event.target.name === "field") return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.element.querySelector("#bulk-preview").src = `${this.urlValue}/preview?${this.asked(["ids", "all", "list", "field", "value"])}`
    }, WAIT_MS)
  }

  asked(names) {
    const sent = new FormData(this.element)
    return new URLSearchParams(names.flatMap((name) => sent.getAll(name).map((value) => [name, value])))
  }

  // What was done is no longer selected: the next act begins anew.
  done(event) {
    if (event.detail.success) document.querySelector("[data-clear-selection]")?.click()
  }

  judge() { this.goTarget.disabled = this.element.querySelector("[data-can]")?.dataset.can === "0" }
}
