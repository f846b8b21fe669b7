# What runs: two doors behind the balancer, and the workers.

resource "aws_ecs_cluster" "main" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_service" "services" {
  for_each = local.running

  name            = each.key
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.services[each.key].arn
  desired_count   = each.value.fewest
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"

  # The new ones first: a job or a request that two versions see is what migrations allow for.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = each.value.door ? 60 : null

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = [for subnet in aws_subnet.private : subnet.id]
    security_groups  = [each.value.door ? aws_security_group.doors.id : aws_security_group.workers.id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = each.value.door ? [each.key] : []

    content {
      target_group_arn = aws_lb_target_group.doors[load_balancer.value].arn
      container_name   = "kith"
      container_port   = local.port
    }
  }

  depends_on = [
    aws_lb_listener_rule.live,
    aws_lb_listener_rule.web,
    aws_iam_role_policy.starts,
    aws_secretsmanager_secret_version.secret_keys,
    aws_secretsmanager_secret_version.database_url,
    aws_secretsmanager_secret_version.redis_url,
    aws_secretsmanager_secret_version.smtp_url,
  ]

  lifecycle {
    # Autoscaling decides from here on.
    ignore_changes = [desired_count]
  }
}
