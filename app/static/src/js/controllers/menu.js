// Places a popover under its button and lets arrow keys walk through its items.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  connect() {
    this.toggled = (event) => event.newState === "open" ? this.opened() : this.closed()
    this.keyed = (event) => this.key(event)
    this.popover?.addEventListener("toggle", this.toggled)
    this.popover?.addEventListener("keydown", this.keyed)
    this.element.setAttribute("aria-expanded", "false")
  }

  disconnect() {
    this.popover?.removeEventListener("toggle", this.toggled)
    this.popover?.removeEventListener("keydown", this.keyed)
    this.watch?.disconnect()
  }

  opened() {
    this.element.setAttribute("aria-expanded", "true")
    this.place()
    // What is fetched, or grows, keeps its place on the screen.
    this.watch = new ResizeObserver(() => this.place())
    this.watch.observe(this.popover)
    const first = this.begin ?? [...this.popover.querySelectorAll("select, input:not([type=hidden]), .item")].find((each) => each.checkVisibility())
    first?.focus()
  }

  closed() {
    this.watch?.disconnect()
    this.element.setAttribute("aria-expanded", "false")
  }

  place() {
    const at = this.element.getBoundingClientRect()
    const box = this.popover.getBoundingClientRect()
    const left = at.left + box.width > innerWidth - 8 ? Math.max(8, at.right - box.width) : at.left
    const below = at.bottom + 4 + box.height <= innerHeight || at.top < box.height
    this.popover.style.left = `${Math.max(8, Math.min(left, innerWidth - box.width - 8))}px`
    this.popover.style.top = below ? `${Math.min(at.bottom + 4, Math.max(8, innerHeight - box.height - 8))}px` : `${at.top - box.height - 4}px`
  }

  key(event) {
    const items = [...this.popover.querySelectorAll(".item")]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!items.length || !step && !["Home", "End"].includes(event.key)) return
    event.preventDefault()
    // Whoever is quicker than the menu goes on from where it would have begun, and is not brought back there.
    const at = items.indexOf(items.includes(document.activeElement) ? document.activeElement : this.begin)
    const to = event.key === "Home" ? 0 : event.key === "End" ? items.length - 1 : (at + step + items.length) % items.length
    this.begin?.removeAttribute("autofocus")
    items[to].focus()
  }

  get begin() { return this.popover.querySelector("[autofocus]") }

  get popover() { return document.getElementById(this.element.getAttribute("popovertarget")) }
}
