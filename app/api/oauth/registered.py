"""The one authorization server with all that it can do."""

from app.api.oauth.device_grant import DeviceGrant
from app.api.oauth.grants import ClientGrant, CodeGrant, RefreshGrant
from app.api.oauth.proof_key import ProofKey
from app.api.oauth.server import Server

server = Server()
server.register_grant(CodeGrant, [ProofKey()])
server.register_grant(RefreshGrant)
server.register_grant(ClientGrant)
server.register_grant(DeviceGrant)
