"""Sends part of schemathesis' requests further: ids of what there is, dates and amounts that can be, a key of their own.

What is random alone ends at the first check, in nearly every case at a 404 or at an Idempotency-Key that was used before.
"""

import json
import os
import random
from collections import Counter
from urllib.parse import urlsplit

import schemathesis

with open(os.environ["TENOR_FUZZ_SCENE"], encoding="utf-8") as file:
    SCENE = json.load(file)

# The rest goes as schemathesis made it.
SENSIBLE = 0.75
# The scene's loans have some months to go, and the clock moves often.
MAX_DAYS = 4
MAX_AMOUNT = 5_000_000

# A currency without decimals, with two, three and six, and one that is none of the scene's: all others are like them. Each value of
# an enumeration would be tried in each operation that takes one.
CURRENCIES = ["USD", "EUR", "JPY", "BHD", "USDC"]

# By the beginning of a path: what its id is of. The longest that fits counts.
PATHS = {
    "/creditpools": "pools",
    "/creditpools/{id}/close": "spare",
    "/members": "members",
    "/products": "products",
    "/loans": "loans",
    "/jobs": "jobs",
    "/repayments/batch": "batches",
    "/ledger/entries": "entries",
    "/webhook-endpoints": "endpoints",
    "/events": "events",
    "/api-keys": "keys",
    "/p2p/v1/loans": "p2pLoans",
    "/p2p/v1/webhooks": "endpoints",
    "/tyche/v1/loans": "tycheLoans",
    "/tyche/v1/loan-products": "tycheProducts",
}
FIELDS = {
    "pool_id": "pools",
    "borrower_id": "members",
    "member_id": "members",
    "owner_id": "members",
    "product_id": "products",
    "loan_id": "loans",
    "endpoint_id": "endpoints",
    "event_id": "events",
    "loanProductId": "tycheProducts",
    "accountHolder": "members",
}
DAYS = {"date", "as_of", "first_due_date", "to", "expires_on"}

DIALECTS = ("/p2p/", "/tyche/")
# Their amounts are in major units, and a random number has too many decimals.
MAJOR_AMOUNTS = [10, 25.5, 50, 100]
WORDS = {"accountHolderType": "clients", "accountNumber": "0123456789", "channel": "sandbox"}

calls = Counter()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    currency = raw_schema["components"]["schemas"].get("Currency", {})
    currency["enum"] = CURRENCIES


@schemathesis.hook
def before_call(context, case, kwargs):
    label = case.operation.label
    calls[label] += 1
    dice = random.Random(f"{label} {calls[label]}")
    if "Idempotency-Key" in case.headers and dice.random() < SENSIBLE:
        case.headers["Idempotency-Key"] = f"{label} {calls[label]}"
    if "If-Match" in case.headers and dice.random() < SENSIBLE:
        case.headers["If-Match"] = "*"
    parts = {}
    name = next((name for name in ("id", "loanId") if name in case.path_parameters), None)
    if name and dice.random() < SENSIBLE:
        case.path_parameters[name] = id_for(case.operation.path, case.method, dice)
        parts = SCENE["partsOf"].get(case.path_parameters[name], {})
    if dice.random() < SENSIBLE:
        case.body = sensible(case.body, parts, dice)
        case.query = sensible(case.query, parts, dice)
        if case.operation.path.startswith(DIALECTS):
            speak(case.body, dice)
    keep_here(case)


def id_for(path, method, dice):
    able = SCENE["loansFor"].get(path.rsplit("/", 1)[-1]) if path.startswith("/loans/") and method != "GET" else None
    if able and dice.random() < SENSIBLE:
        return dice.choice(able)
    start = max((start for start in PATHS if path.startswith(start)), key=len)
    return dice.choice(SCENE["ids"][PATHS[start]])


def sensible(value, parts, dice):
    """A copy of a body or a query, in which fields that are known by their names hold what could be meant."""
    if isinstance(value, list):
        return [sensible(each, parts, dice) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: sensible_field(name, each, parts, dice) for name, each in value.items()}


def sensible_field(name, value, parts, dice):
    if isinstance(value, str):
        if name in parts:
            return parts[name]
        if name in FIELDS:
            return dice.choice(SCENE["ids"][FIELDS[name]])
        if name == "currency":
            return "USD"
        if name in DAYS and "T" not in value:
            return dice.choice(list(SCENE["days"].values()))
    if type(value) is int and name in ("amount", "size"):
        return value % MAX_AMOUNT
    return sensible(value, parts, dice)


def speak(body, dice):
    """Says what dialects have words of their own for."""
    if not isinstance(body, dict):
        return
    if type(body.get("amount")) in (int, float):
        body["amount"] = dice.choice(MAJOR_AMOUNTS)
    for name, word in WORDS.items():
        if isinstance(body.get(name), str):
            body[name] = word


def keep_here(case):
    """Keeps from the network and from the next decades, whatever else is sent."""
    body = case.body
    if not isinstance(body, dict):
        return
    if case.operation.path == "/sandbox/clock/advance":
        if type(body.get("days")) is int:
            body["days"] %= MAX_DAYS
        if isinstance(body.get("to"), str):
            body["to"] = min(body["to"], SCENE["days"]["today"])
    for holder in (body, *nested(body)):
        if isinstance(holder.get("url"), str) and has_host(holder["url"]):
            holder["url"] = SCENE["receiver"]


def nested(value):
    """The objects inside an object, at any depth."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        if isinstance(child, dict):
            yield child
        yield from nested(child)


def has_host(url):
    try:
        return urlsplit(url).hostname is not None
    except ValueError:
        return False
