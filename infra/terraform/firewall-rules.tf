# What doors and workers may reach.

locals {
  callers = {
    doors   = aws_security_group.doors.id
    workers = aws_security_group.workers.id
  }
  to_data = {
    for pair in setproduct(keys(local.callers), keys(local.data_ports)) : "${pair[0]}-${pair[1]}" => {
      caller = local.callers[pair[0]]
      store  = aws_security_group.data[pair[1]].id
      port   = local.data_ports[pair[1]]
    }
  }
  to_world = {
    for pair in setproduct(keys(local.callers), var.egress_ports) : "${pair[0]}-${pair[1]}" => {
      caller = local.callers[pair[0]]
      port   = tonumber(pair[1])
    }
  }
}

resource "aws_vpc_security_group_egress_rule" "to_data" {
  for_each = local.to_data

  security_group_id            = each.value.caller
  description                  = "To a store"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = each.value.store
}

resource "aws_vpc_security_group_ingress_rule" "to_data" {
  for_each = local.to_data

  security_group_id            = each.value.store
  description                  = "From our processes"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = each.value.caller
}

resource "aws_vpc_security_group_egress_rule" "to_world" {
  for_each = local.to_world

  security_group_id = each.value.caller
  description       = "To AWS and to mail servers"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = "0.0.0.0/0"
}
