// Counts the e-mail addresses in a text and names the first thing that is none.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["text", "told"]
  static values = { one: String, many: String, wrong: String }

  count() {
    const parts = this.textTarget.value.split(/[\s,;]+/).map((part) => part.replace(/^.*<|>$/g, "")).filter(Boolean)
    const wrong = parts.find((part) => !/^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/.test(part))
    const count = new Set(parts.map((part) => part.toLowerCase())).size
    this.toldTarget.textContent = wrong ? this.wrongValue.replace("{text}", wrong) : count === 1 ? this.oneValue : count ? this.manyValue.replace("{n}", count) : ""
  }
}
