"""Running field rules; what a rule means is told in rules.py."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from shopbridge.errors import Held
from shopbridge.mapping.converters import CONVERTERS, ConversionError, ConverterName
from shopbridge.mapping.expressions import Expression, ExpressionError, compile_expression, is_true
from shopbridge.mapping.rules import FieldRule, TargetField
from shopbridge.mapping.validation import BadSettings, RuleProblem, nearest

ROW = "[]."
"""Between a list's path and the field in each of its rows: ``orderrows[].memo``."""

LONGEST_SHOWN, SHOWN = 24, 12
"""Characters of a value whose form an error shows whole, and of a longer one."""


@dataclass(frozen=True)
class Subject:
    """What a set of rules is about.

    Attributes:
        name: What expressions call the document.
        row: What they call the part that a row of the target stems from; the document has them under ``rows``.
        known_by: The document's field that people know it by.
        target: The system that has the fields.
        repair: What to do about a value that no rule can use.
    """

    name: str
    row: str
    rows: str
    known_by: str
    target: str
    repair: str


ORDER = Subject(
    name="order",
    row="line",
    rows="lines",
    known_by="number",
    target="back office",
    repair="Correct the value in the shop, or the rule's convert, default or when; then resend the order.",
)
PRODUCT = Subject(
    name="product",
    row="variant",
    rows="variants",
    known_by="sku",
    target="target",
    repair="Correct the value at the source, or the rule's convert, default or when; the next run tries again.",
)


@dataclass(frozen=True)
class CompiledRule:
    """A rule that was found sound, ready to run; ``number`` is its place in the settings, from 1."""

    subject: Subject
    number: int
    rule: FieldRule
    field: TargetField
    source: Expression
    when: Expression | None

    @property
    def name(self) -> str:
        """What people call it."""
        return _name(self.number, self.rule)


def compile_rules(
    rules: Sequence[FieldRule], targets: Mapping[str, TargetField], subject: Subject = ORDER
) -> tuple[CompiledRule, ...]:
    """Check rules against the target's fields and make them ready to run.

    Raises:
        BadSettings: Names every problem of every rule.
    """
    problems = [
        RuleProblem(_name(number, rule), what, fix)
        for number, rule in enumerate(rules, 1)
        for what, fix in _faults(rule, rules[: number - 1], targets, subject)
    ]
    if problems:
        raise BadSettings(problems)
    return tuple(_compile(subject, number, rule, targets[rule.target]) for number, rule in enumerate(rules, 1))


def apply_rules(
    compiled: Sequence[CompiledRule],
    payload: Mapping[str, Any],
    document: Mapping[str, Any],
    *,
    source_of_row: Sequence[int | None],
) -> dict[str, Any]:
    """Return a new payload with the rules applied.

    Args:
        compiled: From ``compile_rules``.
        payload: The target's document as the standard mapping made it; it is left as it is.
        document: The order or product as plain data (``as_document``); its ``lines`` or ``variants`` are what row rules
            see as ``line`` or ``variant``.
        source_of_row: For each row of the payload the index of its line or variant; None for a row without one
            (shipping costs and such), which row rules pass over.

    Raises:
        Held: A rule cannot use a value (code ``rule_failed``); names rule and value.
    """
    result = deepcopy(dict(payload))
    for path, rules in _by_target(compiled).items():
        rows, is_row, leaf = path.rpartition(ROW)
        if not is_row:
            _write(result, leaf, _first_value(rules, _seen(rules[0].subject, document)))
            continue
        for row, source in zip(_rows(result, rows), source_of_row, strict=True):
            if source is not None:
                _write(row, leaf, _first_value(rules, _seen(rules[0].subject, document, source)))
    return result


def read_by_rules(compiled: Sequence[CompiledRule], document: Mapping[str, Any]) -> list[Any]:
    """Return all that rules read of a document, row by row: while it stays the same, so does what they write."""
    return [
        _read(expression, seen)
        for rule in compiled
        for seen in _documents(rule, document)
        for expression in filter(None, (rule.source, rule.when))
    ]


def check_rules(
    rules: Sequence[FieldRule],
    targets: Mapping[str, TargetField],
    sample: Mapping[str, Any],
    subject: Subject = ORDER,
) -> None:
    """Check rules on save: all that ``compile_rules`` checks, then a dry run against a sample.

    Args:
        rules: The merchant's rules.
        targets: The target's fields by path.
        sample: A whole order or product as plain data. A name that it lacks is a typing error, but for the fields that
            differ from shop to shop.

    Raises:
        BadSettings: Names every problem found.
    """
    problems = [problem for rule in compile_rules(rules, targets, subject) for problem in _dry_run(rule, sample)]
    if problems:
        raise BadSettings(list(dict.fromkeys(problems)))


# --- checking -------------------------------------------------------------------------------------------------------

Fault = tuple[str, str]
"""What is wrong, and what to do."""

_GIVES_ALSO = {"text": {"integer", "decimal", "date"}, "decimal": {"integer"}}
"""Which other types a field of a type takes as they are."""


def _name(number: int, rule: FieldRule) -> str:
    return f"field rule {number} ({rule.target})"


def _compile(subject: Subject, number: int, rule: FieldRule, field: TargetField) -> CompiledRule:
    when = compile_expression(rule.when) if rule.when else None
    return CompiledRule(subject, number, rule, field, compile_expression(rule.source), when)


def _faults(
    rule: FieldRule, earlier: Sequence[FieldRule], targets: Mapping[str, TargetField], subject: Subject
) -> Iterator[Fault]:
    field = targets.get(rule.target)
    if field:
        yield from _type_faults(rule, field)
    else:
        yield f"The {subject.target} has no such field", _nearest(rule.target, targets)
    roots = (subject.name, subject.row) if ROW in rule.target else (subject.name,)
    yield from _expression_faults("source", rule.source, roots)
    if rule.when:
        yield from _expression_faults("when", rule.when, roots)
    if any(other.target == rule.target and other.when in {"", rule.when} for other in earlier):
        advice = "Remove one, or give the earlier one a condition; `a || b` takes the first value that is there."
        yield "An earlier rule always fills this field first", advice


def _nearest(target: str, targets: Mapping[str, TargetField]) -> str:
    close = nearest(target, targets)
    return f"Did you mean {close}?" if close else f"Choose one of: {', '.join(sorted(targets))}."


def _type_faults(rule: FieldRule, field: TargetField) -> Iterator[Fault]:
    gives = CONVERTERS[rule.convert[-1]].gives if rule.convert else field.type
    if gives != field.type and gives not in _GIVES_ALSO.get(field.type, set()):
        what = f"The converter {rule.convert[-1]} gives {gives}, the field takes {field.type}"
        yield what, f"Let the converters end with {field.type}, or choose another one."
    try:
        _fit(rule.default, field)
    except ConversionError as error:
        yield f"The default {error}", f"Write a default that the field takes: {field.type}."


def _expression_faults(setting: str, text: str, roots: Sequence[str]) -> Iterator[Fault]:
    try:
        unknown = compile_expression(text).unknown_names(dict.fromkeys(roots))
    except ExpressionError as error:
        yield f"The expression in {setting} is wrong: {error}", "Correct it; jmespath.org explains the language."
        return
    for name in unknown:
        yield f"{setting} reads {name!r}, which is not there", f"Begin names with {' or '.join(roots)}."


def _dry_run(rule: CompiledRule, sample: Mapping[str, Any]) -> Iterator[RuleProblem]:
    for document in _documents(rule, sample):
        for expression in filter(None, (rule.source, rule.when)):
            for name in expression.unknown_names(document):
                what = f"The sample {rule.subject.name} has no {name}"
                yield RuleProblem(rule.name, what, f"Correct the name {name}.")
        try:
            _value(rule, document)
        except Held as error:
            yield RuleProblem(rule.name, error.what, "Change source, convert, default or when of the rule.")


# --- running --------------------------------------------------------------------------------------------------------


def _seen(subject: Subject, document: Mapping[str, Any], row: int | None = None) -> dict[str, Any]:
    """What expressions see: the whole, and for a row the part that it stems from."""
    whole = {subject.name: document}
    return whole if row is None else {**whole, subject.row: document[subject.rows][row]}


def _documents(rule: CompiledRule, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    if ROW in rule.rule.target:
        return [_seen(rule.subject, document, row) for row in range(len(document[rule.subject.rows]))]
    return [_seen(rule.subject, document)]


def _read(expression: Expression, seen: Mapping[str, Any]) -> Any:
    try:
        return expression.search(seen)
    except ExpressionError as error:
        return str(error)


def _by_target(compiled: Sequence[CompiledRule]) -> dict[str, list[CompiledRule]]:
    groups: dict[str, list[CompiledRule]] = {}
    for rule in compiled:
        groups.setdefault(rule.rule.target, []).append(rule)
    return groups


def _first_value(rules: Sequence[CompiledRule], document: Mapping[str, Any]) -> Any:
    values = (_value(rule, document) for rule in rules)
    return next((value for value in values if value is not None), None)


def _value(rule: CompiledRule, document: Mapping[str, Any]) -> Any:
    """Return what the rule writes, None if it does not apply."""
    found: Any = None
    try:
        if rule.when and not is_true(rule.when.search(document)):
            return None
        found = rule.source.search(document)
        return _fit(rule.rule.default, rule.field) if _is_empty(found) else _converted(rule, found)
    except ExpressionError as error:
        raise _held(rule, f"the expression fails: {error}", document) from error
    except ConversionError as error:
        raise _held(rule, f"the value of the form {_form(found)} {error}", document) from error


def _converted(rule: CompiledRule, value: Any) -> Any:
    for name in rule.rule.convert:
        value = CONVERTERS[name].run(value)
        if value is None:
            break
    if _is_empty(value) and rule.rule.default is not None:
        value = rule.rule.default
    if value is None:
        raise ConversionError("gives nothing, and the rule has no default")
    return _fit(value, rule.field)


def _fit(value: Any, field: TargetField) -> Any:
    """Make the field's own type; None stays None."""
    if value is None:
        return None
    fitted = CONVERTERS[ConverterName(field.type)].run(value)
    if field.required and _is_empty(fitted):
        raise ConversionError("is blank, and the field needs a value")
    return fitted[: field.max_length] if isinstance(fitted, str) else fitted


def _is_empty(value: Any) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def _held(rule: CompiledRule, reason: str, document: Mapping[str, Any]) -> Held:
    subject = rule.subject
    known_by = document[subject.name].get(subject.known_by, "")
    return Held(
        f"The {rule.name} cannot be applied: {reason}",
        code="rule_failed",
        where=f"{subject.name} {known_by}" if known_by else "",
        fix=subject.repair,
    )


def _form(value: Any) -> str:
    """What a value looks like, letters as x and digits as 9: it may be a name or a number of the buyer's."""
    text = str(value) if isinstance(value, bool) else re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", str(value)))
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[:SHOWN]}…")


def _rows(payload: dict[str, Any], path: str) -> list[dict[str, Any]]:
    node: Any = payload
    for key in path.split("."):
        node = node.get(key) or {}
    return list(node)


def _write(node: dict[str, Any], path: str, value: Any) -> None:
    """Set a dotted path, with the dictionaries on the way; None writes nothing."""
    if value is None:
        return
    *parents, leaf = path.split(".")
    for key in parents:
        if node.get(key) is None:
            node[key] = {}
        node = node[key]
    node[leaf] = value
