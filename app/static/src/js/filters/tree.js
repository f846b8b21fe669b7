// The filter as the builder holds it, read from the tree of the engine and written as that tree or as an address.
// A group is {mode, parts}, a condition {field, op, values}, a list {list, op, part}.
const ALONE = ["empty", "not_empty"]
const MANY = ["in", "not_in", "between"]

export const several = (op) => MANY.includes(op)
export const alone = (op) => ALONE.includes(op)
export const isGroup = (node) => "parts" in node
export const isList = (node) => "list" in node
export const group = (parts = [], mode = "all") => ({ mode, parts })
export const condition = () => ({ field: "", op: "", values: [] })

export function read(tree) {
  const found = tree ? node(tree) : group()
  return isGroup(found) ? found : group([found])
}

function node(tree) {
  if (tree.and) return group(tree.and.map(node))
  if (tree.or) return group(tree.or.map(node), "any")
  if (tree.not) return negated(node(tree.not))
  const op = ["any", "none"].find((word) => word in tree)
  if (op) return { list: tree[op], op, part: tree.where ? read(tree.where) : null }
  const values = tree.value === undefined ? [] : [tree.value].flat().map(String)
  return { field: tree.field, op: tree.op ?? "eq", values }
}

function negated(inner) {
  if (inner.mode === "all" && inner.parts.length > 1) return group(inner.parts, "some")
  if (inner.mode === "any") return group(inner.parts, "none")
  return group([inner], "none")
}

// Null where nothing is asked for.
export function write(one) {
  if (isList(one)) {
    const where = one.part && write(one.part)
    return { [one.op]: one.list, ...(where ? { where } : {}) }
  }
  if (!isGroup(one)) return one.field && { field: one.field, op: one.op, ...(alone(one.op) ? {} : { value: several(one.op) ? one.values : one.values[0] }) }
  const parts = one.parts.map(write).filter(Boolean)
  if (!parts.length) return null
  const word = one.mode === "all" || one.mode === "some" ? "and" : "or"
  const joined = parts.length === 1 ? parts[0] : { [word]: parts }
  return one.mode === "all" || one.mode === "any" ? joined : { not: joined }
}

export function depth(tree) {
  const inner = tree.and ?? tree.or ?? (tree.not && [tree.not]) ?? (tree.where && [tree.where]) ?? []
  return 1 + Math.max(0, ...inner.map(depth))
}

export function count(tree) {
  const inner = tree.and ?? tree.or ?? (tree.not && [tree.not])
  if (inner) return inner.reduce((sum, part) => sum + count(part), 0)
  return 1 + (tree.where ? count(tree.where) : 0)
}

// Pairs of names and values for the address: what one parameter can say is one, the rest is JSON.
export function params(tree) {
  const found = []
  for (const part of tree?.and ?? (tree ? [tree] : [])) {
    const simple = parameter(part)
    if (simple && !found.some(([name]) => name === simple[0][0])) found.push(...simple)
    else found.push(["where", JSON.stringify(part)])
  }
  return found
}

function parameter(part) {
  const listed = ["any", "none"].find((word) => word in part)
  if (listed) return part.where ? null : [[`filter[${part[listed]}][${listed}]`, "true"]]
  if (!part.field || part.op === "between") return null
  const name = `filter[${part.field}]${part.op === "eq" ? "" : `[${part.op}]`}`
  if (alone(part.op)) return [[name, "true"]]
  if (!several(part.op)) return [[name, part.value]]
  return part.value.length > 1 ? part.value.map((value) => [name, value]) : null
}
