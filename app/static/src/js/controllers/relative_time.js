// Keeps "2 minutes ago" true while the page stays open (on the body or a list: all <time title> inside).
import { Controller } from "../vendor/stimulus.js"

const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]]

export default class extends Controller {
  connect() { this.timer = setInterval(() => this.refresh(), 60000) }
  disconnect() { clearInterval(this.timer) }

  refresh() {
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" })
    for (const time of this.element.querySelectorAll("time[datetime][title]:not([data-brief])")) {
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000
      const step = STEPS.find(([, size]) => Math.abs(seconds) >= size)
      if (step && Math.abs(seconds) < 86400 * 6) time.textContent = words.format(Math.trunc(seconds / step[1]), step[0])
    }
  }
}
