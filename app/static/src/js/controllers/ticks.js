// Rows ticked one by one, or all of a page, or all there are; the acts wait until one is.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["all", "whole", "box", "told", "act"]
  static values = { one: String, many: String }

  connect() { this.show() }

  changed(event) {
    const { target } = event
    if (target === this.allTarget || (this.hasWholeTarget && target === this.wholeTarget && target.checked)) {
      for (const box of this.boxTargets) box.checked = target.checked
    }
    if (target !== this.wholeTarget && this.hasWholeTarget && !target.checked) this.wholeTarget.checked = false
    this.show()
  }

  show() {
    if (!this.hasAllTarget) return
    const ticked = this.boxTargets.filter((box) => box.checked).length
    const whole = this.hasWholeTarget && this.wholeTarget.checked
    this.allTarget.checked = ticked > 0 && ticked === this.boxTargets.length
    this.allTarget.indeterminate = ticked > 0 && ticked < this.boxTargets.length
    for (const act of this.actTargets) act.disabled = !ticked && !whole
    const words = ticked === 1 ? this.oneValue : this.manyValue.replace("{n}", ticked)
    this.toldTarget.textContent = ticked && !whole ? words : ""
  }
}
