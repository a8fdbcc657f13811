"""Laws run where there is neither a picture to draw nor a table to show."""

import subprocess
import sys


def test_laws_fit_and_print_without_tables_pictures_and_files():
    program = """
import sys
from activstats.laws import GrowthLaw
result = GrowthLaw().fit([0, 0, 1, 2, 3, 5, 9, 30], n_samples=60)
result.summary(), result.to_json(), result.predict(100).k
loaded = {"torch", "pandas", "matplotlib", "pyarrow"} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
