"""What `make run` says once everything answers: where to go, as whom, on which engines."""

from __future__ import annotations

from rich.markup import escape

from app.cli.demo_data import people
from app.cli.demo_data.people import BUYER, CAST, SELLER
from app.cli.terminal import out
from app.config import Settings
from app.embedded import Cluster

WIDTH = 14


def show(settings: Settings, address: str, cluster: Cluster | None) -> None:
    out.print()
    out.print(f"[bold]Pasar Etam[/bold] is running on {escape(address)}")
    for line in visits(address) if settings.demo else first_steps(address):
        out.print(f"  {escape(line)}", soft_wrap=True)
    out.print()
    for line in engines(settings, cluster):
        out.print(f"  [dim]{escape(line)}[/dim]", soft_wrap=True)
    out.print("  [dim]Ctrl-C stops everything; the data stays.[/dim]")


def visits(address: str) -> list[str]:
    """The addresses a visitor may want, with the demo account for each."""
    told = {SELLER: "orders in every state", BUYER: "orders, and a cart to fill"}
    lines = [
        "",
        f"{'look around':{WIDTH}}{address}/            (no account needed)",
        f"{'statistics':{WIDTH}}{address}/data        (published totals)",
        "",
        f"Sign in at {address}/masuk with the password {people.PASSWORD}:",
    ]
    for part in sorted(CAST, key=lambda part: (part.serial not in (SELLER, BUYER), part.serial)):
        more = f", {told[part.serial]}" if part.serial in told else ""
        lines.append(f"{people.phone(part.serial):{WIDTH}}{address}{part.page:<18} {part.does}{more}")
    return lines


def first_steps(address: str) -> list[str]:
    """Of a system that starts empty."""
    return [
        "",
        f"{'sign in':{WIDTH}}{address}/masuk",
        f"{'sign up':{WIDTH}}{address}/daftar",
        "The first officer:  python -m app accounts create-officer --phone 0812... --role administrator",
    ]


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
