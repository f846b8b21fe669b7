// Two people changed one field: asks which value stays, in the dialog that every page carries.
const BETWEEN_MS = 150
let last = Promise.resolve()

// "yours" or "theirs"; who closes the dialog leaves what is stored. Several are asked one after the other.
export function choose(clash) {
  last = last.then(() => ask(clash))
  return last
}

async function ask(clash) {
  const dialog = document.getElementById("clash")
  if (!dialog) return "theirs"
  await undisturbed()
  dialog.querySelector("[data-clash=title]").textContent = clash.label
  for (const name of ["base", "theirs", "yours"]) dialog.querySelector(`[data-clash=${name}]`).textContent = clash[name]
  const form = dialog.querySelector("form")
  form.reset()
  dialog.returnValue = ""
  dialog.showModal()
  form.elements.keep.forEach((radio) => { if (radio.checked) radio.focus() })
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }))
  return dialog.returnValue === "save" ? form.elements.keep.value : "theirs"
}

// What is being typed elsewhere is finished first.
async function undisturbed() {
  while (document.querySelector(".editing, dialog[open]")) await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
}
