// Fills the sheet of keys with those this page has.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["own", "table", "tableHead"]

  connect() {
    this.watch = new MutationObserver(() => { if (this.element.open) this.fill() })
    this.watch.observe(this.element, { attributes: true, attributeFilter: ["open"] })
  }

  disconnect() { this.watch.disconnect() }

  fill() {
    const seen = new Set()
    this.ownTarget.replaceChildren()
    for (const source of document.querySelectorAll("[data-hotkey-name]")) {
      const keys = source.dataset.hotkey
      if (seen.has(keys)) continue
      seen.add(keys)
      this.ownTarget.append(this.line(source.dataset.hotkeyName, keys))
    }
    const tables = document.querySelector("table.grid[data-controller]") !== null
    this.tableTarget.hidden = this.tableHeadTarget.hidden = !tables
  }

  line(name, keys) {
    const line = document.createElement("div")
    const label = Object.assign(document.createElement("span"), { textContent: name })
    const shown = keys.split(" ").map((one) => one.replace(/(^|\+)([a-z])$/, (match) => match.toUpperCase())).join(" ")
    const key = Object.assign(document.createElement("kbd"), { textContent: shown.replace("Mod+", /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl ") })
    line.append(label, key)
    return line
  }
}
