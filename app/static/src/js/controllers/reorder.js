// Rows that change places: by dragging their grip, by their buttons, by Alt and an arrow key. With `saves` the form
// is sent once they have come to rest.
import { Controller } from "../vendor/stimulus.js"

const REST_MS = 700

export default class extends Controller {
  static targets = ["list", "row", "grip", "retired", "status", "form"]
  static values = { saves: Boolean }

  connect() {
    this.keys = (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return
      event.preventDefault()
      this.move(event, event.key === "ArrowUp" ? -1 : 1)
    }
    this.element.addEventListener("keydown", this.keys)
  }

  disconnect() {
    this.element.removeEventListener("keydown", this.keys)
    clearTimeout(this.rest)
  }

  gripTargetConnected(grip) { grip.addEventListener("pointerdown", (event) => this.drag(event)) }

  up(event) { this.move(event, -1) }
  down(event) { this.move(event, 1) }

  retire(event) {
    const button = event.currentTarget, row = this.row(event)
    const retired = button.getAttribute("aria-pressed") !== "true"
    button.setAttribute("aria-pressed", String(retired))
    row.classList.toggle("retired", retired)
    row.querySelector("[data-reorder-target=retired]").value = retired ? "1" : ""
    this.changed(row)
  }

  move(event, step) {
    const row = this.row(event), focused = document.activeElement
    const other = step < 0 ? row?.previousElementSibling : row?.nextElementSibling
    if (!other) return
    if (step < 0) other.before(row)
    else other.after(row)
    focused?.focus()
    this.tell(row)
  }

  drag(event) {
    event.preventDefault()
    // The list has the pointer, since it stays where it is: a row that changes its place lets go of it.
    const list = this.listTarget, row = this.row(event), place = this.rowTargets.indexOf(row)
    const stop = () => {
      row.classList.remove("dragged")
      list.removeEventListener("pointermove", move)
      if (this.rowTargets.indexOf(row) !== place) this.tell(row)
    }
    const move = (moved) => this.settle(row, moved.clientY)
    list.setPointerCapture(event.pointerId)
    row.classList.add("dragged")
    list.addEventListener("pointermove", move)
    list.addEventListener("lostpointercapture", stop, { once: true })
  }

  // The row stands before the first other one whose middle lies below the pointer.
  settle(row, y) {
    const next = this.rowTargets.find((each) => {
      const box = each.getBoundingClientRect()
      return each !== row && y < box.top + box.height / 2
    })
    if (next === row.nextElementSibling) return
    if (next) next.before(row)
    else if (this.listTarget.lastElementChild !== row) this.listTarget.append(row)
  }

  row(event) { return event.target.closest("[data-reorder-target=row]") }

  tell(row) {
    const { said } = this.statusTarget.dataset
    this.statusTarget.textContent = said.replace("{place}", this.rowTargets.indexOf(row) + 1).replace("{all}", this.rowTargets.length)
    this.changed(row)
  }

  // What was changed is asked about before the page is left, or saved.
  changed(row) {
    if (!this.savesValue) return row.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }))
    clearTimeout(this.rest)
    this.rest = setTimeout(() => this.formTarget.requestSubmit(), REST_MS)
  }
}
