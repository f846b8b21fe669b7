# The images; a tag means the same bytes for ever.

resource "aws_ecr_repository" "kith" {
  name                 = local.name
  image_tag_mutability = "IMMUTABLE"

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.main.arn
  }

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "kith" {
  repository = aws_ecr_repository.kith.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Enough to go back"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }
      action       = { type = "expire" }
    }]
  })
}
