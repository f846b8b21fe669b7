# What only our processes may read. Values are written, never read back: none is in the state.

locals {
  secrets = {
    "secret-keys"  = "Signs and seals; several with commas between, the newest first"
    "database-url" = "The control database as its owner"
    "redis-url"    = "Valkey with its password"
    "smtp-url"     = "Where mail goes"
  }
}

ephemeral "aws_secretsmanager_random_password" "database" {
  password_length     = 48
  exclude_punctuation = true
}

ephemeral "aws_secretsmanager_random_password" "secret_key" {
  password_length     = 64
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "main" {
  # checkov:skip=CKV2_AWS_57:rotated by raising a version here (docs/operations.md), since the other side has to change with it
  for_each = local.secrets

  name                    = "${local.name}/${each.key}"
  description             = each.value
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "secret_keys" {
  secret_id                = aws_secretsmanager_secret.main["secret-keys"].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.secret_key.random_password
  secret_string_wo_version = 1

  lifecycle {
    # Only the first key comes from here. Losing one that sealed something is losing what it sealed.
    prevent_destroy = true
    ignore_changes  = all
  }
}

resource "aws_secretsmanager_secret_version" "database_url" {
  secret_id                = aws_secretsmanager_secret.main["database-url"].id
  secret_string_wo         = "postgresql://kith_owner:${ephemeral.aws_secretsmanager_random_password.database.random_password}@${aws_db_instance.main.address}:${aws_db_instance.main.port}/kith?${local.database_tls}"
  secret_string_wo_version = var.database_password_version
}

resource "aws_secretsmanager_secret_version" "redis_url" {
  secret_id                = aws_secretsmanager_secret.main["redis-url"].id
  secret_string_wo         = "rediss://:${ephemeral.aws_secretsmanager_random_password.cache.random_password}@${aws_elasticache_replication_group.main.primary_endpoint_address}:6379/0"
  secret_string_wo_version = var.cache_token_version
}

resource "aws_secretsmanager_secret_version" "smtp_url" {
  secret_id                = aws_secretsmanager_secret.main["smtp-url"].id
  secret_string_wo         = var.smtp_url
  secret_string_wo_version = var.smtp_url_version
}
