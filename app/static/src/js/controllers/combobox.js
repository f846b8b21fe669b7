// A choice one can type into: filters its options, or asks the server (JSON list of {value, label}) for them.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["ask", "value", "list", "status"]
  static values = { url: String }

  connect() { this.at = -1 }
  disconnect() { clearTimeout(this.timer); this.request?.abort() }

  get options() { return [...this.listTarget.querySelectorAll("[role=option]")].filter((option) => !option.hidden) }

  open() {
    this.filter("")
    this.unfold(true)
    if (this.urlValue && !this.listTarget.children.length) this.load("")
  }

  ask() {
    const words = this.askTarget.value.trim()
    if (!words) this.valueTarget.value = ""
    this.unfold(true)
    if (!this.urlValue) return this.filter(words)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.load(words), 150)
  }

  filter(words) {
    for (const option of this.listTarget.querySelectorAll("[role=option]")) option.hidden = !option.textContent.toLowerCase().includes(words.toLowerCase())
    this.choose(words ? 0 : -1)
  }

  async load(words) {
    this.request?.abort()
    this.request = new AbortController()
    const url = new URL(this.urlValue, location.href)
    url.searchParams.set("q", words)
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } })
      if (answer.ok) this.fill(await answer.json())
    } catch (error) { if (error.name !== "AbortError") throw error }
  }

  fill(choices) {
    this.listTarget.replaceChildren(...choices.map(({ value, label }, i) => {
      const option = Object.assign(document.createElement("div"), { id: `${this.listTarget.id}-${i}`, textContent: label })
      option.setAttribute("role", "option")
      option.dataset.value = value
      option.dataset.action = "mousedown->combobox#pick"
      return option
    }))
    this.choose(this.askTarget.value.trim() ? 0 : -1)
    this.place()
  }

  choose(index) {
    const options = this.options
    this.at = options.length && index >= 0 ? (index + options.length) % options.length : -1
    for (const option of options) option.setAttribute("aria-selected", String(options.indexOf(option) === this.at))
    this.askTarget.setAttribute("aria-activedescendant", options[this.at]?.id ?? "")
    options[this.at]?.scrollIntoView({ block: "nearest" })
    this.statusTarget.textContent = options.length ? "" : this.statusTarget.dataset.none
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      this.unfold(true)
      this.choose(event.key === "ArrowDown" ? this.at + 1 : this.at < 0 ? -1 : this.at - 1)
    } else if (event.key === "Enter" && this.at >= 0 && !this.listTarget.hidden) {
      event.preventDefault()
      this.take(this.options[this.at])
    } else if (event.key === "Escape" && !this.listTarget.hidden) {
      event.preventDefault()
      event.stopPropagation()
      this.unfold(false)
    }
  }

  pick(event) {
    event.preventDefault()
    this.take(event.currentTarget)
  }

  take(option) {
    this.askTarget.value = option.textContent.trim()
    this.valueTarget.value = option.dataset.value
    this.valueTarget.dispatchEvent(new Event("change", { bubbles: true }))
    this.unfold(false)
  }

  leave(event) { if (!this.element.contains(event.relatedTarget)) this.unfold(false) }

  // Above the input where there is no room below it.
  place() {
    this.listTarget.classList.remove("up")
    const room = Math.min(innerHeight, this.element.closest(".scroll")?.getBoundingClientRect().bottom ?? innerHeight)
    const box = this.listTarget.getBoundingClientRect()
    this.listTarget.classList.toggle("up", box.bottom > room && this.element.getBoundingClientRect().top > box.height + 60)
  }

  unfold(open) {
    this.listTarget.hidden = !open
    this.askTarget.setAttribute("aria-expanded", String(open))
    if (open) this.place()
    else this.at = -1
  }
}
