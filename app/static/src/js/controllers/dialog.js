// A native dialog: opens, closes on its backdrop, and shows what a frame inside it loads.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["frame"]

  connect() {
    this.openers = (event) => {
      const opener = event.target.closest?.(`[data-dialog="${this.element.id}"]`)
      if (opener) { event.preventDefault(); this.open() }
    }
    document.addEventListener("click", this.openers)
  }

  disconnect() { document.removeEventListener("click", this.openers) }

  open() {
    if (this.hasFrameTarget && !this.frameTarget.children.length) return
    if (!this.element.open) this.element.showModal()
    this.element.querySelector("[autofocus], .body input:not([type=hidden]), .body select, .body textarea")?.focus()
  }

  close() { this.element.close() }

  backdrop(event) {
    if (event.target !== this.element || event.clientX === 0 && event.clientY === 0) return
    const box = this.element.getBoundingClientRect()
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom
    if (!inside) this.element.close()
  }

  submitted(event) {
    if (event.detail.success && event.detail.fetchResponse?.redirected) this.element.close()
  }

  empty() {
    if (!this.hasFrameTarget) return
    this.frameTarget.removeAttribute("src")
    this.frameTarget.replaceChildren()
  }
}
