"""What `make run` says once everything answers: where to go, as whom, on which engines."""

from __future__ import annotations

from rich.markup import escape

from app.cli.terminal import out
from app.config import Settings
from app.embedded import Cluster


def show(settings: Settings, address: str, cluster: Cluster | None) -> None:
    out.print()
    out.print(f"[bold]Pasar Etam[/bold] is running on {escape(address)}")
    for line in engines(settings, cluster):
        out.print(f"  [dim]{escape(line)}[/dim]", soft_wrap=True)
    out.print("  [dim]Ctrl-C stops everything; the data stays.[/dim]")


def engines(settings: Settings, cluster: Cluster | None) -> list[str]:
    """One line per engine in use."""
    money = ["cash on delivery", "bank transfer"]
    if settings.sandbox_enabled:
        money.append("sandbox gateway")
    if settings.stripe_enabled:
        money.append("Stripe")
    return [
        f"database  {f'embedded PostgreSQL in {cluster.home}' if cluster else 'PostgreSQL from PASAR_DATABASE_URL'}",
        f"search    {f'Meilisearch at {settings.meilisearch_url}' if settings.meilisearch_url else 'PostgreSQL'}",
        f"payments  {', '.join(money)}",
        f"messages  inbox{', e-mail' if settings.smtp_url else ''}, WhatsApp desk",
        f"media     {settings.media_location}",
    ]
