// Several records of a kind: each is a box that is unticked to take it away, a combobox adds another.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["list", "template", "more"]

  get boxes() { return [...this.listTarget.querySelectorAll("input")] }

  add(event) {
    if (event.target.type !== "hidden" || !event.target.value) return
    event.stopPropagation()
    const ask = this.moreTarget.querySelector("[role=combobox]")
    this.tick(event.target.value, ask.value)
    event.target.value = ""
    ask.value = ""
    // What was found for the last words is not what the next ones find.
    this.moreTarget.querySelector("[role=listbox]").replaceChildren()
    ask.focus()
  }

  tick(value, label) {
    let box = this.boxes.find((each) => each.value === value)
    if (!box) {
      const line = this.templateTarget.content.firstElementChild.cloneNode(true)
      box = line.querySelector("input")
      box.value = value
      line.querySelector("span").textContent = label
      this.listTarget.append(line)
    }
    box.checked = true
    box.dispatchEvent(new Event("change", { bubbles: true }))
  }

  // As in other inputs of several: Backspace in an empty input takes the last one away.
  key(event) {
    if (event.key !== "Backspace" || event.target.value) return
    const last = this.boxes.findLast((box) => box.checked)
    if (!last) return
    last.checked = false
    last.dispatchEvent(new Event("change", { bubbles: true }))
  }
}
