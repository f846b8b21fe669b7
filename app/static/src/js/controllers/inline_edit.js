// A value on a page that a click, or its button, turns into an input.
import { Controller } from "../vendor/stimulus.js"
import { Editor } from "../editor.js"

export default class extends Controller {
  static targets = ["value", "button"]
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
    editor.open()
  }

  done(then) {
    if (!then) return
    const all = [...document.querySelectorAll("[data-inline-edit-target=button]")]
    const step = { next: 1, previous: -1 }[then] ?? 0
    const to = all[all.indexOf(this.buttonTarget) + step] ?? this.buttonTarget
    to.focus()
    if (step && to !== this.buttonTarget) to.click()
  }
}
