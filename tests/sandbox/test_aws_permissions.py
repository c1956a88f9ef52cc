from typing import Any

import pytest

from sandbox.aws.permissions import Role, needed

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
        ("ssm", "PutParameter", {"Name": "/a/b"}, [("ssm:PutParameter", "parameter/a/b")]),
    ],
)
def test_each_call_needs_the_rights_aws_documents(
    service: str, operation: str, params: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert list(needed(service, operation, params)) == [
        (action, PREFIX.format(service) + rest) for action, rest in expected
    ]


def test_patterns_cover_what_they_match_and_nothing_else() -> None:
    role = Role("F", frozenset({("ssm:Get*", "arn:parameter/x/*/shop"), ("sqs:SendMessage", "arn:q")}))
    assert role.allows("ssm:GetParameters", "arn:parameter/x/one/shop")
    assert not role.allows("ssm:GetParameters", "arn:parameter/x/one/office")
    assert not role.allows("ssm:PutParameter", "arn:parameter/x/one/shop")
    assert not role.allows("sqs:SendMessage", "arn:q2")
