// A select that saves what is chosen: at once by pointer; by keyboard, where each arrow key chooses, with Enter or
// on leaving it. Until then the button for it is shown, and Escape goes back to what was.
import { Controller } from "../vendor/stimulus.js"

const CHOOSING = ["ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]

export default class extends Controller {
  point() { this.byKey = false }

  key(event) {
    if (CHOOSING.includes(event.key) || event.key.length === 1) this.byKey = true
    if (!this.isWaiting || event.target.tagName !== "SELECT") return
    if (event.key === "Enter") this.save(event)
    if (event.key === "Escape") this.back(event)
  }

  change() {
    if (!this.byKey) return this.element.requestSubmit()
    this.element.toggleAttribute("data-waiting", [...this.element.querySelectorAll("option")].some((one) => one.selected !== one.defaultSelected))
  }

  leave({ relatedTarget }) {
    if (this.isWaiting && !this.element.contains(relatedTarget)) this.save()
  }

  save(event) {
    event?.preventDefault()
    this.element.removeAttribute("data-waiting")
    this.element.requestSubmit()
  }

  back(event) {
    event.stopPropagation()
    this.element.reset()
    this.element.removeAttribute("data-waiting")
  }

  get isWaiting() { return this.element.hasAttribute("data-waiting") }
}
