# Who may talk to whom: world -> balancer -> doors; doors and workers -> data and the outside; nobody else.

locals {
  data_ports = { database = 5432, cache = 6379 }
}

resource "aws_security_group" "balancer" {
  name        = "${local.name}-balancer"
  description = "The load balancer"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-balancer" }
}

resource "aws_security_group" "doors" {
  name        = "${local.name}-doors"
  description = "Processes that answer requests"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-doors" }
}

resource "aws_security_group" "workers" {
  name        = "${local.name}-workers"
  description = "Processes that nobody connects to"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-workers" }
}

resource "aws_security_group" "data" {
  for_each = local.data_ports

  name        = "${local.name}-${each.key}"
  description = "The ${each.key}"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each = var.allowed_cidrs

  security_group_id = aws_security_group.balancer.id
  description       = "HTTPS"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.value
}

resource "aws_vpc_security_group_ingress_rule" "http" {
  # checkov:skip=CKV_AWS_260:port 80 only answers with the way to https
  for_each = var.allowed_cidrs

  security_group_id = aws_security_group.balancer.id
  description       = "HTTP, which is sent on to HTTPS"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = each.value
}

resource "aws_vpc_security_group_egress_rule" "balancer_to_doors" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "To the doors"
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
  referenced_security_group_id = aws_security_group.doors.id
}

resource "aws_vpc_security_group_ingress_rule" "balancer_to_doors" {
  security_group_id            = aws_security_group.doors.id
  description                  = "From the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
  referenced_security_group_id = aws_security_group.balancer.id
}
