// openid-client on its own: discovery, a person's consent, refresh, introspection, revocation, secret alone, device.
import { createInterface } from "node:readline"
import * as client from "openid-client"

const given = JSON.parse(process.argv[2])
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const ask = async (what, url) => { console.log(JSON.stringify({ [what]: url })); return (await lines.next()).value }
const discover = (app, proof) => client.discovery(new URL(given.issuer), app.id, app.secret, proof, {
  algorithm: "oauth2", execute: [client.allowInsecureRequests],
})
const told = {}

const web = await discover(given.web, client.ClientSecretPost(given.web.secret))
const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const address = client.buildAuthorizationUrl(web, {
  redirect_uri: given.back, scope: "contacts:read", state,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
})
const back = new URL(await ask("go", address.href))
const tokens = await client.authorizationCodeGrant(web, back, { pkceCodeVerifier: verifier, expectedState: state })
const renewed = await client.refreshTokenGrant(web, tokens.refresh_token)
told.renewed = renewed.access_token
told.active = (await client.tokenIntrospection(web, renewed.access_token)).active
told.answer = (await client.fetchProtectedResource(
  web, renewed.access_token, new URL(`${given.issuer}/api/v1/contacts?limit=1`), "GET",
)).status
await client.tokenRevocation(web, renewed.refresh_token)
told.after = (await client.tokenIntrospection(web, renewed.access_token)).active

const server = await discover(given.server, client.ClientSecretBasic(given.server.secret))
told.own = (await client.clientCredentialsGrant(server, { scope: "contacts:read" })).scope

const native = await discover(given.native, client.None())
const device = await client.initiateDeviceAuthorization(native, { scope: "contacts:read" })
await ask("device", device.verification_uri_complete)
told.device = (await client.pollDeviceAuthorizationGrant(native, device)).scope

console.log(JSON.stringify({ done: told }))
process.exit(0)
