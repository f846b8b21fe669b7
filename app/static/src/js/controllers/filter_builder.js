// Builds one condition and adds it to the address as filter[field][op]=value.
import { Controller } from "../vendor/stimulus.js"

const TYPES = { number: "number", money: "number", date: "date", datetime: "date" }
const ALONE = ["empty", "not_empty", "present", "any", "none"]

export default class extends Controller {
  static targets = ["field", "operator", "value", "box", "template"]

  connect() { this.choose() }

  choose() {
    const key = this.fieldTarget.selectedOptions[0]?.dataset.template ?? this.fieldTarget.value
    const template = this.templateTargets.find((one) => one.dataset.key === key)
    if (!template) return
    const content = template.content.cloneNode(true)
    this.operatorTarget.replaceChildren(...[...content.children].filter((child) => child.tagName === "OPTION"))
    const select = content.querySelector("select")
    const input = select ?? Object.assign(document.createElement("input"), { className: "input", id: "fb-value", autocomplete: "off" })
    if (!select) {
      const kind = this.fieldTarget.selectedOptions[0].dataset.kind
      input.type = TYPES[kind] ?? "text"
      if (input.type === "number") input.step = "any"
      input.setAttribute("data-filter-builder-target", "value")
    }
    this.valueTarget.replaceWith(input)
    this.condition()
  }

  condition() {
    this.boxTarget.hidden = ALONE.includes(this.operatorTarget.value)
    this.valueTarget.required = !this.boxTarget.hidden
  }

  submit() {
    const operator = this.operatorTarget.value
    const name = `filter[${this.fieldTarget.value}]${operator === "eq" ? "" : `[${operator}]`}`
    if (this.boxTarget.hidden) {
      this.valueTarget.disabled = true
      this.element.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: "true" }))
    } else this.valueTarget.name = name
  }
}
