# PostgreSQL, Valkey, S3, mail.

variable "database_version" {
  description = "Version of PostgreSQL: 18 or a minor version of it."
  type        = string
  default     = "18"

  validation {
    condition     = can(regex("^18(\\.[0-9]+)?$", var.database_version))
    error_message = "18 or 18.x: keys are made by its uuidv7()."
  }
}

variable "database_class" {
  description = "Size of the database. Each (tenant, table) that a connection meets costs about 30 kB there, so memory is what counts."
  type        = string
  default     = "db.m7g.large"

  validation {
    condition     = startswith(var.database_class, "db.")
    error_message = "A class like db.m7g.large."
  }
}

variable "database_storage_gb" {
  description = "Disk of the database at first, and how far it may grow by itself."
  type        = object({ initial = number, largest = number })
  default     = { initial = 100, largest = 1000 }

  validation {
    condition     = var.database_storage_gb.initial >= 20 && var.database_storage_gb.largest > var.database_storage_gb.initial
    error_message = "At least 20, and largest beyond initial."
  }
}

variable "database_standby" {
  description = "A standby in another zone that takes over within a minute or two."
  type        = bool
  default     = true
}

variable "database_connections" {
  description = "max_connections. A process holds up to 8 for each bucket of 100 tenants, and a few for the control database."
  type        = number
  default     = 400

  validation {
    condition     = var.database_connections >= 100 && var.database_connections <= 5000
    error_message = "100 to 5000."
  }
}

variable "database_backup_days" {
  description = "Days over which the database can be set back to any second."
  type        = number
  default     = 14

  validation {
    condition     = var.database_backup_days >= 7 && var.database_backup_days <= 35
    error_message = "7 to 35."
  }
}

variable "database_password_version" {
  description = "Raise by one to give Kith's own database login another password; then migrate and deploy."
  type        = number
  default     = 1
}

variable "cache_version" {
  description = "Version of Valkey."
  type        = string
  default     = "8.1"

  validation {
    condition     = can(regex("^8\\.[0-9]+$", var.cache_version))
    error_message = "8.x."
  }
}

variable "cache_class" {
  description = "Size of a Valkey node; it holds only what may be lost."
  type        = string
  default     = "cache.t4g.small"

  validation {
    condition     = startswith(var.cache_class, "cache.")
    error_message = "A class like cache.t4g.small."
  }
}

variable "cache_token_version" {
  description = "Raise by one to give Valkey another password; then deploy."
  type        = number
  default     = 1
}

variable "noncurrent_days" {
  description = "Days after which a deleted or replaced file is gone from S3 for good."
  type        = number
  default     = 35

  validation {
    condition     = var.noncurrent_days >= 1
    error_message = "At least 1; as many as database_backup_days, or a restored database refers to files that are gone."
  }
}

variable "smtp_url" {
  description = "Where mail goes: smtps://user:password@host:465 or smtp://host:587. Needed when it is first applied and when smtp_url_version rises; it is not kept in the state."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "smtp_url_version" {
  description = "Raise by one to have smtp_url written again."
  type        = number
  default     = 1
}
