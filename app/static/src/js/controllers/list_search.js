// A list's search stays in the page while one types; on other ways through the list it shows what is searched for.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  connect() {
    this.settle = () => { if (document.activeElement !== this.element) this.element.value = new URLSearchParams(location.search).get("q") ?? "" }
    document.addEventListener("turbo:render", this.settle)
  }

  disconnect() { document.removeEventListener("turbo:render", this.settle) }
}
