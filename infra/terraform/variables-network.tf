# Addresses, zones, ways in and out.

variable "vpc_cidr" {
  description = "Addresses of the network, a /16 to /20: 16 subnets are cut from it."
  type        = string
  default     = "10.40.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.vpc_cidr)[1]), 32) <= 20
    error_message = "An IPv4 network from /16 to /20."
  }
}

variable "zones" {
  description = "Letters of the availability zones in which the subnets lie; never change their order."
  type        = list(string)
  default     = ["a", "b"]

  validation {
    condition     = contains([2, 3], length(var.zones)) && alltrue([for letter in var.zones : can(regex("^[a-z]$", letter))])
    error_message = "Two or three letters: load balancer and database need two zones."
  }
}

variable "nat_per_zone" {
  description = "A NAT gateway in each zone, instead of one for all: dearer, and a lost zone takes nobody else's way out."
  type        = bool
  default     = false
}

variable "allowed_cidrs" {
  description = "Who may reach the load balancer; the whole world unless the environment is private."
  type        = set(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "IPv4 networks like 203.0.113.0/24."
  }
}

variable "egress_ports" {
  description = "TCP ports to which our processes may connect outside: HTTPS, and those of mail (submission and IMAP)."
  type        = set(string)
  default     = ["443", "465", "587", "143", "993"]

  validation {
    condition     = alltrue([for port in var.egress_ports : try(tonumber(port), 0) >= 1 && try(tonumber(port), 65536) <= 65535])
    error_message = "Port numbers."
  }
}

variable "idle_timeout_seconds" {
  description = "After how many silent seconds the load balancer ends a connection; live streams speak every 15 s or so."
  type        = number
  default     = 300

  validation {
    condition     = var.idle_timeout_seconds >= 60 && var.idle_timeout_seconds <= 4000
    error_message = "60 to 4000."
  }
}

variable "live_paths" {
  description = "Paths of the live streams, which another service answers than the pages."
  type        = list(string)
  default     = ["/live/stream"]

  validation {
    condition     = length(var.live_paths) >= 1 && length(var.live_paths) <= 3
    error_message = "One to three patterns: a rule of the load balancer has five values in all."
  }
}

variable "firewall" {
  description = "Whether AWS's managed web firewall rules and a rate limit stand before the load balancer."
  type        = bool
  default     = true
}

variable "firewall_requests_per_5_minutes" {
  description = "From how many requests in five minutes an address is refused; an office may share one address."
  type        = number
  default     = 10000

  validation {
    condition     = var.firewall_requests_per_5_minutes >= 100
    error_message = "At least 100."
  }
}
