// Asks before leaving a page whose form (data-unsaved) was changed and not sent.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  connect() {
    this.dirty = new Set()
    this.input = (event) => { const form = event.target.form?.closest?.("form[data-unsaved]"); if (form) this.dirty.add(form) }
    this.sent = (event) => this.dirty.delete(event.target)
    this.leave = (event) => { if (this.changed) event.preventDefault() }
    this.visit = (event) => { if (this.changed && !confirm(this.sentence)) event.preventDefault(); else if (this.changed) this.dirty.clear() }
    document.addEventListener("input", this.input)
    document.addEventListener("submit", this.sent)
    addEventListener("beforeunload", this.leave)
    addEventListener("turbo:before-visit", this.visit)
  }

  disconnect() {
    document.removeEventListener("input", this.input)
    document.removeEventListener("submit", this.sent)
    removeEventListener("beforeunload", this.leave)
    removeEventListener("turbo:before-visit", this.visit)
  }

  get changed() { return [...this.dirty].some((form) => form.isConnected) }
  get sentence() { return [...this.dirty].find((form) => form.isConnected)?.dataset.unsaved ?? "" }
}
