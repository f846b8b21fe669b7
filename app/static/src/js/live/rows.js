// A table that others change: rows change in their places, rows that went leave, new ones are announced and wait.
import { redraw } from "./keep.js"

// Draws `fresh` (the same page anew) into `main`; true where something was left for later.
export function redrawList(main, fresh, touched) {
  const body = main.querySelector("table.grid tbody")
  const news = fresh.querySelector("table.grid tbody")
  if (!body || !news) return redraw(main, fresh)
  const shown = new Map([...body.rows].map((row) => [row.id, row]))
  const coming = new Map([...news.rows].map((row) => [row.id, row]))
  const order = [...coming.keys()]
  const gone = [...shown.values()].filter((row) => !coming.has(row.id) && touched(row.dataset.id) && !row.contains(document.activeElement))
  // Where rows went, those of the next page move up behind the last one that stays: they are not new.
  const filling = gone.length ? order.slice(order.findLastIndex((id) => shown.has(id)) + 1).slice(0, gone.length) : []
  const waiting = order.filter((id) => !shown.has(id) && !filling.includes(id) && touched(coming.get(id).dataset.id))
  // The fresh table takes the order and the rows that are shown, so nothing jumps under the pointer.
  news.replaceChildren(...[...shown.values()].filter((row) => !gone.includes(row)).map((row) => coming.get(row.id) ?? row.cloneNode(true)), ...filling.map((id) => coming.get(id)))
  const left = redraw(main, fresh)
  announce(main, waiting.length)
  return left
}

function announce(main, count) {
  const host = main.querySelector("[data-live-news]")
  if (!host) return
  const button = host.querySelector("button")
  host.hidden = !count
  button.textContent = count === 1 ? host.dataset.one : host.dataset.many.replace("{n}", count)
}
