// "Find or do": acts of this page and places at once, records from the server as one types.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["ask", "found", "acts", "places", "frame", "none", "icons"]
  static values = { url: String, all: String }

  connect() {
    this.watch = new MutationObserver(() => { if (this.element.open) this.opened() })
    this.watch.observe(this.element, { attributes: true, attributeFilter: ["open"] })
  }

  disconnect() { this.watch.disconnect(); clearTimeout(this.timer) }

  opened() {
    this.askTarget.value = ""
    this.found = null
    this.isWanted = false
    this.sources = [...document.querySelectorAll("[data-command]")].filter((element) => !element.closest("dialog, [hidden]"))
    this.askTarget.focus()
    this.show()
    this.load()
  }

  ask() {
    this.isWanted = false
    this.show()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.load(), 90)
  }

  load() {
    if (!this.urlValue) return
    const url = new URL(this.urlValue, location.href)
    url.searchParams.set("q", this.askTarget.value.trim())
    this.frameTarget.src = url.toString()
  }

  loaded() {
    this.found = new URL(this.frameTarget.src, location.href).searchParams.get("q")
    this.choose(0)
    if (this.isWanted && this.element.open && this.at >= 0) this.take()
  }

  // What was found for other words is not what Enter takes: it waits for what these find.
  take() {
    const option = this.options[this.at]
    const isOld = this.urlValue && this.found !== this.askTarget.value.trim()
    this.isWanted = isOld && (!option || this.frameTarget.contains(option))
    if (!this.isWanted && option) this.run(option)
  }

  show() {
    const words = this.askTarget.value.trim().toLowerCase().split(/\s+/).filter(Boolean)
    const fits = (element) => words.every((word) => element.dataset.command.toLowerCase().includes(word))
    this.fill(this.actsTarget, this.sources.filter((e) => e.dataset.commandGroup !== "go" && fits(e)))
    this.fill(this.placesTarget, this.sources.filter((e) => e.dataset.commandGroup === "go" && fits(e)))
    this.choose(0)
  }

  fill(group, sources) {
    group.querySelectorAll("[role=option]").forEach((option) => option.remove())
    group.hidden = !sources.length
    for (const source of sources) group.append(this.option(source))
  }

  option(source) {
    const option = document.createElement("div")
    option.setAttribute("role", "option")
    option.setAttribute("aria-selected", "false")
    option.source = source
    const icon = this.iconsTarget.content.firstElementChild.cloneNode(true)
    const use = icon.querySelector("use")
    use.setAttribute("href", use.getAttribute("href") + (source.dataset.commandIcon ?? "arrow-right"))
    const label = document.createElement("span")
    label.textContent = source.dataset.command
    option.append(icon, label)
    if (source.dataset.hotkey) option.append(Object.assign(document.createElement("kbd"), { textContent: source.dataset.hotkey.toUpperCase() }))
    option.addEventListener("click", () => this.run(option))
    return option
  }

  get options() { return [...this.foundTarget.querySelectorAll("[role=option]")].filter((option) => !option.closest("[hidden]")) }

  choose(index) {
    const options = this.options
    this.noneTarget.hidden = options.length > 0
    this.at = options.length ? (index + options.length) % options.length : -1
    options.forEach((option, i) => {
      option.id ||= `command-${Math.random().toString(36).slice(2)}`
      option.setAttribute("aria-selected", String(i === this.at))
    })
    const chosen = options[this.at]
    this.askTarget.setAttribute("aria-activedescendant", chosen?.id ?? "")
    chosen?.scrollIntoView({ block: "nearest" })
  }

  key(event) {
    if (event.key === "ArrowDown") { event.preventDefault(); this.choose(this.at + 1) }
    else if (event.key === "ArrowUp") { event.preventDefault(); this.choose(this.at - 1) }
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.all() }
    else if (event.key === "Enter") { event.preventDefault(); this.take() }
  }

  // The page of everything that fits, whatever is chosen here.
  all() {
    const url = new URL(this.allValue, location.href)
    const text = this.askTarget.value.trim()
    if (text) url.searchParams.set("q", text)
    this.element.close()
    window.Turbo.visit(url.toString())
  }

  run(option) {
    this.element.close()
    if (option.source) option.source.click()
    else option.click()
  }
}
