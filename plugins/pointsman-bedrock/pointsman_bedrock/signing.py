"""Signature Version 4, by botocore: AWS's own signer, loaded when the first request is signed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from attrs import evolve, frozen
from pointsman import HttpRequest, Secret


@frozen
class Signer:
    """Who signs, and for what.

    Attributes:
        access_key_id: Public half of the key.
        secret: The other half.
        token: Of a session; empty without one.
        region, service: As the credential's scope names them.
    """

    access_key_id: str
    secret: Secret
    token: str
    region: str
    service: str = "bedrock"

    def sign(self, request: HttpRequest) -> HttpRequest:
        """`request` with the headers that sign it, made now; their names are lower-case."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        signed = AWSRequest(
            request.method, request.url, params=dict(request.params), data=request.body or b""
        )
        credentials = Credentials(self.access_key_id, self.secret.reveal(), self.token or None)
        SigV4Auth(credentials, self.service, self.region).add_auth(signed)
        headers = {name.lower(): value for name, value in signed.headers.items()}
        return evolve(request, headers={**request.headers, **headers})
