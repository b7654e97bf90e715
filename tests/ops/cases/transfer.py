"""Cases of moving arrays between contexts; MXNet's operator cannot be called."""

from tests.ops.cases.case import Case

CASES = (Case("_CrossDeviceCopy", {"data": (2, 3)}, golden=False),)
