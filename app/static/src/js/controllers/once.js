// A form that is sent once however often the button is pressed; usable again when the browser comes back to it.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["button"]

  connect() {
    this.release = () => this.free()
    window.addEventListener("pageshow", this.release)
  }

  disconnect() { window.removeEventListener("pageshow", this.release) }

  hold(event) {
    if (this.sent) return event.preventDefault()
    this.sent = true
    for (const button of this.buttonTargets) button.setAttribute("aria-busy", "true")
  }

  free() {
    this.sent = false
    for (const button of this.buttonTargets) button.removeAttribute("aria-busy")
  }
}
