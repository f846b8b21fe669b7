# What every environment says about itself.

variable "region" {
  description = "AWS region in which everything is made, for example eu-central-1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like eu-central-1."
  }
}

variable "project" {
  description = "First part of every name."
  type        = string
  default     = "kith"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.project))
    error_message = "2 to 12 lower case letters and digits, a letter first: names of load balancers are short."
  }
}

variable "environment" {
  description = "Second part of every name, for example production or staging."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.environment))
    error_message = "2 to 12 lower case letters and digits, a letter first."
  }
}

variable "base_domain" {
  description = "The base host, for example kith.example.com. Workspaces and portals are its subdomains, so the certificate is for it and for all names one level below."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.base_domain))
    error_message = "A host name without scheme and port, like kith.example.com."
  }
}

variable "hosted_zone_id" {
  description = "Route 53 zone that holds base_domain: the certificate proves itself there and the addresses point to the load balancer."
  type        = string

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "The id of a zone begins with Z."
  }
}

variable "signup" {
  description = "Who may open a workspace: open, invite or closed."
  type        = string
  default     = "open"

  validation {
    condition     = contains(["open", "invite", "closed"], var.signup)
    error_message = "One of open, invite, closed."
  }
}

variable "deletion_protection" {
  description = "Whether database and load balancer refuse to be deleted. Switch it off in an apply of its own before a destroy."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 365

  validation {
    condition     = contains([30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827], var.log_retention_days)
    error_message = "One of the periods that CloudWatch knows, 30 days at least."
  }
}

variable "alarm_email" {
  description = "Who is told of alarms; null for nobody (the topic can be subscribed to later)."
  type        = string
  default     = null
}
