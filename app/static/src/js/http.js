// fetch with the page's token; throws Refused with the server's sentence when the answer is not fine.
export class Refused extends Error {
  constructor(message, status, told = {}) { super(message); this.status = status; this.told = told }
}

export function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? ""
}

export async function send(url, { method = "POST", data = {}, signal } = {}) {
  const answer = await fetch(url, {
    method, signal, credentials: "same-origin",
    headers: { "X-CSRF-Token": token(), Accept: "application/json" },
    body: data instanceof FormData ? data : new URLSearchParams(data),
  })
  const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {}
  if (!answer.ok) throw new Refused(told.message ?? told.errors?.[0]?.message ?? told.detail ?? answer.statusText, answer.status, told)
  return told
}

export async function html(url, { signal } = {}) {
  const answer = await fetch(url, { signal, credentials: "same-origin", headers: { Accept: "text/html" } })
  if (!answer.ok) throw new Refused(answer.statusText, answer.status)
  return answer.text()
}
