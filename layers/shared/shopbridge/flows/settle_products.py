"""What becomes of the products of one shard: unchanged, written, held, failed, or gone from the source."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shopbridge.flows.hold import reason_of
from shopbridge.flows.product_changes import duplicate_sku
from shopbridge.flows.product_entries import MISSING, SETTLED, TAKEN_OFF, Entry, skus_hash, told
from shopbridge.flows.product_job import ProductJob
from shopbridge.flows.product_names import feature_fix
from shopbridge.flows.product_reading import Item
from shopbridge.flows.write_products import Changed, bring
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import ProductOutcome
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import StockRequest
