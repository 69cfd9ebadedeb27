"""Put the catalogue into the peer's database: the same names, texts, prices and stock, one picture a product.

Run by the peer's own Python with the goods on standard input, one JSON object a line.
"""

import json
import os
import sys
from decimal import Decimal
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oscar_shop.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django wants to be set up first
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402
from PIL import Image  # noqa: E402

Product, ProductClass, Category, ProductCategory, ProductImage = (
    get_model("catalogue", name) for name in ("Product", "ProductClass", "Category", "ProductCategory", "ProductImage")
)
Partner, StockRecord = get_model("partner", "Partner"), get_model("partner", "StockRecord")
PICTURES = 40


def fill() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    given = [json.loads(line) for line in sys.stdin]
    goods = [one for one in given if "price_amount" in one]
    if Product.objects.count() >= len(goods):
        return
    with transaction.atomic():
        kinds = categories([one for one in given if "parent" in one])
        put_in(goods, kinds, pictures())
    connection.cursor().execute("ANALYZE")


def categories(rows: list) -> dict:
    made: dict = {}
    for row in rows:
        facts = {"name": row["name"], "slug": row["slug"]}
        parent = made.get(row["parent"])
        made[row["slug"]] = parent.add_child(**facts) if parent else Category.add_root(**facts)
        if parent:
            parent.refresh_from_db()
    return made


def pictures() -> list:
    """Files of pictures, made here: plain colours are enough, since only their addresses stand in a page."""
    folder = Path(settings.MEDIA_ROOT) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"images/{number}.jpg" for number in range(PICTURES)]
    for number, name in enumerate(names):
        Image.new("RGB", (1200, 900), (200, 5 * number, 90)).save(Path(settings.MEDIA_ROOT) / name)
    Image.new("RGB", (300, 300), "white").save(Path(settings.MEDIA_ROOT) / "image_not_found.jpg")
    return names


def put_in(goods: list, kinds: dict, images: list) -> None:
    kind = ProductClass.objects.create(name="Barang", slug="barang", requires_shipping=True, track_stock=True)
    partner = Partner.objects.create(name="Pasar", code="pasar")
    products = Product.objects.bulk_create(
        [
            Product(
                structure="standalone",
                is_public=True,
                upc=str(one["number"]),
                title=one["name"],
                slug=one["slug"],
                description=one["description"],
                product_class=kind,
            )
            for one in goods
        ],
        batch_size=1000,
    )
    pairs = list(zip(products, goods, strict=True))
    ProductCategory.objects.bulk_create(
        [ProductCategory(product=product, category=kinds[one["category"]]) for product, one in pairs], batch_size=1000
    )
    StockRecord.objects.bulk_create(
        [
            StockRecord(
                product=product,
                partner=partner,
                partner_sku=str(one["number"]),
                price_currency="IDR",
                price=Decimal(one["price_amount"]),
                num_in_stock=one["stock"],
                num_allocated=0,
            )
            for product, one in pairs
        ],
        batch_size=1000,
    )
    ProductImage.objects.bulk_create(
        [ProductImage(product=product, original=images[one["number"] % PICTURES]) for product, one in pairs],
        batch_size=1000,
    )


if __name__ == "__main__":
    fill()
