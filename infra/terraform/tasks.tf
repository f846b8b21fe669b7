# How every process of ours is started: the same image, another command.

locals {
  settings = merge(var.settings, {
    KITH_BASE_URL        = local.base_url
    KITH_S3_BUCKET       = aws_s3_bucket.files.bucket
    KITH_SIGNUP          = var.signup
    KITH_TRUSTED_PROXIES = var.vpc_cidr
    KITH_DATA_DIR        = "/tmp/kith"
    AWS_DEFAULT_REGION   = var.region
    # Without it addresses of us-east-1 are signed for another host.
    AWS_S3_US_EAST_1_REGIONAL_ENDPOINT = "regional"
  })
  secret_settings = {
    KITH_SECRET_KEYS  = aws_secretsmanager_secret.main["secret-keys"].arn
    KITH_DATABASE_URL = aws_secretsmanager_secret.main["database-url"].arn
    KITH_REDIS_URL    = aws_secretsmanager_secret.main["redis-url"].arn
    KITH_SMTP_URL     = aws_secretsmanager_secret.main["smtp-url"].arn
  }

  # What all containers have alike.
  container = {
    name                   = "kith"
    essential              = true
    readonlyRootFilesystem = true
    environment            = [for name in sort(keys(local.settings)) : { name = name, value = local.settings[name] }]
    secrets                = [for name in sort(keys(local.secret_settings)) : { name = name, valueFrom = local.secret_settings[name] }]
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    linuxParameters        = { initProcessEnabled = true }
    stopTimeout            = 30
  }
  log_options = {
    for name, group in aws_cloudwatch_log_group.services : name => {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = group.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = name
        # An event begins with its level; what follows without one is its traceback.
        "awslogs-multiline-pattern" = "^(DEBUG|INFO|WARNING|ERROR|CRITICAL|\\[)"
      }
    }
  }
}

resource "aws_ecs_task_definition" "services" {
  for_each = local.services

  family                   = "${local.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.starts["services"].arn
  task_role_arn            = aws_iam_role.runs["services"].arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([merge(local.container, {
    image            = local.image
    command          = each.value.command
    logConfiguration = local.log_options[each.key]
    portMappings     = each.value.door ? [{ containerPort = local.port, protocol = "tcp" }] : []
  })])
}

resource "aws_ecs_task_definition" "migrate" {
  family                   = "${local.name}-migrate"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048
  execution_role_arn       = aws_iam_role.starts["migrate"].arn
  task_role_arn            = aws_iam_role.runs["migrate"].arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([merge(local.container, {
    image            = local.migrates
    command          = ["migrate"]
    logConfiguration = local.log_options["migrate"]

    # The address lacks the password: libpq takes it from PGPASSWORD, which AWS changes as it likes.
    environment = concat(local.container.environment, [{
      name  = "KITH_ADMIN_DATABASE_URL"
      value = "postgresql://${aws_db_instance.main.username}@${aws_db_instance.main.address}:${aws_db_instance.main.port}/postgres?${local.database_tls}"
    }])
    secrets = concat(local.container.secrets, [{
      name      = "PGPASSWORD"
      valueFrom = "${aws_db_instance.main.master_user_secret[0].secret_arn}:password::"
    }])
  })])
}
