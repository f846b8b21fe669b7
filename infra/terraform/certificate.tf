# One certificate for the base host and every name one level below, and where those names point.

resource "aws_acm_certificate" "main" {
  domain_name               = var.base_domain
  subject_alternative_names = ["*.${var.base_domain}"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # Both names are proven by one and the same record.
  proof = one([for option in aws_acm_certificate.main.domain_validation_options : option if option.domain_name == var.base_domain])
}

resource "aws_route53_record" "proof" {
  zone_id         = var.hosted_zone_id
  name            = local.proof.resource_record_name
  type            = local.proof.resource_record_type
  records         = [local.proof.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "main" {
  certificate_arn         = aws_acm_certificate.main.arn
  validation_record_fqdns = [aws_route53_record.proof.fqdn]
}

resource "aws_route53_record" "hosts" {
  for_each = toset([var.base_domain, "*.${var.base_domain}"])

  zone_id = var.hosted_zone_id
  name    = each.value
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}
