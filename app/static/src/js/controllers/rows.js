// Rows of a form that people add and remove, as several e-mail addresses.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["list", "template", "row"]

  add() {
    const row = this.templateTarget.content.firstElementChild.cloneNode(true)
    for (const radio of row.querySelectorAll("[type=radio]")) radio.value = String(this.rowTargets.length)
    this.listTarget.append(row)
    row.querySelector("input").focus()
  }

  remove(event) {
    const row = event.target.closest("[data-rows-target=row]")
    if (this.rowTargets.length > 1) {
      const near = row.nextElementSibling ?? row.previousElementSibling
      near?.querySelector("input")?.focus()
      row.remove()
    }
    else for (const input of row.querySelectorAll("[type=email], [type=tel], [type=text]")) input.value = ""
    this.number()
  }

  // The first one is chosen by its place, so places follow the rows that are left.
  number() {
    this.rowTargets.forEach((row, place) => { for (const radio of row.querySelectorAll("[type=radio]")) radio.value = String(place) })
    const radios = this.element.querySelectorAll("[type=radio]")
    if (radios.length && ![...radios].some((radio) => radio.checked)) radios[0].checked = true
  }
}
