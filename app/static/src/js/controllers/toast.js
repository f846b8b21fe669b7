// A toast goes by itself: after ten seconds with an undo, after five without, never under the pointer or focus
// nor while the job runs that it tells of.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  connect() { this.release() }
  disconnect() { clearTimeout(this.timer) }
  hold() { clearTimeout(this.timer) }
  close() { this.element.remove() }

  release() {
    clearTimeout(this.timer)
    if (this.element.querySelector("[data-poll=running]")) this.timer = setTimeout(() => this.release(), 1000)
    else this.timer = setTimeout(() => this.close(), this.element.querySelector(".undo") ? 10000 : 5000)
  }
}
