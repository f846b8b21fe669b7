// Shows a toast made from the template that every page carries.
export function say(message, { broken = false, undo = null } = {}) {
  const region = document.getElementById("toasts")
  const template = document.getElementById("toast-template")
  if (!region || !template) return
  const toast = template.content.firstElementChild.cloneNode(true)
  toast.querySelector("span").textContent = message
  toast.classList.toggle("is-broken", broken)
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "undo", textContent: undo.label })
    button.addEventListener("click", () => { toast.remove(); undo.run() })
    toast.querySelector(".shut").before(button)
  }
  region.append(toast)
}
