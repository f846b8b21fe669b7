// Keeps an open page true: when a sign concerns what it shows, that part is fetched again and drawn in.
// The body carries this controller; `main` says by data-live="<object or id> ..." what it shows ("*": anything).
import { Controller } from "../vendor/stimulus.js"
import { subscribe } from "../live/signs.js"
import { redraw } from "../live/keep.js"
import { redrawList } from "../live/rows.js"

const SOON_MS = 30
const WIDE_MS = 500
const BETWEEN_MS = 250
const WIDE_BETWEEN_MS = 3000

let asked = performance.timeOrigin
let restored = false
addEventListener("turbo:visit", (event) => { asked = Date.now(); restored = event.detail.action === "restore" })

export default class extends Controller {
  static values = { places: String, cursor: String, near: Boolean }

  connect() {
    this.touched = new Set()
    this.last = 0
    this.leave = subscribe(this.cursorValue, asked, (message) => this.hear(message))
    this.resume = () => this.plan(SOON_MS)
    this.pause = () => { this.submits = true; this.abort?.abort() }
    this.settle = () => { this.submits = false; this.plan(SOON_MS) }
    this.finish = () => { if (this.left) { this.main = true; this.left = false; setTimeout(this.resume, WIDE_MS) } }
    document.addEventListener("visibilitychange", this.resume)
    document.addEventListener("turbo:submit-start", this.pause)
    document.addEventListener("turbo:submit-end", this.settle)
    document.addEventListener("turbo:visit", this.pause)
    document.addEventListener("turbo:load", this.settle)
    document.addEventListener("focusout", this.finish)
    this.behind = () => this.hear({ type: "reload" })
    document.addEventListener("record:behind", this.behind)
    if (restored) this.hear({ type: "reload" })
  }

  disconnect() {
    this.leave()
    this.abort?.abort()
    clearTimeout(this.timer)
    document.removeEventListener("visibilitychange", this.resume)
    document.removeEventListener("turbo:submit-start", this.pause)
    document.removeEventListener("turbo:submit-end", this.settle)
    document.removeEventListener("turbo:visit", this.pause)
    document.removeEventListener("turbo:load", this.settle)
    document.removeEventListener("focusout", this.finish)
    document.removeEventListener("record:behind", this.behind)
  }

  hear(message) {
    if (message.type === "reload") { this.main = this.places = this.many = true; return this.plan(SOON_MS) }
    if (message.type !== "changes") return
    for (const sign of message.signs) this.take(sign)
  }

  take(sign) {
    const names = [sign.object, sign.id, ...sign.about ?? []].filter(Boolean)
    for (const name of names) this.touched.add(name)
    this.many ||= Boolean(sign.many)
    const near = this.nearValue || this.shows(names)
    this.main ||= near || this.shown.includes("*") || Boolean(sign.many && this.shown.length)
    this.places = true
    this.reveal(sign)
    this.wide = Boolean(sign.many) || !near
    this.plan(this.wide ? WIDE_MS * (0.5 + Math.random()) : SOON_MS)
  }

  // A form is never touched: it only says that the record has changed since it was opened.
  reveal(sign) {
    for (const note of document.querySelectorAll(`[data-live-reveal="${sign.id}"]`)) if (Number(note.dataset.version) < sign.version) note.hidden = false
  }

  get page() { return document.getElementById("main") }
  get shown() { return (this.page?.dataset.live ?? "").split(" ").filter(Boolean) }

  // A list also shows what is said about its rows.
  shows(names) {
    const shown = this.shown
    return names.some((name) => shown.includes(name) || shown.length && document.getElementById(`row-${name}`))
  }

  plan(wait) {
    if (!this.main && !this.places || document.hidden || this.submits || this.abort) return
    const due = Math.max(Date.now() + wait, this.last + (this.wide ? WIDE_BETWEEN_MS : BETWEEN_MS))
    if (this.timer && this.due <= due) return
    clearTimeout(this.timer)
    this.due = due
    this.timer = setTimeout(() => { this.timer = null; this.refresh() }, due - Date.now())
  }

  async refresh() {
    if (document.hidden || this.submits) return
    const { main, touched, many } = this
    this.main = this.places = this.many = this.left = false
    this.touched = new Set()
    this.abort = new AbortController()
    try {
      const fresh = await this.fetch(main ? location.href : this.placesValue)
      if (fresh && main) this.draw(fresh, (id) => many || touched.has(id))
      if (fresh) this.count(fresh)
    } catch (error) {
      if (error.name !== "AbortError") throw error
      this.main ||= main
      this.many ||= many || main
      this.places = true
    } finally {
      this.abort = null
      this.last = Date.now()
      if (this.element.isConnected) this.plan(SOON_MS)
    }
  }

  async fetch(url) {
    if (!url) return null
    let answer
    try {
      answer = await fetch(url, { signal: this.abort.signal, credentials: "same-origin", headers: { Accept: "text/html", "X-Live": "part" } })
    } catch (error) {
      if (error.name === "AbortError") throw error
      return null
    }
    if (answer.redirected || !answer.ok) return null
    return new DOMParser().parseFromString(await answer.text(), "text/html")
  }

  draw(fresh, touched) {
    const page = this.page, other = fresh.getElementById("main")
    if (!page || !other) return
    unite(page, other)
    this.left = page.hasAttribute("data-live-rows") ? redrawList(page, other, touched) : redraw(page, other)
    for (const name of [".top .crumbs", ".top .aside"]) {
      const here = document.querySelector(name), there = fresh.querySelector(name)
      if (here && there) redraw(here, there)
    }
    page.dispatchEvent(new CustomEvent("turbo:morph", { bubbles: true }))
  }

  // Places keep their links: only what they count changes.
  count(fresh) {
    for (const place of fresh.querySelectorAll("[data-live-places] a[href]")) {
      const here = document.querySelector(`[data-live-places] a[href="${CSS.escape(place.getAttribute("href"))}"]`)
      const was = here?.querySelector(".count"), is = place.querySelector(".count")
      if (!here || was?.textContent === is?.textContent) continue
      was?.remove()
      if (is) here.append(is)
    }
  }

  // The button above a list: what came in takes its place.
  async showNews(event) {
    event.currentTarget.closest("[data-live-news]").hidden = true
    this.abort = new AbortController()
    const fresh = await this.fetch(location.href).finally(() => { this.abort = null })
    if (!fresh) return
    redraw(this.page, fresh.getElementById("main"))
    this.page.dispatchEvent(new CustomEvent("turbo:morph", { bubbles: true }))
    this.page.querySelector("table.grid tbody th")?.scrollIntoView({ block: "center" })
  }
}

// Earlier parts of a timeline that were loaded already stay below what is new.
function unite(page, fresh) {
  for (const list of page.querySelectorAll("turbo-frame[id^=timeline-] > ol.timeline")) {
    const older = list.parentElement.querySelector(":scope > turbo-frame[complete]")
    const other = fresh.querySelector(`#${CSS.escape(list.parentElement.id)} > ol.timeline`)
    if (!older || !other) continue
    const known = new Set([...other.children].map((item) => item.id))
    other.append(...[...list.children].filter((item) => item.id && !known.has(item.id)).map((item) => item.cloneNode(true)))
    other.parentElement.querySelector(":scope > turbo-frame")?.remove()
    other.after(older.cloneNode(true))
  }
}
