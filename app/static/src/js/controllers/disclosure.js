// A button (aria-expanded, aria-controls) that shows and hides a part of the page.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["button", "part"]

  toggle() {
    const open = this.partTarget.hidden
    this.partTarget.hidden = !open
    this.buttonTarget.setAttribute("aria-expanded", String(open))
  }
}
