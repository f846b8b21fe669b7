// Sends a form shortly after the last change; a newer request replaces the one under way (Turbo cancels it).
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static values = { wait: { type: Number, default: 250 } }

  disconnect() { clearTimeout(this.timer) }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.now(), this.waitValue)
  }

  now() {
    clearTimeout(this.timer)
    this.element.requestSubmit()
  }
}
