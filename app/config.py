"""Settings from the environment (CONTRACT section 2).

`PASAR_ENV=demo` runs with nothing set. `production` refuses to start and names every fault at once. An unknown `PASAR_` name
is an error, because a mistyped secret would otherwise silently be a default.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DATA_KEY_BYTES = 32
SHORTEST_SECRET = 32
GENERATED_SECRETS = "secrets.env"


class ConfigurationFault(Exception):
    """The settings cannot be run with; `faults` has one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PASAR_", env_file=".env", extra="ignore")

    env: Literal["demo", "development", "production"] = "demo"
    regency: str = "64.08"
    database_url: SecretStr | None = None
    data_dir: Path = Path(".data")
    media_url: str | None = None
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: str = ""
    workers: int = 1
    secret_key: SecretStr = SecretStr("")
    data_keys: SecretStr = SecretStr("")
    index_key: SecretStr = SecretStr("")
    meilisearch_url: str | None = None
    meilisearch_key: SecretStr | None = None
    collect_holder: str | None = None
    stripe_secret_key: SecretStr | None = None
    stripe_webhook_secret: SecretStr | None = None
    stripe_api_base: str | None = None
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    metrics_token: SecretStr | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    demo_public: bool = False

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def demo(self) -> bool:
        return self.env == "demo"

    @property
    def sandbox_enabled(self) -> bool:
        """The clickable pretend gateway: never where real people buy."""
        return not self.production

    @property
    def collects(self) -> bool:
        """Whether the platform may take buyers' money at all (D7): always in rehearsal, in production only with a legal holder."""
        return not self.production or bool(self.collect_holder)

    @property
    def stripe_enabled(self) -> bool:
        return self.collects and self.stripe_secret_key is not None

    @property
    def stripe_webhook_secrets(self) -> list[str]:
        """Newest first; two at once while a secret is being rolled."""
        return split(self.stripe_webhook_secret)

    @property
    def media_location(self) -> str:
        return self.media_url or str((self.data_dir / "media").resolve())

    @property
    def https(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    def decoded_data_keys(self) -> dict[str, bytes]:
        """Encryption keys by id, newest first: `id:base64,id:base64`. Raises ValueError when one is malformed."""
        keys: dict[str, bytes] = {}
        for item in split(self.data_keys):
            key_id, _, encoded = item.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error as fault:
                raise ValueError(f"key {key_id!r} is not base64") from fault
            if not key_id or len(key) != DATA_KEY_BYTES:
                raise ValueError(f"key {key_id!r} is not {DATA_KEY_BYTES} bytes with an id")
            keys[key_id] = key
        return keys


def split(value: SecretStr | None) -> list[str]:
    return [part.strip() for part in value.get_secret_value().split(",") if part.strip()] if value else []


def unknown_names(environment: dict[str, str]) -> list[str]:
    """`PASAR_` names that mean nothing here; `PASAR_TEST_*` belongs to the test suite."""
    known = {f"PASAR_{name.upper()}" for name in Settings.model_fields}
    return sorted(
        name
        for name in environment
        if name.startswith("PASAR_") and not name.startswith("PASAR_TEST_") and name not in known
    )


def faults(settings: Settings) -> list[str]:
    """Everything that forbids a start with these settings, one sentence each; empty when all is well."""
    found = key_faults(settings)
    if settings.production:
        found += production_faults(settings)
    return found


def key_faults(settings: Settings) -> list[str]:
    found = []
    for name, value in (("PASAR_SECRET_KEY", settings.secret_key), ("PASAR_INDEX_KEY", settings.index_key)):
        if len(value.get_secret_value()) < SHORTEST_SECRET:
            found.append(f"{name} is missing or shorter than {SHORTEST_SECRET} characters")
    try:
        if not settings.decoded_data_keys():
            found.append("PASAR_DATA_KEYS is missing")
    except ValueError as fault:
        found.append(f"PASAR_DATA_KEYS: {fault}")
    return found


def production_faults(settings: Settings) -> list[str]:
    found = []
    if not settings.https:
        found.append("PASAR_BASE_URL must be an https address")
    if settings.database_url is None:
        found.append("PASAR_DATABASE_URL is missing: the embedded database is not for production")
    if settings.stripe_api_base:
        found.append("PASAR_STRIPE_API_BASE must not be set in production")
    if settings.demo_public:
        found.append("PASAR_DEMO_PUBLIC must not be set in production")
    if settings.stripe_secret_key is not None:
        found += stripe_faults(settings, settings.stripe_secret_key.get_secret_value())
    return found


def stripe_faults(settings: Settings, key: str) -> list[str]:
    found = []
    if not key.startswith(("sk_live_", "rk_live_")):
        found.append("PASAR_STRIPE_SECRET_KEY is not a live key")
    secrets_given = settings.stripe_webhook_secrets
    if not secrets_given or any(
        not secret.startswith("whsec_") or len(secret) < SHORTEST_SECRET for secret in secrets_given
    ):
        found.append("PASAR_STRIPE_WEBHOOK_SECRET is missing or weak")
    if not settings.collect_holder:
        found.append("PASAR_COLLECT_HOLDER is missing: card payment means that the platform holds other people's money")
    return found


def with_generated_secrets(settings: Settings) -> Settings:
    """Outside production, keys nobody set are made once and kept in the data folder (mode 0600), so links and encrypted
    rows outlive a restart."""
    missing = [
        name for name in ("secret_key", "data_keys", "index_key") if not getattr(settings, name).get_secret_value()
    ]
    if settings.production or not missing:
        return settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / GENERATED_SECRETS
    kept = dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}
    for name in missing:
        kept.setdefault(name, fresh_secret(name))
    replace_privately(path, "".join(f"{name}={value}\n" for name, value in kept.items()))
    return settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})


def fresh_secret(name: str) -> str:
    if name == "data_keys":
        return "k1:" + base64.b64encode(secrets.token_bytes(DATA_KEY_BYTES)).decode()
    return secrets.token_urlsafe(48)


def replace_privately(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    draft.replace(path)


def load(environment: dict[str, str] | None = None) -> Settings:
    """Read, complete and check the settings. Raises ConfigurationFault naming every fault at once."""
    names = unknown_names(dict(os.environ) if environment is None else environment)
    settings = with_generated_secrets(Settings())
    found = [f"{name} is not a setting" for name in names] + faults(settings)
    if found:
        raise ConfigurationFault(found)
    return settings


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return load()
