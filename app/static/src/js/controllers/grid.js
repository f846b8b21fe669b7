// A table as a spreadsheet: arrows move, Enter edits or opens, J and K walk the rows.
import { Controller } from "../vendor/stimulus.js"
import { Editor } from "../editor.js"

const MOVES = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], j: [1, 0], k: [-1, 0] }
const CELL = "tbody th, tbody td:not(.pick)"

export default class extends Controller {
  connect() {
    this.enterable()
    document.addEventListener("turbo:morph", this.enterable)
    this.outside = (event) => this.enter(event)
    document.addEventListener("keydown", this.outside)
  }

  disconnect() {
    document.removeEventListener("keydown", this.outside)
    document.removeEventListener("turbo:morph", this.enterable)
  }

  enterable = () => {
    if (!this.element.querySelector('tbody [tabindex="0"]')) this.first?.setAttribute("tabindex", "0")
  }

  get first() { return this.element.querySelector("tbody th, tbody td:not(.pick)") }

  // J and K reach the table from anywhere on the page.
  enter(event) {
    if (!["j", "k"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (event.target.closest("input, textarea, select, [contenteditable=true], dialog, [popover]") || this.element.contains(event.target) || document.querySelector("dialog[open]")) return
    event.preventDefault()
    this.focus(this.element.querySelector('tbody [tabindex="0"]') ?? this.first)
  }

  click(event) {
    const cell = event.target.closest(CELL)
    if (cell && !event.target.closest("a, button, input, select, textarea")) this.focus(cell)
  }

  edit(event) {
    const cell = event.target.closest("td[data-edit]")
    if (cell) this.open(cell)
  }

  key(event) {
    const cell = event.target.closest(CELL)
    if (!cell || event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return
    const move = MOVES[event.key]
    if (move) { event.preventDefault(); this.focus(this.beside(cell, ...move)) }
    else if (event.key === "Home" || event.key === "End") { event.preventDefault(); this.focus(this.edge(cell, event.key)) }
    else if (event.key === "Enter" && event.target === cell) { event.preventDefault(); this.enterCell(cell) }
    else if (event.key === "e" && cell.dataset.edit) { event.preventDefault(); this.open(cell) }
  }

  enterCell(cell) {
    if (cell.dataset.edit) this.open(cell)
    else (cell.querySelector("a") ?? cell.parentElement.querySelector("a.rec"))?.click()
  }

  beside(cell, down, right) {
    const row = cell.parentElement
    let target = row
    if (down > 0) target = row.nextElementSibling
    if (down < 0) target = row.previousElementSibling
    return target?.cells[cell.cellIndex + right]
  }

  edge(cell, key) {
    const cells = [...cell.parentElement.cells].filter((other) => other.matches(CELL))
    return key === "Home" ? cells[0] : cells.at(-1)
  }

  focus(cell) {
    if (!cell?.matches(CELL)) return
    for (const other of this.element.querySelectorAll('tbody [tabindex="0"]')) other.setAttribute("tabindex", "-1")
    cell.setAttribute("tabindex", "0")
    cell.focus()
    cell.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  open(cell) {
    const row = cell.parentElement
    const head = this.element.tHead.rows[0].cells[cell.cellIndex]
    const editor = new Editor({
      host: cell, box: cell, url: `${row.dataset.href}/fields/${cell.dataset.edit}`, kind: head.dataset.kind,
      raw: cell.dataset.raw, version: row.dataset.version, label: head.textContent.trim(), done: (then) => this.done(cell, then),
    })
    editor.stored = (raw, version) => {
      cell.dataset.raw = raw
      if (version) row.dataset.version = version
    }
    editor.open()
  }

  done(cell, then) {
    if (then === "stay") this.focus(cell)
    else if (then === "down") this.focus(this.beside(cell, 1, 0) ?? cell)
    else if (then) {
      const all = [...this.element.querySelectorAll("td[data-edit]")]
      const to = all[all.indexOf(cell) + (then === "next" ? 1 : -1)]
      this.focus(to ?? cell)
      if (to) this.open(to)
    }
  }
}
