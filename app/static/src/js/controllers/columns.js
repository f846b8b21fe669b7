// The columns of a list: fields are searched, ticked and moved, and each change goes into the address at once.
import { Controller } from "../vendor/stimulus.js"

const SOON_MS = 150

export default class extends Controller {
  static targets = ["told", "ask", "shown", "others", "row", "none", "full", "act", "kept", "status"]
  static values = { title: String, standard: String, most: Number }

  connect() {
    // What the address says already stays said, be it that the standard ones are meant.
    this.wasTold = new URLSearchParams(location.search).has("view")
    this.settle()
    // On a touch screen the keys would come up and cover the list.
    if (matchMedia("(pointer: fine)").matches) this.askTarget.focus()
  }

  disconnect() { clearTimeout(this.timer) }

  get names() { return [this.titleValue, ...[...this.shownTarget.children].map((row) => row.dataset.name)] }

  changed(event) {
    event.stopPropagation()
    if (event.target === this.askTarget) return this.search()
    const row = event.target.closest("[data-columns-target=row]")
    const isShown = row.parentElement === this.shownTarget
    if (event.target.checked !== isShown) this.turn(row, event.target.checked)
    this.apply()
  }

  // Who ticks several goes on from where he is, so the focus goes to the next one and not with the row.
  turn(row, isShown) {
    const next = this.beside(row, 1) ?? this.beside(row, -1)
    if (isShown) this.show(row)
    else this.hide(row)
    const { shown, hidden } = this.statusTarget.dataset
    this.statusTarget.textContent = (isShown ? shown : hidden).replace("{name}", this.label(row))
    if (next) this.box(next).focus()
    else this.askTarget.focus()
  }

  show(row) {
    row.dataset.reorderTarget = "row"
    this.box(row).checked = true
    this.shownTarget.append(row)
  }

  hide(row) {
    delete row.dataset.reorderTarget
    this.box(row).checked = false
    const next = [...this.othersTarget.children].find((each) => this.label(each).localeCompare(this.label(row)) > 0)
    this.othersTarget.insertBefore(row, next ?? null)
  }

  reset() {
    const standard = this.standardValue.split(",").slice(1)
    for (const row of [...this.shownTarget.children]) if (!standard.includes(row.dataset.name)) this.hide(row)
    for (const name of standard) this.show(this.rowTargets.find((row) => row.dataset.name === name))
    this.askTarget.focus()
    this.apply()
  }

  apply() {
    this.settle()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.element.requestSubmit(), SOON_MS)
  }

  settle() {
    const names = this.names.join(","), isStandard = names === this.standardValue
    this.toldTarget.value = isStandard ? "" : names
    this.toldTarget.disabled = isStandard && !this.wasTold
    for (const act of this.actTargets) act.disabled = isStandard
    for (const kept of this.keptTargets) kept.value = names
    const isFull = this.names.length >= this.mostValue
    this.fullTarget.hidden = !isFull
    for (const row of this.othersTarget.children) this.box(row).disabled = isFull
  }

  search() {
    const words = fold(this.askTarget.value).split(/\s+/)
    for (const row of this.rowTargets) row.hidden = !words.every((word) => fold(this.label(row)).includes(word))
    this.noneTarget.textContent = this.rowTargets.some((row) => !row.hidden) ? "" : this.noneTarget.dataset.words
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === "Enter" && event.target === this.askTarget) {
      event.preventDefault()
      const first = this.seen.find((row) => row.parentElement === this.othersTarget && !this.box(row).disabled)
      if (first) this.box(first).click()
      this.askTarget.select()
      return this.askTarget.focus()
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const row = event.target.closest("[data-columns-target=row]")
    const next = row ? this.beside(row, step) : step > 0 ? this.seen[0] : null
    if (next) this.box(next).focus()
    else if (step < 0) this.askTarget.focus()
  }

  get seen() { return this.rowTargets.filter((row) => !row.hidden) }

  beside(row, step) { return this.seen[this.seen.indexOf(row) + step] }

  box(row) { return row.querySelector("input") }

  label(row) { return row.querySelector("label").textContent }
}

function fold(text) { return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim() }
