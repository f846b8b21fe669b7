// One stream for all tabs of a browser; tells each tab what came since it began to load.
import { Source } from "./source.js"

const KEPT_MS = 60000
const tabs = new Set()
let recent = []

const source = new Source((message) => {
  const at = Date.now()
  recent = [...recent.filter((each) => each.at > at - KEPT_MS), { at, message }]
  for (const tab of tabs) tab.postMessage(message)
})

addEventListener("connect", ({ ports: [tab] }) => {
  tab.onmessage = ({ data }) => {
    if (data.type === "bye") return tabs.delete(tab)
    if (!tabs.has(tab)) for (const each of recent) if (each.at >= data.since) tab.postMessage(each.message)
    tabs.add(tab)
    source.start(data.cursor)
  }
})
