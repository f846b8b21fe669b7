// oauth4webapi, the strict one: each answer of ours is checked step by step, issuer, cache headers and all.
import { createInterface } from "node:readline"
import * as oauth from "oauth4webapi"

const given = JSON.parse(process.argv[2])
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const ask = async (what, url) => { console.log(JSON.stringify({ [what]: url })); return (await lines.next()).value }
const plain = { [oauth.allowInsecureRequests]: true }
const told = {}

const issuer = new URL(given.issuer)
const server = await oauth.processDiscoveryResponse(
  issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...plain }),
)
const app = { client_id: given.native.id }
const proof = oauth.None()
const verifier = oauth.generateRandomCodeVerifier()
const state = oauth.generateRandomState()
const address = new URL(server.authorization_endpoint)
const asked = {
  client_id: app.client_id, redirect_uri: given.back, response_type: "code", scope: "contacts:read", state,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
}
for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value)

const refused = new URL(await ask("refuse", address.href))
try { oauth.validateAuthResponse(server, app, refused, state) } catch (error) { told.refused = error.error }

const allowed = oauth.validateAuthResponse(server, app, new URL(await ask("go", address.href)), state)
const tokens = await oauth.processAuthorizationCodeResponse(
  server, app, await oauth.authorizationCodeGrantRequest(server, app, proof, allowed, given.back, verifier, plain),
)
told.scope = tokens.scope
const renewed = await oauth.processRefreshTokenResponse(
  server, app, await oauth.refreshTokenGrantRequest(server, app, proof, tokens.refresh_token, plain),
)
const resource = new URL(`${given.issuer}/api/v1/contacts?limit=1`)
told.answer = (await oauth.protectedResourceRequest(renewed.access_token, "GET", resource, undefined, undefined, plain)).status
try {
  const again = await oauth.refreshTokenGrantRequest(server, app, proof, tokens.refresh_token, plain)
  await oauth.processRefreshTokenResponse(server, app, again)
} catch (error) { told.again = error.error }
try {
  await oauth.protectedResourceRequest(renewed.access_token, "GET", resource, undefined, undefined, plain)
} catch (error) { told.after = [error.status, error.cause?.[0]?.scheme, error.cause?.[0]?.parameters?.error] }

const own = { client_id: given.server.id }
const basic = oauth.ClientSecretBasic(given.server.secret)
told.own = (await oauth.processClientCredentialsResponse(
  server, own, await oauth.clientCredentialsGrantRequest(server, own, basic, { scope: "contacts:read" }, plain),
)).scope

console.log(JSON.stringify({ done: told }))
process.exit(0)
