"""Laws of counts and curves: arrays in, frozen results out.

Names load on first use, listed in the stub beside this file: who fits one law does not wait for others.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
