// The inputs in which the value of a condition is given, by the kind of its field, and what stands in them.
import { alone, several } from "./tree.js"

const DAYS = /^(last|next)_(\d+)_days?$/
const TYPES = { number: "number", time: "date" }

export class Values {
  constructor({ shared, moments, me, titles }, words, part) {
    Object.assign(this, { shared, moments, me, titles, words, part })
  }

  // Fills `box` with inputs for `node`; those that hold a value carry data-given.
  draw(box, node, field) {
    box.replaceChildren(...this.inputs(node, field))
    box.hidden = alone(node.op)
  }

  inputs(node, field) {
    if (alone(node.op)) return []
    if (node.op === "between") return [0, 1].map((place) => this.plain(field, node.values[place], place ? this.words.to : this.words.from))
    if (several(node.op)) return [...node.values.map((value) => this.token(value, field)), this.adding(field)]
    if (field.input === "time") return this.time(node.values[0])
    if (field.input === "choice") return [this.choice(this.options(field), node.values[0])]
    if (field.input === "record") return [this.record(field, node.values[0])]
    return [this.plain(field, node.values[0])]
  }

  plain(field, value, label = this.words.value) {
    const input = Object.assign(document.createElement("input"), { className: "input", type: TYPES[field.input] ?? "text", value: value ?? "", required: true, autocomplete: "off", maxLength: 500 })
    if (input.type === "number") input.step = "any"
    return this.named(input, label)
  }

  choice(options, value, first) {
    const select = Object.assign(document.createElement("select"), { className: "input", required: true })
    const known = options.some(([each]) => each === value)
    const all = [...(first === undefined ? [] : [["", first]]), ...options, ...(value && !known ? [[value, this.titles[value] ?? value]] : [])]
    select.append(...all.map(([each, label]) => new Option(label, each, false, each === value)))
    return this.named(select, this.words.value)
  }

  record(field, value) {
    const combo = this.part("field")
    combo.dataset.comboboxUrlValue = `/options/${field.from}`
    if (field.kind === "member") combo.dataset.comboboxFirstValue = JSON.stringify([{ value: this.me[0], label: this.me[1] }])
    const [ask, hidden] = combo.querySelectorAll("input")
    ask.value = value ? this.label(value, field) : ""
    ask.required = true
    ask.placeholder = ""
    hidden.value = value ?? ""
    this.named(hidden, this.words.value)
    ask.setAttribute("aria-label", this.words.value)
    return combo
  }

  // Days, or a stretch of them that is named from today.
  time(value) {
    const days = DAYS.exec(value ?? "")
    const named = this.moments.some(([word]) => word === value)
    const word = days ? days[1] : named ? value : "exact"
    const options = [["exact", this.words.exact], ...this.moments, ["last", this.words.last], ["next", this.words.next]]
    const select = this.choice(options, word)
    select.dataset.moment = ""
    if (word === "exact") return [select, this.plain({ input: "time" }, (value ?? "").slice(0, 10))]
    if (!days) return [select]
    const input = this.plain({ input: "number" }, days[2])
    return [select, Object.assign(input, { min: 1, max: 3660, step: 1 })]
  }

  token(value, field) {
    const token = this.part("token")
    token.querySelector(".words").textContent = this.label(value, field)
    token.dataset.token = value
    token.querySelector("button").ariaLabel += ` ${this.label(value, field)}`
    return token
  }

  // What adds one more value: a choice, a record, or a text and Enter.
  adding(field) {
    let made
    if (field.input === "choice") made = this.choice(this.options(field), undefined, "+")
    else if (field.input === "record") made = this.record(field)
    else made = this.plain(field)
    const input = made.matches("input, select") ? made : made.querySelector("[role=combobox]")
    input.required = false
    made.dataset.adds = ""
    return made
  }

  options(field) { return field.options ?? this.shared[field.kind] ?? [] }

  label(value, field) {
    if (value === this.me[0] && field.kind === "member") return this.me[1]
    return this.titles[value] ?? this.options(field).find(([each]) => each === value)?.[1] ?? value
  }

  named(input, label) {
    input.setAttribute("aria-label", label)
    input.dataset.given = ""
    return input
  }

  // The values that stand in the inputs now; of a time its word.
  read(box, node) {
    const given = [...box.querySelectorAll("[data-given]")].map((input) => input.value.trim())
    if (node.op === "between") return given
    if (several(node.op)) return [...new Set([...[...box.querySelectorAll("[data-token]")].map((token) => token.dataset.token), ...given])].filter(Boolean)
    const word = box.querySelector("[data-moment]")?.value
    if (!word) return given.filter(Boolean)
    if (word === "exact") return given.slice(1).filter(Boolean)
    return [word === "last" || word === "next" ? `${word}_${given[1] ?? 7}_days` : word]
  }

  // What a combobox chose has a name that is to be shown again.
  learn(combo) {
    const [ask, hidden] = combo.querySelectorAll("input")
    if (hidden.value) this.titles[hidden.value] = ask.value
  }
}
