// The search page: results follow what is typed, arrows go through them, what led to a result is remembered.
import { Controller } from "../vendor/stimulus.js"
import { send } from "../http.js"

const STEPS = { ArrowDown: 1, ArrowUp: -1 }

export default class extends Controller {
  static targets = ["ask", "frame", "told"]
  static values = { url: String }

  connect() {
    this.settle = () => { if (document.activeElement !== this.askTarget) this.askTarget.value = this.text }
    document.addEventListener("turbo:render", this.settle)
    if (this.askTarget.autofocus || !this.text) this.askTarget.focus()
  }

  disconnect() { document.removeEventListener("turbo:render", this.settle) }

  get text() { return new URLSearchParams(location.search).get("q") ?? "" }
  get links() { return [...this.frameTarget.querySelectorAll("a.hit, a.hits-more")] }

  // A screen reader hears how much was found; the frame itself is drawn too fast to be heard.
  loaded({ target }) {
    if (target === this.frameTarget) this.toldTarget.textContent = target.querySelector("[data-summary]")?.textContent ?? ""
    else if (target.id.startsWith("more-")) target.querySelector("a.hit")?.focus()
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const typing = event.target === this.askTarget
    if (typing && event.key === "Enter") this.remember()
    const step = STEPS[event.key] ?? (typing ? 0 : { j: 1, k: -1 }[event.key])
    if (step) this.walk(event, step, typing)
    else if (event.key === "Escape" && !typing && event.target.closest("a.hit")) { event.preventDefault(); this.askTarget.focus() }
  }

  walk(event, step, typing) {
    const links = this.links
    const here = links.indexOf(document.activeElement)
    if (!links.length || (here < 0 && !typing)) return
    event.preventDefault()
    if (here === 0 && step < 0) this.askTarget.focus()
    else links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus()
  }

  open(event) { if (event.target.closest("a.hit[data-turbo-frame]")) this.remember() }

  remember() {
    const text = this.askTarget.value.trim()
    if (text) send(this.urlValue, { data: { q: text } }).catch(() => {})
  }
}
