# Names that several files use.

locals {
  name     = "${var.project}-${var.environment}"
  account  = data.aws_caller_identity.current.account_id
  base_url = "https://${var.base_domain}"

  # The certificates of RDS that the image carries.
  database_tls = "sslmode=verify-full&sslrootcert=/app/rds-ca.pem"

  image    = "${aws_ecr_repository.kith.repository_url}:${coalesce(var.image_tag, "none")}"
  migrates = "${aws_ecr_repository.kith.repository_url}:${coalesce(var.migrate_image_tag, var.image_tag, "none")}"

  port = 8000

  doors = {
    for name, size in var.doors : name => merge(size, {
      command = concat(
        ["serve", "--roles", name, "--host", "0.0.0.0", "--port", tostring(local.port)],
        size.workers == null ? [] : ["--workers", tostring(size.workers)],
      )
    })
  }
  workers = {
    for name, size in var.workers : "work-${name}" => merge(size, { command = ["work", "--roles", size.roles] })
  }
  services = merge(
    { for name, door in local.doors : name => { cpu = door.cpu, memory = door.memory, fewest = door.fewest, most = door.most, command = door.command, door = true } },
    { for name, worker in local.workers : name => { cpu = worker.cpu, memory = worker.memory, fewest = worker.fewest, most = worker.most, command = worker.command, door = false } },
  )
  # Before the first image is pushed there is nothing to run.
  running = var.image_tag == null ? {} : local.services
}
