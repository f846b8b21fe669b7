// Sends its form as soon as the page is there: the button is for browsers without scripts.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  connect() { this.element.requestSubmit() }
}
