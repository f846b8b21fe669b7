# Valkey: jobs under way, limits, signals. Whatever it holds may be lost.

ephemeral "aws_secretsmanager_random_password" "cache" {
  password_length     = 48
  exclude_punctuation = true
}

resource "aws_elasticache_subnet_group" "main" {
  name       = local.name
  subnet_ids = [for subnet in aws_subnet.data : subnet.id]
}

resource "aws_elasticache_parameter_group" "main" {
  name        = local.name
  family      = "valkey8"
  description = "Full is an error, not a reason to forget jobs"

  parameter {
    name  = "maxmemory-policy"
    value = "noeviction"
  }
}

resource "aws_elasticache_replication_group" "main" {
  # checkov:skip=CKV_AWS_31:it has a token, by the write-only argument
  replication_group_id = local.name
  description          = "Kith: jobs under way, limits, signals"
  engine               = "valkey"
  engine_version       = var.cache_version
  node_type            = var.cache_class
  parameter_group_name = aws_elasticache_parameter_group.main.name

  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true

  subnet_group_name  = aws_elasticache_subnet_group.main.name
  security_group_ids = [aws_security_group.data["cache"].id]

  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.main.arn
  transit_encryption_enabled = true
  auth_token_wo              = ephemeral.aws_secretsmanager_random_password.cache.random_password
  auth_token_wo_version      = var.cache_token_version
  auth_token_update_strategy = "ROTATE"

  auto_minor_version_upgrade = true
  maintenance_window         = "sun:03:30-sun:04:30"

  log_delivery_configuration {
    destination      = aws_cloudwatch_log_group.cache.name
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "slow-log"
  }
}
