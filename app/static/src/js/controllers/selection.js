// Selected rows: tick boxes, shift for a range, X on the keyboard, and the bar with what can be done to them.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["all"]
  static values = { bar: String }

  connect() {
    this.changed = (event) => { if (event.target.closest("tbody .pick")) this.tick(event.target) }
    this.clicked = (event) => { this.range = event.shiftKey }
    this.keyed = (event) => this.key(event)
    this.clear = (event) => {
      if (event.target.closest("[data-clear-selection]")) this.set(this.boxes, false)
      if (event.target.closest("[data-select-all]")) this.whole()
    }
    this.element.addEventListener("change", this.changed)
    this.element.addEventListener("click", this.clicked, true)
    document.addEventListener("keydown", this.keyed)
    this.bar?.addEventListener("click", this.clear)
    this.morphed = () => this.restore()
    document.addEventListener("turbo:morph", this.morphed)
    this.show()
  }

  disconnect() {
    document.removeEventListener("turbo:morph", this.morphed)
    this.element.removeEventListener("change", this.changed)
    this.element.removeEventListener("click", this.clicked, true)
    document.removeEventListener("keydown", this.keyed)
    this.bar?.removeEventListener("click", this.clear)
  }

  get boxes() { return [...this.element.querySelectorAll("tbody .pick input")] }
  get bar() { return document.getElementById(this.barValue) }

  all() { this.set(this.boxes, this.allTarget.checked) }

  tick(box) {
    const boxes = this.boxes
    const from = boxes.indexOf(this.last)
    const to = boxes.indexOf(box)
    if (this.range && from >= 0) for (const between of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) between.checked = box.checked
    this.last = box
    this.show()
  }

  key(event) {
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, [popover]")) return
    const picked = this.boxes.some((box) => box.checked)
    if (event.key === "Escape" && picked) this.set(this.boxes, false)
    const box = event.target.closest?.("tr")?.querySelector(".pick input")
    if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || !box || !this.element.contains(box)) return
    event.preventDefault()
    box.checked = !box.checked
    this.range = event.shiftKey
    this.tick(box)
  }

  // Not only the rows that are shown, but the list to its end.
  whole() {
    this.bar.elements.all.value = "1"
    this.tell()
  }

  set(boxes, checked) {
    for (const box of boxes) box.checked = checked
    this.show()
  }

  // Another person's change draws the rows anew; what was selected stays so.
  restore() {
    for (const box of this.boxes) box.checked = this.picked.has(box.closest("tr").dataset.id)
    this.show()
  }

  show() {
    const boxes = this.boxes
    const picked = boxes.filter((box) => box.checked)
    for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked))
    if (this.hasAllTarget) {
      this.allTarget.checked = picked.length > 0 && picked.length === boxes.length
      this.allTarget.indeterminate = picked.length > 0 && picked.length < boxes.length
    }
    this.picked = new Set(picked.map((box) => box.closest("tr").dataset.id))
    if (!this.bar) return
    this.bar.hidden = !picked.length
    this.bar.elements.ids.value = [...this.picked].join(",")
    if (picked.length < boxes.length || !picked.length) this.bar.elements.all.value = ""
    this.isWhole = picked.length > 0 && picked.length === boxes.length
    this.tell()
  }

  tell() {
    const number = this.picked.size
    const all = this.bar.querySelector("[data-select-all]")
    const taken = Boolean(this.bar.elements.all.value)
    if (all) all.hidden = taken || !this.isWhole
    const words = number === 1 ? this.bar.dataset.one : this.bar.dataset.many.replace("{n}", number)
    this.bar.querySelector("output").textContent = taken ? all.dataset.all : words
  }
}
