# SPDX-License-Identifier: BSD-3-Clause
"""RAPTORS_NUMPY, for programs that cannot be touched: when NumPy has been imported, raptors is, and reads the variable.

raptors-numpy.pth, a line that every start of Python runs, imports this where the variable is set. It stands beside the
package, as importing anything of raptors imports NumPy, which the program may never need.
"""

import sys


class AfterNumPy:
    """A finder that finds what the others find, and goes once NumPy is there."""

    def find_spec(self, name, path=None, target=None):
        if name != "numpy":
            return None
        others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            self._follow(spec.loader)
        return spec

    def _follow(self, loader):
        load = loader.exec_module

        def exec_module(module):
            loader.exec_module = load
            load(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            import_raptors()

        loader.exec_module = exec_module


def import_raptors():
    """The program goes on, whatever comes of it."""
    try:
        import raptors  # noqa: F401 - it reads RAPTORS_NUMPY; where it is importing NumPy itself, it does so at its end
    except Exception as error:
        if sys.stderr is not None:
            print(f"raptors: NumPy is not patched: {type(error).__name__}: {error}", file=sys.stderr)


if "numpy" in sys.modules:
    import_raptors()
else:
    sys.meta_path.insert(0, AfterNumPy())
