// Files dropped anywhere on the page, pasted or chosen go up a few at a time; a tray shows how each one fares.
import { Controller } from "../vendor/stimulus.js"
import { say } from "../say.js"
import { Transfer } from "../upload.js"

const AT_ONCE = 3
const WORDS = ["waits", "reads", "checks", "done", "broken", "unsafe", "folder", "refused"]

// Of several trays the one that is no single field's.
const common = (trays) => trays.find((tray) => !tray.closest("[data-files-zone]")) ?? trays[0]

export default class extends Controller {
  static targets = ["input", "over", "box", "summary", "close", "list", "row"]
  static values = {
    url: String, object: String, record: String, field: String, added: String, several: String, missed: String, missing: String, patience: String, leave: String, summary: String,
    ...Object.fromEntries(WORDS.map((word) => [word, String])),
  }

  connect() {
    this.transfers ??= []
    this.listeners = new AbortController()
    const on = (target, name, act, options) => target.addEventListener(name, act, { signal: this.listeners.signal, ...options })
    on(document, "dragover", (event) => this.hover(event))
    on(document, "dragleave", (event) => { if (!event.relatedTarget) this.overTarget.hidden = true })
    on(document, "drop", (event) => this.drop(event))
    on(document, "paste", (event) => this.paste(event))
    on(document, "click", (event) => { if (event.target.closest("[data-files-pick]") && this.isFor(event.target)) this.inputTarget.click() })
    on(document, "submit", (event) => this.hold(event), { capture: true })
    on(document, "turbo:submit-end", (event) => { if (event.detail.success && this.fieldValue && event.target.contains(this.element)) this.close() })
    on(window, "beforeunload", (event) => { if (this.isBusy) event.preventDefault() })
    on(document, "turbo:before-visit", (event) => { if (this.isBusy && !confirm(this.leaveValue)) event.preventDefault() })
  }

  disconnect() {
    this.listeners.abort()
    // Moved by a fresh rendering of the same page it is back at once; else the page was left.
    setTimeout(() => { if (!this.element.isConnected) for (const each of this.transfers) if (!each.isOver) each.cancel() })
  }

  get isBusy() { return this.transfers.some((each) => each.runs || each.state === "waits") }

  // A form that takes files of its own takes what happens in it, a field of it what happens there; the page takes
  // the rest, or its only form all.
  isFor(element) {
    const trays = [...document.querySelectorAll("[data-controller~=files]")]
    const zone = element.closest?.("[data-files-zone]")
    const form = element.closest?.("form")
    const inner = form && (trays.find((tray) => zone?.contains(tray)) ?? common(trays.filter((tray) => form.contains(tray))))
    return (inner ?? trays.find((tray) => !tray.closest("form")) ?? common(trays)) === this.element
  }

  takes(event) {
    return event.dataTransfer?.types.includes("Files") && !document.querySelector("dialog[open]") && this.isFor(event.target)
  }

  hover(event) {
    const takes = this.takes(event)
    if (takes) event.preventDefault()
    this.overTarget.hidden = !takes
  }

  drop(event) {
    this.overTarget.hidden = true
    if (!this.takes(event)) return
    event.preventDefault()
    this.add(event.dataTransfer.files)
  }

  // A form is sent with all its files or not yet.
  hold(event) {
    if (!this.fieldValue || !event.target.contains(this.element) || !this.isBusy) return
    event.preventDefault()
    event.stopImmediatePropagation()
    say(this.patienceValue, { broken: true })
  }

  paste(event) {
    if (!event.clipboardData?.files.length || !this.isFor(event.target)) return
    // Words beside the picture, as office programs copy them, are what is meant within a text.
    if (event.clipboardData.types.includes("text/plain") && event.target.closest("input, textarea, [contenteditable=true]")) return
    event.preventDefault()
    this.add(event.clipboardData.files)
  }

  chosen() {
    this.add(this.inputTarget.files)
    this.inputTarget.value = ""
  }

  add(files) {
    const fields = this.recordValue ? { object: this.objectValue, record_id: this.recordValue } : {}
    const words = Object.fromEntries(WORDS.map((word) => [word, this[`${word}Value`]]))
    for (const file of files) {
      const transfer = new Transfer(file, { url: this.urlValue, fields, words, told: (one) => this.draw(one) })
      transfer.row = this.rowFor(transfer)
      this.transfers.push(transfer)
      this.draw(transfer)
    }
    this.boxTarget.hidden = !this.transfers.length
    this.next()
  }

  rowFor(transfer) {
    const row = this.rowTarget.content.firstElementChild.cloneNode(true)
    row.querySelector(".name").textContent = transfer.file.name
    row.querySelector("[data-part=cancel]").addEventListener("click", () => this.forget(transfer))
    row.querySelector("[data-part=retry]").addEventListener("click", () => { transfer.to("waits"); this.next() })
    this.listTarget.append(row)
    return row
  }

  forget(transfer) {
    transfer.cancel()
    transfer.row.remove()
    this.transfers = this.transfers.filter((each) => each !== transfer)
    this.tell()
    this.next()
  }

  next() {
    const running = this.transfers.filter((each) => each.runs).length
    for (const transfer of this.transfers.filter((each) => each.state === "waits").slice(0, AT_ONCE - running)) {
      transfer.run().then(() => { this.next(); this.settle() })
    }
  }

  draw(transfer) {
    const { row, state, share } = transfer
    if (!row) return
    const part = (name) => row.querySelector(`[data-part=${name}]`)
    part("state").textContent = state === "sends" ? new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(share) : this[`${state}Value`] ?? ""
    const bar = row.querySelector("progress")
    if (state === "reads" || state === "checks") bar.removeAttribute("value")
    else bar.value = state === "done" ? 1 : share
    bar.hidden = state === "wrong" || state === "done"
    row.querySelector(".wrong").hidden = state !== "wrong"
    part("why").textContent = transfer.message
    part("retry").hidden = state !== "wrong"
    part("cancel").hidden = state === "done" && !this.fieldValue
    this.tell()
  }

  tell() {
    const count = (state) => this.transfers.filter((each) => each.state === state).length
    const wrong = count("wrong")
    this.summaryTarget.textContent = wrong && !this.isBusy
      ? wrong === 1 ? this.missedValue : this.missingValue.replace("{n}", wrong)
      : this.summaryValue.replace("{done}", count("done")).replace("{all}", this.transfers.length)
    if (!this.transfers.length) this.boxTarget.hidden = true
    this.closeTarget.hidden = this.isBusy || Boolean(this.fieldValue)
  }

  settle() {
    if (this.isBusy) return
    const done = this.transfers.filter((each) => each.state === "done")
    if (this.fieldValue) return done.forEach((each) => this.give(each))
    this.transfers = this.transfers.filter((each) => each.state === "wrong")
    for (const each of done) each.row.remove()
    this.tell()
    if (done.length) this.refresh(done.length === 1 ? this.addedValue : this.severalValue.replace("{n}", done.length))
  }

  // The form around it sends the ids of what arrived; a row that is removed takes its id along.
  give({ id, row }) {
    if (row.querySelector("input")) return
    row.append(Object.assign(document.createElement("input"), { type: "hidden", name: this.fieldValue, value: id }))
  }

  refresh(message) {
    // Nobody is disturbed who is just writing: the page has the file when it is loaded next.
    if (document.activeElement?.closest("main input, main textarea, main select, [contenteditable=true]")) return say(message)
    document.addEventListener("turbo:load", () => say(message), { once: true })
    window.Turbo.visit(location.href, { action: "replace" })
  }

  close() {
    this.transfers = []
    this.listTarget.replaceChildren()
    this.boxTarget.hidden = true
  }
}
