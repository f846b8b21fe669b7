// Asks in a dialog before Turbo does what cannot be undone (data-turbo-confirm="sentence").
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  static targets = ["text", "go"]

  connect() {
    this.usual = this.goTarget.textContent.trim()
    window.Turbo.config.forms.confirm = (sentence, form, submitter) => this.ask(sentence, submitter ?? form)
  }

  ask(sentence, asker) {
    this.textTarget.textContent = sentence
    const label = asker?.dataset?.confirmLabel ?? asker?.closest?.("[data-confirm-label]")?.dataset.confirmLabel
    const word = this.goTarget.querySelector("span") ?? this.goTarget
    word.textContent = label ?? this.usual
    this.element.returnValue = ""
    this.element.showModal()
    return new Promise((resolve) => {
      this.element.addEventListener("close", () => resolve(this.element.returnValue === "yes"), { once: true })
    })
  }
}
