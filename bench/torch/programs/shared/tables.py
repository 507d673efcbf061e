"""Small real tables: the files of the npm package vega-datasets."""
import json
from pathlib import Path

DATA = Path(__file__).parents[4] / "node_modules/vega-datasets/data"


def records(name, columns):
    """The rows of a table that have a value in every one of the columns."""
    rows = json.loads((DATA / f"{name}.json").read_text())
    return [row for row in rows if all(row.get(column) is not None for column in columns)]
