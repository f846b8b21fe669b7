// Presses what carries data-hotkey="n", "g t" or "Mod+k"; never while typing, nor behind an open dialog or menu.
import { Controller } from "../vendor/stimulus.js"

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]"
// So long the second key of "g t" may be on its way.
const BETWEEN_MS = 1500

export default class extends Controller {
  connect() {
    this.before = ""
    this.keyed = (event) => this.key(event)
    document.addEventListener("keydown", this.keyed)
    if (/Mac|iP/.test(navigator.platform)) for (const key of document.querySelectorAll("kbd")) key.textContent = key.textContent.replace("Ctrl ", "⌘")
  }

  disconnect() { document.removeEventListener("keydown", this.keyed) }

  key(event) {
    const mod = event.ctrlKey || event.metaKey
    if (event.defaultPrevented || event.altKey || event.isComposing || ["Shift", "Control", "Meta"].includes(event.key)) return
    if (!mod && event.target.closest?.(TYPING)) return
    if (document.querySelector("dialog[open], .menu:popover-open")) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const single = mod ? `Mod+${key}` : key
    const sequence = this.before ? `${this.before} ${single}` : null
    this.remember(mod ? "" : single)
    const element = sequence && this.find(sequence) || this.find(single)
    if (!element) return
    event.preventDefault()
    this.before = ""
    this.act(element)
  }

  press({ currentTarget }) {
    const element = this.find(currentTarget.dataset.press)
    if (element) this.act(element)
  }

  remember(key) {
    clearTimeout(this.timer)
    this.before = key
    this.timer = setTimeout(() => { this.before = "" }, BETWEEN_MS)
  }

  find(keys) {
    return [...document.querySelectorAll(`[data-hotkey="${CSS.escape(keys)}"]`)].find((element) => element.tagName === "DIALOG" || !element.closest("[hidden]") && !element.disabled)
  }

  act(element) {
    if (element.tagName === "DIALOG") element.showModal()
    else if (element.matches("input:not([type=checkbox]), textarea, select")) { element.focus(); element.select?.() }
    else element.click()
  }
}
