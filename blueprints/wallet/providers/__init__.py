"""The payment provider of this site (setting `payments`)."""

from functools import lru_cache

from blueprints.wallet.providers.provider import PaymentProvider
from core import config
from core.config import Config


def connected() -> PaymentProvider | None:
    """The one provider of this site. Raises signing.BadKey when its keys cannot be read."""
    return _connect(config.current())


@lru_cache(maxsize=2)
def _connect(settings: Config) -> PaymentProvider | None:
    if settings.payments == "sandbox":
        from blueprints.wallet.providers.sandbox import Sandbox

        return Sandbox()
    if settings.payments == "alipay":
        from blueprints.wallet.providers.alipay import Alipay, read_account  # a site without it loads no cryptography

        return Alipay(read_account(settings))
    return None
