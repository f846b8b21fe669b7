// Two records side by side: left and right take a side, or both between them, up and down go from field to field.
import { Controller } from "../vendor/stimulus.js"

const SIDES = ["keep", "both", "drop"]
const TURNS = { ArrowLeft: -1, ArrowRight: 1 }
const STEPS = { ArrowUp: -1, ArrowDown: 1 }

export default class extends Controller {
  key(event) {
    if (event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return
    const turn = TURNS[event.key], step = STEPS[event.key]
    if (!turn && !step) return
    event.preventDefault()
    const line = event.target.closest("[role=radiogroup]")
    if (turn) return this.take(this.beside(line, event.target, turn))
    const lines = [...this.element.querySelectorAll("[role=radiogroup]")]
    lines[lines.indexOf(line) + step]?.querySelector("input:checked")?.focus()
  }

  beside(line, input, turn) {
    const inputs = SIDES.map(side => line.querySelector(`input[value=${side}]`)).filter(Boolean)
    return inputs[inputs.indexOf(input) + turn] || input
  }

  take(input) {
    input.checked = true
    input.focus()
  }
}
