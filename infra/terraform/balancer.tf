# The load balancer: TLS ends here; pages go to the web service, streams to the live service.

resource "aws_lb" "main" {
  # checkov:skip=CKV2_AWS_76:firewall.tf has that rule set; the check does not follow count
  name               = local.name
  load_balancer_type = "application"
  internal           = false
  security_groups    = [aws_security_group.balancer.id]
  subnets            = [for subnet in aws_subnet.public : subnet.id]

  idle_timeout               = var.idle_timeout_seconds
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"
  enable_deletion_protection = var.deletion_protection

  # Kith believes the last address only: the one that the balancer itself adds.
  xff_header_processing_mode = "append"

  access_logs {
    bucket  = aws_s3_bucket.logs.id
    prefix  = "balancer"
    enabled = true
  }

  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_lb_target_group" "doors" {
  # checkov:skip=CKV_AWS_378:TLS ends at the balancer; behind it lies a private network whose groups let nobody else in
  for_each = local.doors

  name        = "${local.name}-${each.key}"
  vpc_id      = aws_vpc.main.id
  target_type = "ip"
  protocol    = "HTTP"
  port        = local.port

  deregistration_delay          = 20
  load_balancing_algorithm_type = "least_outstanding_requests"

  health_check {
    path                = "/healthz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  certificate_arn   = aws_acm_certificate_validation.main.certificate_arn

  # Nothing of ours has another name.
  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "421"
      message_body = "Nothing of Kith lives at this address."
    }
  }
}

resource "aws_lb_listener_rule" "live" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.doors["live"].arn
  }

  condition {
    host_header {
      values = [var.base_domain, "*.${var.base_domain}"]
    }
  }

  condition {
    path_pattern {
      values = var.live_paths
    }
  }
}

resource "aws_lb_listener_rule" "web" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 20

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.doors["web"].arn
  }

  condition {
    host_header {
      values = [var.base_domain, "*.${var.base_domain}"]
    }
  }
}
