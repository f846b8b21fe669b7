# Three rows of subnets: balancers and NAT in public ones, our processes in private ones, data where no way leads out.

locals {
  zones     = { for index, letter in var.zones : "${var.region}${letter}" => index }
  nat_zones = { for zone, index in local.zones : zone => index if var.nat_per_zone || index == 0 }
  nat_of    = { for zone in keys(local.zones) : zone => var.nat_per_zone ? zone : keys(local.nat_zones)[0] }
}

resource "aws_vpc" "main" {
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.name }
}

resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.name}-default-closed" }
}

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, each.value)

  tags = { Name = "${local.name}-public-${each.key}" }
}

resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 4 + each.value)

  tags = { Name = "${local.name}-private-${each.key}" }
}

resource "aws_subnet" "data" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 8 + each.value)

  tags = { Name = "${local.name}-data-${each.key}" }
}
