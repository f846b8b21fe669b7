# A small environment; copy it, change it, and name it with -var-file.

region         = "eu-central-1"
environment    = "production"
base_domain    = "kith.example.com"
hosted_zone_id = "Z0123456789EXAMPLE"
alarm_email    = "operations@example.com"

# Mail: export TF_VAR_smtp_url='smtps://user:password@mail.example.com:465' (percent-encode user and password).

# A trial of a few companies:
# database_class   = "db.t4g.medium"
# database_standby = false

# Set by infra/deploy:
# image_tag         = "1.0.0"
# migrate_image_tag = "1.0.0"
