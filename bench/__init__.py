"""How quick the product is, as ratios within one run: beside a bare handler, django-oscar and hand-written SQL."""
