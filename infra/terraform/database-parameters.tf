# What one schema per tenant asks of PostgreSQL.

locals {
  # These take effect with a restart, the others at once.
  database_restart_parameters = {
    max_connections           = tostring(var.database_connections)
    max_locks_per_transaction = "1024" # dropping a tenant locks some 120 relations, a dump of all of them far more
    autovacuum_max_workers    = "6"    # catalogues of thousands of schemas change with every sign-up
    shared_preload_libraries  = "pg_stat_statements"
    # A tenant is moved by a publication of its schema.
    "rds.logical_replication" = "1"
  }
  database_parameters = {
    autovacuum_naptime = "15"
    jit                = "0"
    # Slow statements and changes of structure are told, the values in them never: they are customers' data.
    log_min_duration_statement          = "1000"
    log_statement                       = "ddl"
    log_parameter_max_length            = "0"
    log_parameter_max_length_on_error   = "0"
    log_lock_waits                      = "1"
    idle_in_transaction_session_timeout = "60000"
  }
}

resource "aws_db_parameter_group" "main" {
  name_prefix = "${local.name}-"
  family      = "postgres18"
  description = "Kith on PostgreSQL 18"

  dynamic "parameter" {
    for_each = local.database_restart_parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }

  # Nobody talks in the clear.
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  dynamic "parameter" {
    for_each = local.database_parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "immediate"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
