// Prints the page, as the browser's own menu does.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  now() {
    window.print()
  }
}
