// A choice one can type into: filters its options, or asks the server (JSON list of {value, label}) for them.
// `first` are choices that stand before those of the server; options may lie in groups with a heading.
import { Controller } from "../vendor/stimulus.js"

let made = 0

export default class extends Controller {
  static targets = ["ask", "value", "list", "status"]
  static values = { url: String, first: Array }

  connect() {
    this.at = -1
    // One of many of a kind has no id of its own yet.
    if (!this.listTarget.id) this.listTarget.id = `choices-${++made}`
    this.askTarget.setAttribute("aria-controls", this.listTarget.id)
  }

  disconnect() {
    clearTimeout(this.timer)
    this.request?.abort()
    removeEventListener("scroll", this.follow, true)
  }

  get options() { return [...this.listTarget.querySelectorAll("[role=option]")].filter((option) => !option.hidden) }

  open() {
    this.dispatch("open")
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
    // What was found for other words is not what Enter takes.
    this.request?.abort()
    this.choose(-1)
    this.isLooking = words !== ""
    this.isWanted = false
    this.timer = setTimeout(() => this.load(words), 150)
  }

  filter(words) {
    const asked = words.toLowerCase().split(/\s+/).filter(Boolean)
    for (const option of this.listTarget.querySelectorAll("[role=option]")) {
      let text = (option.dataset.search ?? option.textContent).toLowerCase()
      // Each word of its own: "parent parent" wants two.
      option.hidden = !asked.every((word) => text.includes(word) && ((text = text.replace(word, " ")), true))
    }
    for (const group of this.listTarget.querySelectorAll("[role=group]")) group.hidden = !group.querySelector("[role=option]:not([hidden])")
    this.choose(words ? 0 : -1)
  }

  async load(words) {
    this.request?.abort()
    this.request = new AbortController()
    const url = new URL(this.urlValue, location.href)
    url.searchParams.set("q", words)
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } })
      const asked = words.toLowerCase()
      const found = answer.ok ? await answer.json() : null
      this.isLooking = false
      if (found) this.fill([...this.firstValue.filter(({ label }) => label.toLowerCase().includes(asked)), ...found])
    } catch (error) {
      if (error.name === "AbortError") return
      this.isLooking = false
      throw error
    }
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
    if (this.isWanted && this.at >= 0) this.take(this.options[this.at])
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
    } else if (event.key === "Enter" && this.isLooking && !this.listTarget.hidden) {
      // Whoever is quicker than the answer means the first that it brings.
      event.preventDefault()
      this.isWanted = true
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
    this.askTarget.value = option.dataset.label ?? option.textContent.trim()
    this.valueTarget.value = option.dataset.value
    this.valueTarget.dispatchEvent(new Event("change", { bubbles: true }))
    this.unfold(false)
  }

  leave(event) { if (!this.element.contains(event.relatedTarget)) this.unfold(false) }

  // Above the input where there is no room below it. In a box that scrolls the list floats above that.
  place() {
    if (getComputedStyle(this.listTarget).position === "fixed") return this.float()
    this.listTarget.classList.remove("up")
    const room = Math.min(innerHeight, this.element.closest(".scroll")?.getBoundingClientRect().bottom ?? innerHeight)
    const box = this.listTarget.getBoundingClientRect()
    this.listTarget.classList.toggle("up", box.bottom > room && this.element.getBoundingClientRect().top > box.height + 60)
  }

  float() {
    const { style } = this.listTarget
    const at = this.askTarget.getBoundingClientRect()
    const above = innerHeight - at.bottom < Math.min(this.listTarget.scrollHeight, 256) + 12 && at.top > innerHeight - at.bottom
    style.left = `${Math.max(8, Math.min(at.left, innerWidth - this.listTarget.offsetWidth - 8))}px`
    style.minWidth = `${at.width}px`
    style.maxHeight = `${Math.min(320, (above ? at.top : innerHeight - at.bottom) - 12)}px`
    style.top = above ? "auto" : `${at.bottom + 4}px`
    style.bottom = above ? `${innerHeight - at.top + 4}px` : "auto"
  }

  unfold(open) {
    this.follow ??= () => this.place()
    if (open) addEventListener("scroll", this.follow, { capture: true, passive: true })
    else removeEventListener("scroll", this.follow, true)
    this.listTarget.hidden = !open
    this.askTarget.setAttribute("aria-expanded", String(open))
    if (open) this.place()
    else {
      this.at = -1
      this.isWanted = false
    }
  }
}
