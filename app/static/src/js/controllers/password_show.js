// Shows what one types as a password.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["input", "button"]
  static values = { show: String, hide: String }

  toggle() {
    const shown = this.inputTarget.type === "password"
    this.inputTarget.type = shown ? "text" : "password"
    this.buttonTarget.textContent = shown ? this.hideValue : this.showValue
    this.buttonTarget.setAttribute("aria-pressed", String(shown))
    this.inputTarget.focus()
  }
}
