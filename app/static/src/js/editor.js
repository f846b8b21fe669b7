// Edits one value in its place: shows the new value at once, takes it back and says why when the server refuses.
// The address answers GET with the HTML of one form control and PATCH with {html, value, version, message?, undo?}.
import { send, html } from "./http.js"
import { say } from "./say.js"
import { choose } from "./clash.js"

const INPUTS = { text: "text", email: "email", phone: "tel", url: "url", number: "text", money: "text", date: "date", datetime: "datetime-local" }

export class Editor {
  constructor({ host, box, url, kind, raw, version, label, done }) {
    Object.assign(this, { host, box, url, kind, raw, version, label, done })
  }

  async open() {
    this.before = [...this.box.childNodes]
    const waiting = this.wait()
    this.control = await this.make().catch((error) => say(error.message, { broken: true }))
    if (!this.control) { this.finish(this.before); this.done?.(null); return }
    this.input = this.control.querySelector?.("[role=combobox]") ?? this.control.querySelector?.("[type=checkbox]") ?? this.control
    this.several = this.control.tagName === "FIELDSET"
    this.listed = this.control.classList.contains("many")
    if (this.listed) this.input = this.control.querySelector("input") ?? this.control
    if (this.several) this.control.tabIndex = -1
    else {
      this.input.setAttribute("aria-label", this.label)
      this.input.classList.add("input")
    }
    this.control.addEventListener("keydown", (event) => this.key(event))
    this.control.addEventListener("focusout", (event) => { if (!this.control?.contains(event.relatedTarget)) this.save(null) })
    this.control.addEventListener("click", (event) => event.stopPropagation())
    if (this.input !== this.control && !this.several) this.control.addEventListener("change", (event) => { if (event.target !== this.input) this.save("stay") })
    this.host.classList.remove("failed")
    this.host.classList.add("editing")
    this.box.replaceChildren(this.control)
    const typed = this.input !== this.control && !this.several && waiting.value
    if (typed) this.input.value = waiting.value
    this.input.focus()
    if (!typed) this.input.select?.()
    else requestAnimationFrame(() => this.input.dispatchEvent(new Event("input", { bubbles: true })))
  }

  // Takes the focus until the control is there, so that what is typed meanwhile presses no key of the page.
  wait() {
    const waiting = Object.assign(document.createElement("input"), { className: "input", autocomplete: "off" })
    waiting.setAttribute("aria-label", this.label)
    waiting.addEventListener("keydown", (event) => event.stopPropagation())
    waiting.addEventListener("click", (event) => event.stopPropagation())
    if (INPUTS[this.kind]) return waiting
    this.host.classList.add("editing")
    this.box.replaceChildren(waiting)
    waiting.focus()
    return waiting
  }

  async make() {
    if (INPUTS[this.kind]) {
      const input = Object.assign(document.createElement("input"), { type: INPUTS[this.kind], value: this.raw })
      if (["number", "money"].includes(this.kind)) input.inputMode = "decimal"
      return input
    }
    const holder = document.createElement("template")
    holder.innerHTML = await html(this.url)
    return holder.content.querySelector(".combo, fieldset") ?? holder.content.querySelector("input, select, textarea")
  }

  key(event) {
    event.stopPropagation()
    if (event.defaultPrevented) return
    if (event.key === "Escape") { event.preventDefault(); this.cancel() }
    else if (event.key === "Enter" && !(this.input.tagName === "TEXTAREA" && !event.ctrlKey && !event.metaKey)) { event.preventDefault(); this.save("down") }
    else if (event.key === "Tab" && !this.listed && !("tabsInside" in this.control.dataset)) { event.preventDefault(); this.save(event.shiftKey ? "previous" : "next") }
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
    const { value, shown } = this.read()
    if (value === this.raw) { this.finish(this.before); this.done?.(then); return }
    this.finish([document.createTextNode(shown)])
    this.host.classList.add("saving")
    this.done?.(then)
    await this.store(value)
    this.host.classList.remove("saving")
  }

  // A combobox shows words and holds a value; what was typed and not chosen changes nothing.
  read() {
    if (this.listed) return this.entries()
    if (this.several) {
      const ticked = [...this.control.querySelectorAll(":checked")]
      return { value: ticked.map((box) => box.value).join(","), shown: ticked.map((box) => box.parentElement.textContent.trim()).join(", ") }
    }
    if (this.input !== this.control) return { value: this.control.querySelector("input[type=hidden]").value, shown: this.input.value }
    if (this.input.tagName === "SELECT") return { value: this.input.value, shown: this.input.selectedOptions[0]?.textContent ?? "" }
    return { value: this.input.value, shown: this.input.value }
  }

  // Rows of e-mails or phones, as the engine takes them.
  entries() {
    const found = [...this.control.querySelectorAll(".many-row")].map((row) => ({
      value: row.querySelector("[name$='.value']").value.trim(),
      purpose: row.querySelector("[name$='.purpose']").value.trim(),
      primary: row.querySelector("[type=radio]").checked,
    })).filter((entry) => entry.value)
    if (found.length && !found.some((entry) => entry.primary)) found[0].primary = true
    return { value: found.length ? JSON.stringify(found) : "", shown: found.map((entry) => entry.value).join(", ") }
  }

  async store(value) {
    const data = { value }
    if (this.version) data.base_version = this.version
    try {
      const told = await send(this.url, { method: "PATCH", data })
      this.take(told, value)
      if (told.message) say(told.message, { undo: told.undo && { label: told.undo.label, run: () => this.undo(told.undo.url) } })
    } catch (error) {
      if (error.told?.clash) return this.settle(error.told.clash, value)
      this.box.replaceChildren(...this.before)
      this.host.classList.add("failed")
      say(error.message, { broken: true })
    }
  }

  // What is stored now stands here. Where others changed other fields meanwhile the page is drawn anew first:
  // until then it goes on from the version that it shows.
  take(told, value) {
    this.raw = told.value ?? value
    const holder = document.createElement("template")
    holder.innerHTML = told.html ?? ""
    if (told.html !== undefined) this.box.replaceChildren(holder.content)
    this.stored?.(this.raw, told.behind ? null : told.version)
    if (told.behind) document.dispatchEvent(new CustomEvent("record:behind"))
  }

  // Somebody else changed the same: theirs stands here until one chooses one's own.
  async settle(clash, value) {
    const mine = [...this.box.childNodes]
    this.take({ ...clash, behind: true }, clash.value)
    if (await choose(clash) !== "yours") return
    this.box.replaceChildren(...mine)
    this.version = clash.version
    return this.store(value)
  }

  async undo(url) {
    try {
      await send(url)
      window.Turbo.visit(location.href, { action: "replace" })
    } catch (error) { say(error.message, { broken: true }) }
  }
}
