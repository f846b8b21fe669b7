// A button that sent its form shows that it is at work, and a page kept for going back holds nothing that floats.
addEventListener("turbo:submit-start", (event) => event.detail.formSubmission.submitter?.setAttribute("aria-busy", "true"))
addEventListener("turbo:submit-end", (event) => event.detail.formSubmission.submitter?.removeAttribute("aria-busy"))
addEventListener("turbo:before-cache", () => {
  for (const toast of document.querySelectorAll(".toast")) toast.remove()
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close()
})
// A morph must not shut what the person has open or is typing in.
addEventListener("turbo:before-morph-element", (event) => {
  const element = event.target
  if (element.matches?.("dialog[open], :popover-open, .editing") || element === document.activeElement && element.matches?.("input, textarea, select")) event.preventDefault()
})
