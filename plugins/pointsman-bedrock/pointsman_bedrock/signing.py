"""Signature Version 4, by botocore: AWS's own signer, loaded when the first request is signed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from pointsman import Secret


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

    def headers(self, method: str, url: str, params: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers that sign a request made now; names are lower-case."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        request = AWSRequest(method, url, params=dict(params), data=body)
        credentials = Credentials(self.access_key_id, self.secret.reveal(), self.token or None)
        SigV4Auth(credentials, self.service, self.region).add_auth(request)
        return {name.lower(): value for name, value in request.headers.items()}
