// What a person is busy with stays as it is while the page around it is drawn anew.
const OWN = new Set(["tabindex", "aria-selected", "aria-expanded", "open", "aria-busy"])
let drawing = false

addEventListener("turbo:before-morph-attribute", (event) => {
  if (drawing && OWN.has(event.detail.attributeName)) event.preventDefault()
})

export function isBusy(element) {
  if (!element.matches) return false
  if (element.matches("dialog[open], :popover-open, .editing, .saving, [data-turbo-permanent]")) return true
  if (element.matches(".selection-bar:not([hidden])")) return true
  if (element === document.activeElement && element.matches("input:not([type=checkbox]), textarea, select, [contenteditable=true]")) return true
  return element.matches("form") && [...element.elements].some(changed)
}

function changed(control) {
  if (control.type === "hidden" || control.closest(".pick")) return false
  if (control.matches("select")) return [...control.options].some((option) => option.selected !== option.defaultSelected) && [...control.options].some((option) => option.defaultSelected)
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked
  return control.matches("input, textarea") && control.type !== "search" && control.value !== control.defaultValue
}

// Morphs what is inside `current` into what is inside `fresh`, around what is busy; true where something was left.
export function redraw(current, fresh) {
  let left = false
  drawing = true
  try {
    window.Turbo.morphChildren(current, fresh, { callbacks: { beforeNodeMorphed: (node, other) => {
      if (node.nodeType !== Node.ELEMENT_NODE) return true
      if (node.matches("turbo-frame[complete][src], [data-live-skip]")) return false
      if (node.matches(".about") && isStored(node, other)) return false
      if (!isBusy(node)) return true
      left = true
      if (node.matches(".editing")) hint(node, other)
      return false
    } } })
  } finally { drawing = false }
  return left
}

// What one has stored oneself stands there already: drawn anew, a field that was empty would jump to the others.
function isStored(node, other) {
  const versions = (element) => new Set([...(element?.querySelectorAll("[data-inline-edit-version-value]") ?? [])].map((each) => each.dataset.inlineEditVersionValue))
  const here = versions(node), there = versions(other)
  if (here.size !== 1 || there.size !== 1 || !here.has([...there][0])) return false
  const changed = other.querySelector(".changed")
  if (changed) node.querySelector(".changed")?.replaceWith(changed)
  return true
}

// Somebody stored another value in the field that is being edited: said quietly, nothing is taken away.
function hint(host, fresh) {
  const raw = (element) => element?.dataset.raw ?? element?.dataset.inlineEditRawValue
  if (!fresh || raw(fresh) === undefined || raw(fresh) === raw(host)) return
  const note = host.querySelector(".meanwhile") ?? host.appendChild(Object.assign(document.createElement("small"), { className: "meanwhile" }))
  note.setAttribute("role", "status")
  note.textContent = document.body.dataset.liveMeanwhileValue.replace("{value}", raw(fresh) || "–")
}
