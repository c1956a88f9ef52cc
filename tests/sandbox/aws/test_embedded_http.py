"""The HTTP API of a stack on the embedded AWS: payload version two there, every form of answer back."""

import base64
from typing import Any

import httpx
import pytest

from sandbox.aws.embedded import EmbeddedAws


def event(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 202
    found: dict[str, Any] = response.json()
    return found


def test_the_event_is_payload_version_two(http: httpx.Client) -> None:
    got = event(http.post("/greet/ann", json={"a": 1}, headers={"X-Sign": "s", "Cookie": "c=1; d=2"}))
    assert (got["version"], got["routeKey"]) == ("2.0", "POST /greet/{name}")
    assert got["pathParameters"] == {"name": "ann"}
    assert (got["headers"]["x-sign"], got["cookies"]) == ("s", ["c=1", "d=2"])
    assert "cookie" not in got["headers"]
    assert (got["body"], got["isBase64Encoded"]) == ('{"a":1}', False)
    assert got["requestContext"]["http"]["method"] == "POST"
    assert got["requestContext"]["stage"] == "$default"


def test_path_and_query_stay_exactly_as_sent_while_parameters_are_decoded(http: httpx.Client) -> None:
    got = event(http.get("/greet/a%20b/c?shop=%C3%A4%2Fx&shop=y&empty="))
    assert got["rawPath"] == "/greet/a%20b/c"
    assert got["rawQueryString"] == "shop=%C3%A4%2Fx&shop=y&empty="
    assert got["queryStringParameters"] == {"shop": "ä/x,y", "empty": ""}
    assert got["pathParameters"] == {"name": "a b", "word": "c"}
    assert "body" not in got


@pytest.mark.parametrize(
    ("kind", "raw"),
    [("application/octet-stream", b"\x00\xff"), ("application/json", b"\xff{}"), ("", b"plain")],
)
def test_a_body_that_is_not_text_arrives_as_base64(http: httpx.Client, kind: str, raw: bytes) -> None:
    got = event(http.post("/greet/ann", content=raw, headers={"Content-Type": kind}))
    assert got["isBase64Encoded"]
    assert base64.b64decode(got["body"]) == raw


def test_answers_keep_their_status_headers_and_cookies(http: httpx.Client) -> None:
    response = http.post("/greet/ann")
    assert (response.status_code, response.headers["X-Seen"]) == (202, "yes")
    assert response.headers.get_list("Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("result", "status", "content"),
    [
        ({"statusCode": 204}, 204, b""),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}, 200, b"\x00\xff"),
        ({"hello": "world"}, 200, b'{"hello": "world"}'),
    ],
)
def test_every_form_of_answer_is_understood(
    http: httpx.Client, result: dict[str, Any], status: int, content: bytes
) -> None:
    response = http.post("/greet/exactly", json=result)
    assert (response.status_code, response.content) == (status, content)


def test_a_crash_is_an_internal_server_error(http: httpx.Client, aws: EmbeddedAws) -> None:
    response = http.post("/greet/crash")
    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})
    assert isinstance(aws.crashes[0].error, LookupError)


@pytest.mark.parametrize(("method", "path"), [("GET", "/greet/ann"), ("POST", "/greet"), ("POST", "/greet/ann/")])
def test_only_the_templates_routes_exist(http: httpx.Client, method: str, path: str) -> None:
    response = http.request(method, path)
    assert (response.status_code, response.json()) == (404, {"message": "Not Found"})


def test_a_body_over_ten_megabytes_is_refused_before_the_function(http: httpx.Client, aws: EmbeddedAws) -> None:
    response = http.post("/greet/crash", content=bytes(10 * 1024 * 1024 + 1))
    assert response.status_code == 413
    assert not aws.crashes
