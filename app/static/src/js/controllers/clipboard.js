// Copies a text and says so on the button for a moment.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static values = { text: String, done: String }
  static targets = ["label"]

  async copy() {
    await navigator.clipboard.writeText(this.textValue)
    const usual = this.labelTarget.textContent
    this.labelTarget.textContent = this.doneValue
    setTimeout(() => { this.labelTarget.textContent = usual }, 1500)
  }
}
