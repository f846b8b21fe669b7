# Where every part writes its log.

resource "aws_cloudwatch_log_group" "network" {
  name              = "/${local.name}/network"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_group" "services" {
  for_each = toset(concat(keys(local.services), ["migrate"]))

  name              = "/${local.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_group" "database" {
  for_each = toset(["postgresql", "upgrade"])

  # RDS writes to groups of these names; made here, they are encrypted and end one day.
  name              = "/aws/rds/instance/${local.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_group" "cache" {
  name              = "/${local.name}/cache"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.main.arn
}
