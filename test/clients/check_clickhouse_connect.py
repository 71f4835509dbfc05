"""clickhouse-connect on the gateway (or on a server). By hand, since it needs packages from PyPI:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install clickhouse-connect pandas pyarrow
    /tmp/venv/bin/python test/clients/check_clickhouse_connect.py http://127.0.0.1:8123
"""

import datetime as dt
import sys
from urllib.parse import urlparse

import clickhouse_connect
import pandas as pd

DATABASE = "check_clickhouse_connect"
COLUMNS = ["id", "name", "at", "tags", "score"]
UTC = dt.timezone.utc


def connect(url: str, **options):
    where = urlparse(url)
    return clickhouse_connect.get_client(host=where.hostname, port=where.port, **options)


def make_rows(count: int) -> list[list]:
    return [[i, f"n\t'{i}", dt.datetime(2024, 1, 1, tzinfo=UTC), ["a", "b'"], None if i % 2 else i / 3] for i in range(count)]


def check_rows_and_parameters(client) -> None:
    assert client.insert("t", make_rows(10_000), column_names=COLUMNS).written_rows == 10_000
    sql = "SELECT id, name FROM t WHERE id = {id:UInt32} AND has(tags, {tag:String})"
    assert client.query(sql, parameters={"id": 7, "tag": "b'"}).result_rows == [(7, "n\t'7")]
    assert client.query("SELECT count() FROM t WHERE id IN %(ids)s", parameters={"ids": (1, 2, 3)}).first_row == (3,)
    assert client.query("SELECT getSetting('max_threads')", settings={"max_threads": 3}).first_row == (3,)
    with client.query_rows_stream("SELECT number FROM numbers(100000)") as stream:
        assert sum(1 for _ in stream) == 100_000


def check_frames(client) -> None:
    frame = client.query_df("SELECT id, score FROM t ORDER BY id LIMIT 4")
    assert list(frame["id"]) == [0, 1, 2, 3] and pd.isna(frame["score"][1])
    more = {"id": [20_001], "name": ["x"], "at": [pd.Timestamp("2024-01-02", tz="UTC")], "tags": [["q"]], "score": [1.5]}
    assert client.insert_df("t", pd.DataFrame(more)).written_rows == 1
    assert client.query_arrow("SELECT id FROM t ORDER BY id LIMIT 2").to_pydict() == {"id": [0, 1]}
    assert client.raw_insert("t", ["id", "name"], b"50000\tz\n", fmt="TSV").written_rows == 1


def check_session_and_errors(client) -> None:
    client.command("CREATE TEMPORARY TABLE kept (x Int8)")
    client.command("INSERT INTO kept VALUES (3)")
    assert client.query("SELECT * FROM kept").result_rows == [(3,)]
    try:
        client.query("SELECT * FROM nowhere")
        raise AssertionError("a table that is not there was read")
    except clickhouse_connect.driver.exceptions.DatabaseError as error:
        assert "Code: 60" in str(error) and "UNKNOWN_TABLE" in str(error)


def main(url: str) -> None:
    connect(url).command(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    client = connect(url, database=DATABASE)
    client.command("DROP TABLE IF EXISTS t")
    client.command(
        "CREATE TABLE t (id UInt32, name String, at DateTime64(3, 'UTC'), tags Array(String), score Nullable(Float64)) "
        "ENGINE = MergeTree ORDER BY id"
    )
    check_rows_and_parameters(client)
    check_frames(client)
    check_session_and_errors(client)
    for compression in (False, "lz4", "zstd", "gzip"):
        packed = connect(url, database=DATABASE, compress=compression)
        assert packed.insert("t", make_rows(1000), column_names=COLUMNS).written_rows == 1000
        assert len(packed.query("SELECT * FROM t LIMIT 5000").result_rows) == 5000
    client.command(f"DROP DATABASE {DATABASE}")
    print(f"clickhouse-connect {clickhouse_connect.__version__} works with ClickHouse {client.server_version} at {url}")


if __name__ == "__main__":
    main(sys.argv[1])
