# Who may do what: one role starts tasks, one is the running code's; the migrate task has its own pair.

data "aws_iam_policy_document" "tasks_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

locals {
  # Which secrets each kind of task is started with.
  starters = {
    services = values(aws_secretsmanager_secret.main)[*].arn
    migrate  = concat(values(aws_secretsmanager_secret.main)[*].arn, [aws_db_instance.main.master_user_secret[0].secret_arn])
  }
}

resource "aws_iam_role" "starts" {
  for_each = toset(["services", "migrate"])

  name               = "${local.name}-starts-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.tasks_trust.json
}

resource "aws_iam_role_policy" "starts" {
  for_each = aws_iam_role.starts

  name   = "start"
  role   = each.value.id
  policy = data.aws_iam_policy_document.starts[each.key].json
}

data "aws_iam_policy_document" "starts" {
  # checkov:skip=CKV_AWS_356:ecr:GetAuthorizationToken knows no resource
  for_each = toset(["services", "migrate"])

  statement {
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.kith.arn]
  }

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for group in aws_cloudwatch_log_group.services : "${group.arn}:*"]
  }

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = local.starters[each.key]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "runs" {
  for_each = toset(["services", "migrate"])

  name               = "${local.name}-runs-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.tasks_trust.json
}

# Migrating touches databases alone: its role has no policy at all.
resource "aws_iam_role_policy" "runs_services" {
  name   = "files"
  role   = aws_iam_role.runs["services"].id
  policy = data.aws_iam_policy_document.runs_services.json
}

data "aws_iam_policy_document" "runs_services" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    resources = ["${aws_s3_bucket.files.arn}/*"]
  }

  statement {
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.files.arn]
  }

  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}
