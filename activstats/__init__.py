"""Statistics of recorded neural-network activations.

The public names, listed in the stub beside this file, load on first use: `import activstats` itself
loads neither torch nor scipy, pandas, matplotlib or pyarrow.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
