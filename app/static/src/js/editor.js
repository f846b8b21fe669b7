// Edits one value in its place: shows the new value at once, takes it back and says why when the server refuses.
// The address answers GET with the HTML of one form control and PATCH with {html, value, version, message?}.
import { send, html } from "./http.js"
import { say } from "./say.js"

const INPUTS = { text: "text", email: "email", phone: "tel", url: "url", number: "text", money: "text", date: "date", datetime: "datetime-local" }

export class Editor {
  constructor({ host, box, url, kind, raw, version, label, done }) {
    Object.assign(this, { host, box, url, kind, raw, version, label, done })
  }

  async open() {
    this.before = [...this.box.childNodes]
    this.control = await this.make().catch((error) => say(error.message, { broken: true }))
    if (!this.control) return this.done?.(null)
    this.control.setAttribute("aria-label", this.label)
    this.control.classList.add("input")
    this.control.addEventListener("keydown", (event) => this.key(event))
    this.control.addEventListener("blur", () => this.save(null))
    this.control.addEventListener("click", (event) => event.stopPropagation())
    this.host.classList.remove("failed")
    this.host.classList.add("editing")
    this.box.replaceChildren(this.control)
    this.control.focus()
    this.control.select?.()
  }

  async make() {
    if (INPUTS[this.kind]) {
      const input = Object.assign(document.createElement("input"), { type: INPUTS[this.kind], value: this.raw })
      if (["number", "money"].includes(this.kind)) input.inputMode = "decimal"
      return input
    }
    const holder = document.createElement("template")
    holder.innerHTML = await html(this.url)
    return holder.content.querySelector("input, select, textarea")
  }

  key(event) {
    event.stopPropagation()
    if (event.key === "Escape") { event.preventDefault(); this.cancel() }
    else if (event.key === "Enter" && !(this.control.tagName === "TEXTAREA" && !event.ctrlKey && !event.metaKey)) { event.preventDefault(); this.save("down") }
    else if (event.key === "Tab") { event.preventDefault(); this.save(event.shiftKey ? "previous" : "next") }
  }

  cancel() {
    this.finish(this.before)
    this.done?.("stay")
  }

  finish(nodes) {
    this.control = null
    this.host.classList.remove("editing")
    this.box.replaceChildren(...nodes)
  }

  async save(then) {
    if (!this.control) return
    const value = this.control.type === "checkbox" ? String(this.control.checked) : this.control.value
    const shown = this.control.tagName === "SELECT" ? this.control.selectedOptions[0]?.textContent ?? "" : value
    if (value === this.raw) { this.finish(this.before); this.done?.(then); return }
    this.finish([document.createTextNode(shown)])
    this.host.classList.add("saving")
    this.done?.(then)
    await this.store(value)
    this.host.classList.remove("saving")
  }

  async store(value) {
    const data = { value }
    if (this.version) data.base_version = this.version
    try {
      const told = await send(this.url, { method: "PATCH", data })
      this.raw = told.value ?? value
      const holder = document.createElement("template")
      holder.innerHTML = told.html ?? ""
      if (told.html !== undefined) this.box.replaceChildren(holder.content)
      this.stored?.(this.raw, told.version)
      if (told.message) say(told.message)
    } catch (error) {
      this.box.replaceChildren(...this.before)
      this.host.classList.add("failed")
      say(error.message, { broken: true })
    }
  }
}
