// Builds the filter of a list: conditions in groups, through relations and lists, and puts it into the address.
import { Controller } from "../vendor/stimulus.js"
import { Fields } from "../filters/fields.js"
import { alone, condition, count, depth, group, isGroup, isList, params, read, several, write } from "../filters/tree.js"
import { Values } from "../filters/values.js"

const MODES = ["all", "any", "none", "some"]

export default class extends Controller {
  static targets = ["tree", "template", "wrong"]
  static values = { from: Object }

  connect() {
    this.words = { ...this.element.dataset, value: this.part("value", false).textContent }
    this.fields = new Fields(this.fromValue, this.words)
    this.values = new Values(this.fromValue, this.words, (name) => this.part(name))
    this.nodes = new WeakMap()
    this.root = read(this.fromValue.tree)
    if (!this.root.parts.length) this.root.parts.push(condition())
    this.draw()
    // Who has a filter already adds to it more often than he begins anew.
    const first = this.treeTarget.querySelector("[role=combobox]")
    const begin = first?.value ? this.treeTarget.querySelector(":scope > .filter-group > .filter-adds [data-act=condition]") : first
    begin.autofocus = true
    this.focus(begin)
  }

  part(name, element = true) {
    const copy = this.templateTargets.find((one) => one.dataset.part === name).content.cloneNode(true)
    return element ? copy.firstElementChild : copy
  }

  draw() { this.treeTarget.replaceChildren(this.group(this.root, null, { object: this.fromValue.object, steps: 0, level: 1 })) }

  group(node, parent, place) {
    const box = this.part("group")
    const mode = box.querySelector(".filter-mode")
    mode.append(...MODES.map((word) => new Option(this.words[word], word, false, word === node.mode)))
    // One condition needs no word that joins it to others.
    box.querySelector(".filter-head").hidden = !parent || isList(parent) ? node.parts.length < 2 && node.mode === "all" : false
    box.querySelector("[data-act=remove]").hidden = !parent || isList(parent)
    box.classList.toggle("nested", Boolean(parent))
    box.querySelector("[data-act=nest]").hidden = place.level > 4
    this.nodes.set(box, { node, parent, place })
    const inner = { ...place, level: place.level + (node.mode === "all" || node.mode === "any" ? 1 : 2) }
    box.querySelector(".filter-rows").append(...node.parts.map((each) => isGroup(each) ? this.group(each, node, inner) : this.row(each, node, inner)))
    return box
  }

  row(node, parent, place) {
    const row = this.part("row")
    this.nodes.set(row, { node, parent, place })
    const picker = this.part("field")
    picker.dataset.picks = ""
    row.querySelector(".filter-field").append(picker)
    this.name(picker, node, place)
    if (isList(node)) this.listed(row, node, place)
    else this.compared(row, node, place)
    return row
  }

  name(picker, node, place) {
    const [ask, hidden] = picker.querySelectorAll("input")
    ask.value = isList(node) ? this.fields.list(place.object, node.list)?.label ?? node.list : node.field && (this.fields.find(place.object, node.field)?.full ?? node.field)
    ask.required = true
    ask.title = ask.value
    hidden.value = isList(node) ? `list:${node.list}` : node.field
  }

  compared(row, node, place) {
    const field = this.fields.find(place.object, node.field)
    const select = row.querySelector(".filter-op")
    select.hidden = !field
    row.classList.toggle("unset", !field)
    if (!field) return row.querySelector(".filter-value").replaceChildren()
    const known = this.fromValue.operators[field.kind]
    select.replaceChildren(...known.map(([op, label]) => new Option(label, op, false, op === node.op)))
    node.op = select.value
    this.values.draw(row.querySelector(".filter-value"), node, field)
    row.classList.toggle("is-alone", alone(node.op))
  }

  listed(row, node, place) {
    const select = row.querySelector(".filter-op")
    const words = node.part ? { any: this.words.has, none: this.words.hasNone } : this.fromValue.lists
    select.replaceChildren(...Object.entries(words).map(([op, label]) => new Option(label, op, false, op === node.op)))
    row.querySelector(".filter-value").replaceChildren(...(node.part ? [] : [this.part("more")]))
    row.classList.add("is-list")
    if (!node.part) return
    const there = { object: this.fields.list(place.object, node.list).object, steps: place.steps + 1, level: place.level + 1 }
    row.append(this.group(node.part, node, there))
  }

  // The picker of a row is filled when it opens: there may be hundreds of fields.
  offer(event) {
    const picker = event.target.closest("[data-picks]")
    if (!picker) return
    const ask = picker.querySelector("[role=combobox]")
    if (document.activeElement === ask) ask.select()
    const list = picker.querySelector("[role=listbox]")
    if (list.children.length) return
    const { place } = this.at(picker)
    list.append(...this.fields.offered(place.object, place.steps).map((group, at) => this.choices(group, `${list.id}-${at}`)))
  }

  choices({ label, choices }, id) {
    const box = document.createElement("div")
    box.setAttribute("role", "group")
    if (label) {
      box.setAttribute("aria-label", label)
      box.append(Object.assign(document.createElement("p"), { className: "head", textContent: label }))
    }
    box.append(...choices.map(({ value, label: text, full }, place) => {
      const option = Object.assign(document.createElement("div"), { id: `${id}-${place}`, textContent: text })
      option.setAttribute("role", "option")
      Object.assign(option.dataset, { value, label: full ?? text, search: full ?? text, action: "mousedown->combobox#pick" })
      return option
    }))
    return box
  }

  changed(event) {
    const { target } = event
    // What is typed into a combobox means nothing; what it chose is in the hidden input beside.
    if (target.matches("[role=combobox]")) return
    this.wrongTarget.hidden = true
    const { node, row, box } = this.at(target)
    if (target.matches(".filter-mode")) return this.redraw(() => { node.mode = target.value }, target)
    if (target.closest("[data-picks]")) return this.picked(row, target.value)
    if (target.matches(".filter-op")) return this.operated(row, target.value)
    const combo = target.closest(".combo")
    if (combo) this.values.learn(combo)
    node.values = this.values.read(box, node)
    if (target.closest("[data-adds]") || target.matches("[data-moment]")) {
      this.refresh(row)
      this.focus(box.querySelector(target.matches("[data-moment]") ? "[data-given]:not([data-moment])" : "[data-adds] [role=combobox], [data-adds]"))
    }
  }

  picked(row, value) {
    const { node, parent } = this.nodes.get(row)
    const made = value.startsWith("list:") ? { list: value.slice(5), op: "any", part: null } : { field: value, op: "", values: [] }
    parent.parts[parent.parts.indexOf(node)] = made
    const fresh = this.replace(row, made)
    this.focus(fresh.querySelector(".filter-value :is(input, select, button):not([type=hidden])") ?? fresh.querySelector(".filter-op"))
  }

  operated(row, op) {
    const { node } = this.nodes.get(row)
    const kept = several(node.op) === several(op) || several(op) && op !== "between"
    if (!isList(node) && (!kept || op === "between" || node.op === "between")) node.values = node.values.slice(0, 1)
    node.op = op
    this.refresh(row)
  }

  refresh(row) {
    const { node, place } = this.nodes.get(row)
    if (!isList(node)) this.compared(row, node, place)
  }

  replace(row, node) {
    const { parent, place } = this.nodes.get(row)
    const fresh = this.row(node, parent, place)
    row.replaceWith(fresh)
    return fresh
  }

  clicked(event) {
    const button = event.target.closest("[data-act]")
    if (button) this[button.dataset.act](button)
  }

  condition(button) { this.add(button, condition()) }
  nest(button) { this.add(button, group([condition()], "any")) }

  add(button, made) {
    const { node } = this.at(button)
    this.redraw(() => node.parts.push(made))
    this.focus(this.boxOf(isGroup(made) ? made.parts[0] : made)?.querySelector("[role=combobox]"))
  }

  where(button) {
    const { node } = this.at(button)
    this.redraw(() => { node.part = group([condition()]) })
    this.focus(this.boxOf(node.part.parts[0]).querySelector("[role=combobox]"))
  }

  remove(button) {
    const { node, parent, holder } = this.at(button)
    const place = parent.parts.indexOf(node)
    this.redraw(() => parent.parts.splice(place, 1))
    // A list whose last condition went asks again whether there is any.
    if (!parent.parts.length && holder) this.redraw(() => { holder.part = null })
    const next = parent.parts[Math.min(place, parent.parts.length - 1)]
    const near = next && this.boxOf(next)
    this.focus(near?.querySelector("[data-act=remove]:not([hidden])") ?? this.treeTarget.querySelector("[data-act=condition]"))
  }

  drop(button) {
    const { node, row, box } = this.at(button)
    button.closest("[data-token]").remove()
    node.values = this.values.read(box, node)
    this.refresh(row)
    this.focus(box.querySelector("[data-adds] [role=combobox], [data-adds]"))
  }

  clear() {
    this.root = group()
    this.send(null)
  }

  redraw(change, focused) {
    change()
    const node = focused && this.at(focused).node
    this.draw()
    if (node) this.focus(this.boxOf(node)?.querySelector(".filter-mode"))
  }

  // A text that is one of several is taken by Enter, as a comma would end it.
  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); return this.element.requestSubmit() }
    const adds = event.target.closest("input[data-adds]")
    if (!adds || event.defaultPrevented || !adds.value.trim() || !["Enter", ","].includes(event.key)) return
    event.preventDefault()
    adds.dispatchEvent(new Event("change", { bubbles: true }))
  }

  // What was typed and not chosen is no field.
  left(event) {
    const picker = event.target.closest("[data-picks]")
    if (!picker?.isConnected || picker.contains(event.relatedTarget)) return
    const { node, place } = this.at(picker)
    this.name(picker, node, place)
  }

  apply(event) {
    event.preventDefault()
    if (!this.chosen()) return
    const tree = write(this.root)
    const { limits } = this.fromValue
    const wrong = tree && (depth(tree) > limits.depth ? this.words.deep : count(tree) > limits.conditions ? this.words.large : "")
    this.wrongTarget.textContent = wrong || ""
    this.wrongTarget.hidden = !wrong
    if (!wrong) this.send(tree)
  }

  // Where words were typed that are nothing of the list, and where several values are asked for and there is none.
  chosen() {
    for (const combo of this.element.querySelectorAll(".combo")) {
      const [ask, hidden] = combo.querySelectorAll("input")
      ask.setCustomValidity(ask.required && ask.value && !hidden.value ? this.words.choose : "")
    }
    for (const adds of this.element.querySelectorAll("[data-adds]")) {
      const input = adds.querySelector("[role=combobox]") ?? adds
      input.required = !this.at(adds).node.values.length
    }
    return this.element.reportValidity()
  }

  send(tree) {
    const url = new URL(this.element.action)
    // A view's own filter stands where the address says nothing: no filter is said by an empty one.
    const kept = [...this.element.querySelectorAll(".kept input")].map((input) => [input.name, input.value]).filter(([name]) => !tree || name !== "where")
    url.search = new URLSearchParams([...kept, ...params(tree)]).toString().replaceAll("%5B", "[").replaceAll("%5D", "]")
    window.Turbo.visit(url.href)
  }

  // The node an element belongs to, its row or group, the box of its value, and the list whose conditions these are.
  at(element) {
    const row = element.closest(".filter-row, .filter-group")
    const known = this.nodes.get(row)
    const above = row.parentElement.closest(".filter-group")
    const list = above && this.nodes.get(above).parent
    return { ...known, row, box: row.querySelector(".filter-value"), holder: list && isList(list) ? list : null }
  }

  boxOf(node) { return [...this.treeTarget.querySelectorAll(".filter-row, .filter-group")].find((box) => this.nodes.get(box).node === node) }

  // What was just drawn takes the focus once its controllers are there.
  focus(element) { queueMicrotask(() => element?.focus()) }
}
