// Which of several places is near by their time zones: the same part of the world first, then the clock.

// places: {id: zone}, the preferred ones first; the id of the nearest.
export function nearest(zone, places) {
  const far = (other) => (part(other) === part(zone) ? 0 : 24) + hoursApart(zone, other)
  return Object.keys(places).sort((one, other) => far(places[one]) - far(places[other]))[0]
}

const part = (zone) => zone.split("/")[0]

function hoursApart(one, other) {
  const hours = Math.abs(clock(one) - clock(other))
  return Math.min(hours, 24 - hours)
}

function clock(zone) {
  const now = new Date()
  const read = (timeZone) => Date.parse(now.toLocaleString("en-US", { timeZone }))
  return (read(zone) - read("UTC")) / 3_600_000
}
