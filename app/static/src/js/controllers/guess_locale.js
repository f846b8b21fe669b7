// Fills time zone, language, currency, region, week start and where data is kept with what the browser knows, where nobody chose yet.
import { Controller } from "../vendor/stimulus.js"
import { nearest } from "../zones.js"

const EURO = "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK".split(" ")
const MONEY = { GB: "GBP", US: "USD", CH: "CHF", LI: "CHF", PL: "PLN", CZ: "CZK", DK: "DKK", SE: "SEK", NO: "NOK", HU: "HUF", RO: "RON", CA: "CAD", AU: "AUD", JP: "JPY", IN: "INR", BR: "BRL", TR: "TRY" }
const ZONES = { "Europe/Berlin": "DE", "Europe/Vienna": "AT", "Europe/Zurich": "CH", "Europe/London": "GB" }

export default class extends Controller {
  static targets = ["zone", "language", "currency", "region", "weekStart", "home"]
  static values = { homes: Object }

  connect() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const locale = new Intl.Locale(navigator.language)
    const region = ZONES[zone] ?? locale.region ?? locale.maximize().region
    const week = locale.getWeekInfo?.() ?? locale.weekInfo
    this.fill("zone", zone)
    this.fill("language", locale.language)
    this.fill("region", region)
    this.fill("currency", MONEY[region] ?? (EURO.includes(region) ? "EUR" : null))
    this.fill("weekStart", week?.firstDay)
    if (this.hasHomesValue) this.fill("home", nearest(zone, this.homesValue))
  }

  fill(name, value) {
    for (const input of this.targets.findAll(name)) {
      const known = input.tagName !== "SELECT" || [...input.options].some((option) => option.value === String(value))
      if (value && known && !input.dataset.chosen) input.value = value
    }
  }
}
