# What runs, how large and how often.

variable "image_tag" {
  description = "Tag of the image that the services run; null as long as none was pushed, and then no service runs."
  type        = string
  default     = null
}

variable "migrate_image_tag" {
  description = "Tag of the image that migrates; null for image_tag. A deployment sets it first, runs the task, then sets image_tag."
  type        = string
  default     = null
}

variable "settings" {
  description = "Further KITH_* variables of all processes, for example { KITH_API_LIMIT = \"2400\" }; docs/operations.md lists them. Secrets do not belong here."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : startswith(name, "KITH_") && !can(regex("SECRET|PASSWORD|_URL$", name))])
    error_message = "Names begin with KITH_; secrets and addresses are set by other variables."
  }
}

variable "cpu_architecture" {
  description = "Processor for which the image was built: ARM64 or X86_64."
  type        = string
  default     = "ARM64"

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "ARM64 or X86_64."
  }
}

variable "doors" {
  description = "Size of a task of the web and live doors (CPU units, MB), server processes in it (live is always one), and fewest and most tasks."
  type = map(object({
    cpu     = number
    memory  = number
    workers = optional(number)
    fewest  = number
    most    = number
  }))
  default = {
    web  = { cpu = 1024, memory = 2048, workers = 2, fewest = 2, most = 8 }
    live = { cpu = 512, memory = 1024, fewest = 2, most = 4 }
  }

  validation {
    condition     = toset(keys(var.doors)) == toset(["web", "live"])
    error_message = "Both doors, web and live, and no other."
  }

  validation {
    condition     = alltrue([for door in values(var.doors) : door.fewest >= 1 && door.most >= door.fewest])
    error_message = "At least one task, and most not below fewest."
  }
}

variable "workers" {
  description = "Size of a task of each kind of worker (CPU units, MB), its roles, and fewest and most tasks."
  type = map(object({
    roles  = string
    cpu    = number
    memory = number
    fewest = number
    most   = number
  }))
  default = {
    fast  = { roles = "fast", cpu = 512, memory = 1024, fewest = 2, most = 6 }
    bulk  = { roles = "bulk", cpu = 1024, memory = 2048, fewest = 1, most = 4 }
    mail  = { roles = "mail", cpu = 256, memory = 1024, fewest = 1, most = 2 }
    relay = { roles = "relay,schedule", cpu = 256, memory = 1024, fewest = 2, most = 2 }
  }

  validation {
    condition = (
      toset(flatten([for worker in values(var.workers) : split(",", worker.roles)]))
      == toset(["fast", "bulk", "mail", "relay", "schedule"])
    )
    error_message = "Every role has its worker: fast, bulk, mail, relay, schedule."
  }

  validation {
    condition     = alltrue([for worker in values(var.workers) : worker.fewest >= 1 && worker.most >= worker.fewest])
    error_message = "At least one task, and most not below fewest."
  }
}
