# PostgreSQL: the control database and the first cell in one instance.

resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = [for subnet in aws_subnet.data : subnet.id]
}

resource "aws_db_instance" "main" {
  identifier     = local.name
  engine         = "postgres"
  engine_version = var.database_version
  instance_class = var.database_class
  multi_az       = var.database_standby

  storage_type          = "gp3"
  allocated_storage     = var.database_storage_gb.initial
  max_allocated_storage = var.database_storage_gb.largest
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.main.arn

  # Used by the migrate task alone; AWS makes it, keeps it and changes it.
  username                      = "kith_admin"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = aws_kms_key.main.key_id

  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.data["database"].id]
  parameter_group_name   = aws_db_parameter_group.main.name
  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  publicly_accessible    = false

  iam_database_authentication_enabled = true

  backup_retention_period   = var.database_backup_days
  backup_window             = "01:00-02:00"
  maintenance_window        = "sun:02:30-sun:03:30"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${local.name}-final"

  auto_minor_version_upgrade      = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
  performance_insights_enabled    = true
  performance_insights_kms_key_id = aws_kms_key.main.arn
  monitoring_interval             = 60
  monitoring_role_arn             = aws_iam_role.database_monitoring.arn

  depends_on = [aws_cloudwatch_log_group.database]

  lifecycle {
    # Minor versions come by themselves.
    ignore_changes = [engine_version]
  }
}

resource "aws_iam_role" "database_monitoring" {
  name               = "${local.name}-database-monitoring"
  assume_role_policy = data.aws_iam_policy_document.database_monitoring_trust.json
}

data "aws_iam_policy_document" "database_monitoring_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "database_monitoring" {
  role       = aws_iam_role.database_monitoring.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
