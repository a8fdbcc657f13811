"""Loss against the size of the training set: curves, fits, transition, decay.

Names load on first use, listed in the stub beside this file: who fits one law does not wait for others.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
