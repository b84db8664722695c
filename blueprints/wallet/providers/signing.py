"""RSA signatures over SHA-256 (PKCS #1 v1.5), which Alipay calls RSA2. The only home of `cryptography`."""

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

PrivateKey = RSAPrivateKey
PublicKey = RSAPublicKey
LEAST_BITS = 2048


class BadKey(ValueError):
    """A key that cannot be used; the message names its file and never its content."""


def read_private_key(path: str) -> RSAPrivateKey:
    """From PEM, or from the bare base64 that Alipay's key tool saves. Raises BadKey."""
    try:
        raw = Path(path).read_bytes().strip()
        if raw.startswith(b"-----BEGIN"):
            key = load_pem_private_key(raw, None)
        else:
            key = load_der_private_key(base64.b64decode(raw), None)
    except (OSError, ValueError, TypeError):
        raise BadKey(f"{path} holds no private key that can be read") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise BadKey(f"{path} must hold an RSA key of {LEAST_BITS} bits or more")
    return key


def read_public_key(path: str) -> RSAPublicKey:
    """Raises BadKey."""
    try:
        raw = Path(path).read_bytes().strip()
        if raw.startswith(b"-----BEGIN"):
            key = load_pem_public_key(raw)
        else:
            key = load_der_public_key(base64.b64decode(raw))
    except (OSError, ValueError):
        raise BadKey(f"{path} holds no public key that can be read") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise BadKey(f"{path} must hold an RSA key of {LEAST_BITS} bits or more")
    return key


def sign(text: str, key: RSAPrivateKey) -> str:
    """The signature in base64."""
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(text: str, signature: str, key: RSAPublicKey) -> bool:
    """Whether the owner of the key's private half signed exactly this."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
