// A place to drop a file: shows its name and size before it is sent.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["file", "name"]

  over() { this.element.classList.add("over") }
  out() { this.element.classList.remove("over") }

  show() {
    const file = this.fileTarget.files[0]
    if (!file) return
    const unit = file.size < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6]
    const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: unit[0], maximumFractionDigits: 1 }).format(file.size / unit[1])
    this.nameTarget.textContent = `${file.name} · ${size}`
  }
}
