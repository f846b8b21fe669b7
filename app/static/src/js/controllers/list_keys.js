// J and K, or the arrows, go through a list of links; Enter opens, as anywhere.
import { Controller } from "../vendor/stimulus.js"

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }

export default class extends Controller {
  connect() {
    this.keyed = (event) => this.key(event)
    document.addEventListener("keydown", this.keyed)
  }

  disconnect() { document.removeEventListener("keydown", this.keyed) }

  key(event) {
    const step = STEPS[event.key]
    const elsewhere = event.target.closest?.("input, textarea, select, [contenteditable=true], dialog, .menu")
    if (!step || elsewhere || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    const links = [...this.element.querySelectorAll(":scope > li > a")]
    const here = links.indexOf(document.activeElement)
    const next = links[here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step]
    if (!next) return
    event.preventDefault()
    next.focus()
  }
}
