"""Rules: one submodel per file, each a chapter: prose and equations, parameters, rules.

All chapters are imported together and in the order of their names, so that the codes of money flows and the order of
parameters do not depend on who imports what first.
"""

import importlib
import pkgutil

for _found in sorted(found.name for found in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_found}")
