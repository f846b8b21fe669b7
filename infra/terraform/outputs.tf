# What a deployment and its people need to know.

output "base_url" {
  description = "Where Kith is."
  value       = local.base_url
}

output "image_repository" {
  description = "Where to push images."
  value       = aws_ecr_repository.kith.repository_url
}

output "cluster" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.main.name
}

output "migrate_task" {
  description = "Task definition that migrates, newest revision."
  value       = aws_ecs_task_definition.migrate.arn
}

output "task_network" {
  description = "Network of a task that is run by hand, as aws ecs run-task takes it."
  value = jsonencode({
    awsvpcConfiguration = {
      subnets        = [for subnet in aws_subnet.private : subnet.id]
      securityGroups = [aws_security_group.workers.id]
      assignPublicIp = "DISABLED"
    }
  })
}

output "database_address" {
  description = "Host of PostgreSQL, reachable from inside only."
  value       = aws_db_instance.main.address
}

output "files_bucket" {
  description = "Bucket of the attachments."
  value       = aws_s3_bucket.files.bucket
}

output "secrets" {
  description = "Names of the secrets in Secrets Manager."
  value       = { for key, secret in aws_secretsmanager_secret.main : key => secret.name }
}

output "alarms_topic" {
  description = "Topic that alarms are told to."
  value       = aws_sns_topic.alarms.arn
}
