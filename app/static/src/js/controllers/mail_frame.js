// Gives the frame of a mail the height of what is in it, as far as a screen goes.
import { Controller } from "../vendor/stimulus.js"

export default class extends Controller {
  fit() {
    const inside = this.element.contentDocument?.documentElement
    if (inside) this.element.style.height = `${Math.min(Math.ceil(inside.getBoundingClientRect().height) + 2, window.innerHeight * 0.8)}px`
  }
}
