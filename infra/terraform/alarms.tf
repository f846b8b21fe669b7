# What wakes somebody up: each alarm is a line of a table.

resource "aws_sns_topic" "alarms" {
  name              = "${local.name}-alarms"
  kms_master_key_id = aws_kms_key.main.id
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.alarm_email == null ? toset([]) : toset([var.alarm_email])

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

locals {
  gigabyte = 1024 * 1024 * 1024

  balancer_dimensions = { LoadBalancer = aws_lb.main.arn_suffix }
  database_dimensions = { DBInstanceIdentifier = aws_db_instance.main.identifier }

  alarms = merge(
    {
      errors        = { space = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", statistic = "Sum", sign = ">", limit = 20, minutes = 5, dimensions = local.balancer_dimensions, says = "More than 20 answers in five minutes were errors of ours" }
      slow          = { space = "AWS/ApplicationELB", metric = "TargetResponseTime", statistic = "p95", sign = ">", limit = 1, minutes = 10, dimensions = merge(local.balancer_dimensions, { TargetGroup = aws_lb_target_group.doors["web"].arn_suffix }), says = "One page in twenty takes longer than a second" }
      db-processor  = { space = "AWS/RDS", metric = "CPUUtilization", statistic = "Average", sign = ">", limit = 80, minutes = 15, dimensions = local.database_dimensions, says = "The database is busy" }
      db-memory     = { space = "AWS/RDS", metric = "FreeableMemory", statistic = "Minimum", sign = "<", limit = local.gigabyte / 2, minutes = 10, dimensions = local.database_dimensions, says = "The database runs out of memory" }
      db-disk       = { space = "AWS/RDS", metric = "FreeStorageSpace", statistic = "Minimum", sign = "<", limit = 10 * local.gigabyte, minutes = 10, dimensions = local.database_dimensions, says = "The database has less than 10 GB left" }
      db-connection = { space = "AWS/RDS", metric = "DatabaseConnections", statistic = "Maximum", sign = ">", limit = floor(var.database_connections * 0.8), minutes = 10, dimensions = local.database_dimensions, says = "Four fifths of all database connections are taken" }
    },
    {
      for door in keys(local.doors) : "unhealthy-${door}" => {
        space      = "AWS/ApplicationELB", metric = "UnHealthyHostCount", statistic = "Maximum", sign = ">", limit = 0, minutes = 5
        dimensions = merge(local.balancer_dimensions, { TargetGroup = aws_lb_target_group.doors[door].arn_suffix })
        says       = "A task of ${door} does not answer"
      }
    },
    {
      for member in [for number in [1, 2] : format("%s-%03d", aws_elasticache_replication_group.main.replication_group_id, number)] : "cache-memory-${member}" => {
        space      = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", statistic = "Maximum", sign = ">", limit = 80, minutes = 10
        dimensions = { CacheClusterId = member }
        says       = "Valkey is nearly full; full, it refuses jobs, which then wait in the database"
      }
    },
    {
      for name, service in local.running : "missing-${name}" => {
        space      = "ECS/ContainerInsights", metric = "RunningTaskCount", statistic = "Minimum", sign = "<", limit = service.fewest, minutes = 10
        dimensions = { ClusterName = aws_ecs_cluster.main.name, ServiceName = name }
        says       = "Fewer tasks of ${name} run than should"
      }
    },
  )
  signs = { ">" = "GreaterThanThreshold", "<" = "LessThanThreshold" }
}

resource "aws_cloudwatch_metric_alarm" "main" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.space
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = local.signs[each.value.sign]
  threshold           = each.value.limit
  period              = 60
  evaluation_periods  = each.value.minutes
  datapoints_to_alarm = each.value.minutes
  treat_missing_data  = each.value.space == "ECS/ContainerInsights" ? "breaching" : "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
