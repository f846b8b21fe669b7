// A value on a page that Enter or a click turns into an input.
import { Controller } from "../vendor/stimulus.js"
import { Editor } from "../editor.js"

export default class extends Controller {
  static targets = ["value"]
  static values = { url: String, kind: String, raw: String, version: String, label: String }

  edit(event) {
    if (event.target.closest("a") || this.element.classList.contains("editing")) return
    const editor = new Editor({
      host: this.element, box: this.valueTarget, url: this.urlValue, kind: this.kindValue, raw: this.rawValue,
      version: this.versionValue, label: this.labelValue, done: (then) => this.done(then),
    })
    editor.stored = (raw, version) => {
      this.rawValue = raw
      for (const other of document.querySelectorAll("[data-inline-edit-version-value]")) if (version) other.setAttribute("data-inline-edit-version-value", version)
    }
    this.element.removeAttribute("role")
    this.element.removeAttribute("tabindex")
    editor.open()
  }

  key(event) {
    if (event.target !== this.element || !["Enter", " ", "e"].includes(event.key)) return
    event.preventDefault()
    this.edit(event)
  }

  done(then) {
    this.element.setAttribute("role", "button")
    this.element.setAttribute("tabindex", "0")
    if (!then) return
    const all = [...document.querySelectorAll("[data-controller~=inline-edit]")]
    const step = { next: 1, previous: -1 }[then] ?? 0
    const to = all[all.indexOf(this.element) + step] ?? this.element
    to.focus()
    if (step && to !== this.element) to.click()
  }
}
