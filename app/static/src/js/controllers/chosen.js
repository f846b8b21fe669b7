// Tells in one line what the parts of a folded group hold.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["told", "part"]

  connect() { requestAnimationFrame(() => this.tell()) }

  tell() {
    this.toldTarget.textContent = this.partTargets.map((part) => part.selectedOptions?.[0]?.text ?? part.value).join(" · ")
  }
}
