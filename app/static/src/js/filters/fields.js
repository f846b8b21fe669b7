// Which fields and lists a condition may be about, from an object with so many relations behind it.
export class Fields {
  constructor({ objects, limits }, words) {
    Object.assign(this, { objects, limits, words })
    this.offers = new Map()
  }

  // Groups of choices for the picker: own fields, lists, then what relations lead to.
  offered(object, steps) {
    const key = `${object} ${steps}`
    if (!this.offers.has(key)) this.offers.set(key, [...this.groups(object, steps)])
    return this.offers.get(key)
  }

  * groups(object, steps) {
    yield { label: "", choices: this.choices(object, "", []) }
    if (steps >= this.limits.steps) return
    const lists = this.objects[object].lists
    if (lists.length) yield { label: this.words.lists, choices: lists.map(([name, label]) => ({ value: `list:${name}`, label })) }
    yield* this.beyond(object, steps, "", [])
  }

  * beyond(object, steps, prefix, labels) {
    const ways = this.objects[object].fields.filter((field) => field.to)
    for (const field of ways) {
      const way = [...labels, field.label]
      yield { label: way.join(" › "), choices: this.choices(field.to, `${prefix}${field.name}.`, way) }
    }
    if (steps + 1 < this.limits.steps) for (const field of ways) yield* this.beyond(field.to, steps + 1, `${prefix}${field.name}.`, [...labels, field.label])
  }

  choices(object, prefix, way) {
    return this.objects[object].fields.map((field) => ({ value: prefix + field.name, label: field.label, full: [...way, field.label].join(" › ") }))
  }

  // The field at the end of a path such as company_id.city, and what it is called from here.
  find(object, path) {
    const way = []
    let here = object
    for (const name of path.split(".").slice(0, -1)) {
      const relation = this.objects[here]?.fields.find((field) => field.name === name)
      if (!relation?.to) return null
      way.push(relation.label)
      here = relation.to
    }
    const field = this.objects[here]?.fields.find((each) => each.name === path.split(".").at(-1))
    return field ? { ...field, full: [...way, field.label].join(" › ") } : null
  }

  list(object, name) {
    const found = this.objects[object]?.lists.find(([each]) => each === name)
    return found ? { label: found[1], object: found[2] } : null
  }
}
