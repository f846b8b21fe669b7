// A member's choice of look: seen at once, kept by the server.
import { Controller } from "../vendor/stimulus.js"
import { send } from "../http.js"
import { say } from "../say.js"

export default class extends Controller {
  static values = { url: String, name: String, values: String, reload: Boolean }

  choose({ currentTarget }) {
    for (const item of this.element.querySelectorAll("[data-value]")) item.setAttribute("aria-checked", String(item === currentTarget))
    this.apply(currentTarget.dataset.value)
  }

  cycle() {
    const values = this.valuesValue.split(" ")
    const present = document.documentElement.dataset[this.nameValue] ?? values[0]
    this.apply(values[(values.indexOf(present) + 1) % values.length])
  }

  async apply(value) {
    const root = document.documentElement
    if (["system", "default", "open"].includes(value)) delete root.dataset[this.nameValue]
    else if (!this.reloadValue) root.dataset[this.nameValue] = value
    if (!this.urlValue) return
    try {
      await send(this.urlValue, { data: { [this.nameValue]: value } })
      if (this.reloadValue) location.reload()
    } catch (error) { say(error.message, { broken: true }) }
  }
}
