// Suggests an address from the company's name and says while typing whether it is free.
import { Controller } from "../vendor/stimulus.js"

const FOLDED = { "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "å": "a", "ł": "l" }

export default class extends Controller {
  static targets = ["company", "slug", "told"]
  static values = { url: String, checking: String }

  disconnect() { clearTimeout(this.timer); this.request?.abort() }

  suggest() {
    if (this.own) return
    this.slugTarget.value = this.companyTarget.value.toLowerCase()
      .replace(/[äöüßæøåł]/g, (letter) => FOLDED[letter]).normalize("NFKD").replace(/[̀-ͯ]/g, "")
      .replace(/\b(gmbh|ag|kg|ohg|inc|ltd|llc|se|co)\b\.?/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40)
    this.later()
  }

  typed() {
    this.own = this.slugTarget.value !== ""
    this.later()
  }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.check(), 220)
  }

  async check() {
    this.request?.abort()
    if (!this.slugTarget.value) { this.toldTarget.textContent = ""; return }
    this.request = new AbortController()
    const url = new URL(this.urlValue, location.href)
    url.searchParams.set("slug", this.slugTarget.value)
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } })
      if (!answer.ok) return
      const { free, message } = await answer.json()
      this.toldTarget.textContent = message
      this.toldTarget.className = free ? "good" : "wrong"
      this.slugTarget.setAttribute("aria-invalid", String(!free))
    } catch (error) { if (error.name !== "AbortError") this.toldTarget.textContent = "" }
  }
}
