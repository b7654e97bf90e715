"""Records what MXNet 1.9.1's test_utils give, for tests/test_test_utils.py.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_test_utils.py
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import mxnet as mx

from tests import utilities

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    found = {
        "outcomes": {name: utilities.outcome(mx, name) for name in utilities.PAIRS},
        "draw": utilities.draw(mx),
        "tolerances": utilities.tolerances(mx),
        "reductions": utilities.reductions(mx),
    }
    target = Path(__file__).with_name("test_utils.json")
    target.write_text(json.dumps(found) + "\n")
