# Before the load balancer, where wanted: AWS's managed rules and a limit per address.

resource "aws_wafv2_web_acl" "main" {
  count = var.firewall ? 1 : 0

  name  = local.name
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "AWSManagedRulesAmazonIpReputationList"
    priority = 1

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesAmazonIpReputationList"
      }
    }

    visibility_config {
      metric_name                = "AWSManagedRulesAmazonIpReputationList"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "AWSManagedRulesKnownBadInputsRuleSet"
    priority = 2

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
      }
    }

    visibility_config {
      metric_name                = "AWSManagedRulesKnownBadInputsRuleSet"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  # Files of up to 25 MB and mails full of HTML are what Kith is for: these rules count, they do not refuse.
  rule {
    name     = "AWSManagedRulesCommonRuleSet"
    priority = 3

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"

        rule_action_override {
          name = "SizeRestrictions_BODY"

          action_to_use {
            count {}
          }
        }

        rule_action_override {
          name = "CrossSiteScripting_BODY"

          action_to_use {
            count {}
          }
        }

        rule_action_override {
          name = "GenericRFI_BODY"

          action_to_use {
            count {}
          }
        }
      }
    }

    visibility_config {
      metric_name                = "AWSManagedRulesCommonRuleSet"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "requests-per-address"
    priority = 4

    action {
      block {
        custom_response {
          response_code = 429
        }
      }
    }

    statement {
      rate_based_statement {
        limit              = var.firewall_requests_per_5_minutes
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      metric_name                = "requests-per-address"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    metric_name                = local.name
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = false
  }
}
