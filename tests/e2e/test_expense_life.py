"""What only HTTP shows of a signed-in user's requests; the rest is the journey."""

from tests.e2e.system import System

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "notes": "Lunch", "date": "2025-06-14"}


def test_pages_follow_one_another_to_the_end(system: System) -> None:
    user = system.demo_user()

    dates, page = [], user.get("/expenses?limit=40").json
    dates += [item["date"] for item in page["items"]]
    while page["next_cursor"]:
        page = user.get(f"/expenses?limit=40&cursor={page['next_cursor']}").json
        dates += [item["date"] for item in page["items"]]

    assert len(dates) > 100
    assert dates == sorted(dates, reverse=True)


def test_head_is_get_without_a_body(system: System) -> None:
    user = system.new_user()
    path = user.post("/expenses", LUNCH).headers["Location"]

    for url in (path, "/expenses", "/expenses?month=Juni", "/health"):
        got, head = user.get(url), user.send("HEAD", url, {})
        assert (head.status, head.headers["Content-Type"], head.headers.get("ETag"), head.text) == (
            got.status,
            got.headers["Content-Type"],
            got.headers.get("ETag"),
            "",
        )


def test_a_web_page_may_read_every_response(system: System) -> None:
    user = system.new_user()

    for path, status in (("/expenses", 200), ("/expenses?month=Juni", 400), ("/nothing", 404)):
        response = user.get(path, Origin="https://app.example")
        assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (status, "*")
