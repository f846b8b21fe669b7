// Two records side by side: left and right take a side, up and down go from field to field.
import { Controller } from "../vendor/stimulus.js"

const SIDES = { ArrowLeft: "keep", ArrowRight: "drop" }
const STEPS = { ArrowUp: -1, ArrowDown: 1 }

export default class extends Controller {
  key(event) {
    if (event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return
    const side = SIDES[event.key], step = STEPS[event.key]
    if (!side && !step) return
    event.preventDefault()
    const line = event.target.closest("[role=radiogroup]")
    if (side) return this.take(line.querySelector(`input[value=${side}]`))
    const lines = [...this.element.querySelectorAll("[role=radiogroup]")]
    lines[lines.indexOf(line) + step]?.querySelector("input:checked")?.focus()
  }

  take(input) {
    input.checked = true
    input.focus()
  }
}
