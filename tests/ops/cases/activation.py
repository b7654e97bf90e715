"""Cases of activations."""

from tests.ops.cases.case import Case

CASES = (
    *(
        Case("Activation", {"data": (3, 4)}, {"act_type": name}, low=-2, high=2)
        for name in ("relu", "sigmoid", "softrelu", "softsign", "tanh")
    ),
    *(
        Case(
            "Activation",
            {"data": (9,)},
            {"act_type": name},
            label=f"{name} saturated",
            fixed={"data": [-200, -100, -20, -3, 0, 3, 20, 100, 200]},
            numeric=False,
        )
        for name in ("relu", "sigmoid", "softrelu", "softsign", "tanh")
    ),
)
