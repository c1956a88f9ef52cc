from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.aws.permissions import Role, acting, enforced, needed

PREFIX = "arn:aws:{}:eu-central-1:123456789012:"


@pytest.mark.parametrize(
    ("service", "operation", "params", "expected"),
    [
        ("dynamodb", "PutItem", {"TableName": "t"}, [("dynamodb:PutItem", "table/t")]),
        ("dynamodb", "Query", {"TableName": "t", "IndexName": "i"}, [("dynamodb:Query", "table/t/index/i")]),
        (
            "dynamodb",
            "BatchGetItem",
            {"RequestItems": {"a": 1, "b": 1}},
            [("dynamodb:BatchGetItem", "table/a"), ("dynamodb:BatchGetItem", "table/b")],
        ),
        (
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "a"}}, {"ConditionCheck": {"TableName": "b"}}]},
            [("dynamodb:PutItem", "table/a"), ("dynamodb:ConditionCheckItem", "table/b")],
        ),
        ("sqs", "SendMessageBatch", {"QueueUrl": "https://x/1/q"}, [("sqs:SendMessage", "q")]),
        (
            "ssm",
            "GetParameters",
            {"Names": ["/a/b", "/a/c"]},
            [("ssm:GetParameters", "parameter/a/b"), ("ssm:GetParameters", "parameter/a/c")],
        ),
        ("sesv2", "SendEmail", {"FromEmailAddress": "a@b.example"}, [("ses:SendEmail", "identity/b.example")]),
        ("sesv2", "GetEmailIdentity", {"EmailIdentity": "b.example"}, [("ses:GetEmailIdentity", "identity/b.example")]),
        ("ssm", "PutParameter", {"Name": "/a/b"}, [("ssm:PutParameter", "parameter/a/b")]),
    ],
)
def test_each_call_needs_the_rights_aws_documents(
    service: str, operation: str, params: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert list(needed(service, operation, params)) == [
        (action, PREFIX.format(service.removesuffix("v2")) + rest) for action, rest in expected
    ]


def test_what_a_role_was_used_for_is_kept_and_what_it_never_did_shows() -> None:
    granted = frozenset({("ssm:GetParameters", "arn:x/*"), ("sqs:SendMessage", "arn:q"), ("sqs:SendMessage", "arn:r")})
    role = Role("F", granted)
    assert role.allows("ssm:GetParameters", "arn:x/one")
    assert role.allows("sqs:SendMessage", "arn:q")
    assert not role.allows("sqs:SendMessage", "arn:s")
    assert role.unused == {("sqs:SendMessage", "arn:r")}


def test_threads_that_a_handler_starts_act_with_its_role() -> None:
    role = Role("F", frozenset())
    with enforced(), ThreadPoolExecutor(1) as pool:
        token = acting.set(role)
        try:
            assert pool.submit(acting.get).result() is role
        finally:
            acting.reset(token)
        assert pool.submit(acting.get).result() is None


def test_patterns_cover_what_they_match_and_nothing_else() -> None:
    role = Role("F", frozenset({("ssm:Get*", "arn:parameter/x/*/shop"), ("sqs:SendMessage", "arn:q")}))
    assert role.allows("ssm:GetParameters", "arn:parameter/x/one/shop")
    assert not role.allows("ssm:GetParameters", "arn:parameter/x/one/office")
    assert not role.allows("ssm:PutParameter", "arn:parameter/x/one/shop")
    assert not role.allows("sqs:SendMessage", "arn:q2")
