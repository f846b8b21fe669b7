// Keeps what is being written while one looks around: in this window's memory, gone with it and at sign-out.
import { Controller } from "../vendor/stimulus.js"

const drafts = new Map()

export default class extends Controller {
  static targets = ["text"]
  static values = { key: String }

  connect() {
    const kept = drafts.get(this.keyValue)
    if (!kept || this.textTarget.value) return
    this.textTarget.value = kept
    this.element.closest("details")?.setAttribute("open", "")
  }

  keep() {
    if (this.textTarget.value) drafts.set(this.keyValue, this.textTarget.value)
    else drafts.delete(this.keyValue)
  }

  // Ctrl+Enter sends this form and no other.
  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return
    event.preventDefault()
    this.element.requestSubmit()
  }

  // What was taken is no draft any more; the page that follows may keep this very form.
  sent({ detail }) {
    if (!detail.success) return
    drafts.delete(this.keyValue)
    this.textTarget.value = ""
  }
}
