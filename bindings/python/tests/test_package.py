import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Where maturin and mypy were installed, with a pip.
TOOLS = Path(os.environ.get("ROLLSYNC_PYTHON_TOOLS", "/nonexistent"))

PROGRAM = """
import importlib.metadata, rollsync
from rollsync.compat import librsync
basis, new = bytes(range(256)) * 100, bytes(range(255)) * 100
assert rollsync.patch(basis, rollsync.diff(basis, new), seal_check="required") == new
files = importlib.metadata.files("rollsync")
assert {"rollsync/py.typed", "rollsync/_engine.pyi", "rollsync/_engine.abi3.so"} <= set(map(str, files)), files
wheel = next(file for file in files if file.name == "WHEEL").read_text()
assert "Tag: cp39-abi3-" in wheel, wheel
assert importlib.metadata.version("rollsync") == rollsync.__version__
print(rollsync.__version__)
"""


def run(*arguments, **keywords):
    return subprocess.run(list(map(str, arguments)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **keywords)


@unittest.skipUnless(TOOLS.exists(), "no maturin and mypy: the Python wheel is not built, its types are not checked")
class Package(unittest.TestCase):
    def ran(self, *arguments, **keywords):
        done = run(*arguments, **keywords)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_pip_install(self):
        """What `pip install .` does, build and installation: the wheel is whole, and fits every CPython from 3.9 on."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment["PATH"] = f"{TOOLS / 'bin'}{os.pathsep}{environment['PATH']}"
        pip = (TOOLS / "bin/python", "-m", "pip", "--disable-pip-version-check")
        with tempfile.TemporaryDirectory() as folder:
            # With the tests' profile and what they have built already; nothing is asked of a registry.
            how = ("--no-build-isolation", "--no-deps", "--no-index", "--config-settings=build-args=--profile=dev")
            self.ran(*pip, "wheel", *how, "--wheel-dir", folder, ".", cwd=ROOT, env=environment)
            (wheel,) = Path(folder).glob("*.whl")
            self.ran(sys.executable, "-m", "venv", "--without-pip", Path(folder) / "venv")
            python = Path(folder) / "venv/bin/python"
            self.ran(*pip, "--python", python, "install", "--no-index", wheel, env=environment)
            printed = self.ran(python, "-I", "-c", PROGRAM, cwd=folder, env=environment)
            self.assertRegex(printed, r"^\d+\.\d+\.\d+\n$")

    def test_the_stubs_are_those_of_the_module(self):
        """Every name, parameter and default of the type stubs is that of the module, and the other way round."""
        environment = {**os.environ, "MYPY_CACHE_DIR": os.devnull}
        path = environment["PYTHONPATH"]
        self.ran(TOOLS / "bin/python", "-m", "mypy.stubtest", "rollsync", cwd=path, env=environment)

    def test_the_types_hold(self):
        """The package and the examples have no type errors, under the strictest rules."""
        environment = {**os.environ, "MYPYPATH": os.environ["PYTHONPATH"], "MYPY_CACHE_DIR": os.devnull}
        checked = (ROOT / "examples/upload.py", ROOT / "examples/async_sync.py", ROOT / "tests/typed.py")
        self.ran(TOOLS / "bin/python", "-m", "mypy", "--strict", "-p", "rollsync", cwd=ROOT, env=environment)
        self.ran(TOOLS / "bin/python", "-m", "mypy", "--strict", *checked, cwd=ROOT, env=environment)


class Version(unittest.TestCase):
    def test_it_is_the_crates(self):
        import rollsync

        manifest = (ROOT.parents[1] / "Cargo.toml").read_text()
        self.assertIn(f'version = "{rollsync.__version__}"', manifest)
