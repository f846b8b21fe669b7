// Loads its frame again while a job runs; stops when the frame no longer says data-poll="running".
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static values = { url: String, every: { type: Number, default: 1000 } }

  connect() { this.next() }
  disconnect() { clearTimeout(this.timer) }

  next() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.load(), document.hidden ? this.everyValue * 5 : this.everyValue)
  }

  async load() {
    const running = this.element.querySelector('[data-poll="running"]') ?? this.element.matches('[data-poll="running"]')
    if (!running) return
    try {
      if (this.element.src) await this.element.reload()
      else { this.element.src = this.urlValue || location.href; await this.element.loaded }
    } finally { if (this.element.isConnected) this.next() }
  }
}
