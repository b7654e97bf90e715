"""Cases of random numbers, whose values have tests of their own."""

from tests.ops.cases.case import Case


def _drawn(name, shapes=None, **attributes):
    return Case(name, shapes or {}, attributes, golden=False, differentiable=False)


def _like(name, shape, **attributes):
    return _drawn(f"_random_{name}_like", {"data": shape}, **attributes)


CASES = (
    _drawn("_random_uniform", shape=(2, 3)),
    _drawn("_random_uniform", shape=4, low=-1, high=2.5, dtype="float64"),
    _drawn("_random_normal", shape=(2, 3)),
    _drawn("_random_normal", shape=(4,), loc=3, scale=0.5, dtype="float16"),
    _drawn("_random_gamma", shape=(2, 3)),
    _drawn("_random_gamma", shape=(2, 3), alpha=0.5, beta=3, dtype="float64"),
    _drawn("_random_exponential", shape=(2, 3)),
    _drawn("_random_exponential", shape=(2, 3), lam=0.2, dtype="float16"),
    _drawn("_random_poisson", shape=(2, 3)),
    _drawn("_random_poisson", shape=(2, 3), lam=40, dtype="float64"),
    _drawn("_random_poisson", shape=(2, 3), lam=0),
    _drawn("_random_negative_binomial", shape=(2, 3)),
    _drawn("_random_negative_binomial", shape=3, k=4, p=0.3, dtype="float16"),
    _drawn("_random_generalized_negative_binomial", shape=(2, 3)),
    _drawn("_random_generalized_negative_binomial", shape=(2, 3), mu=3, alpha=0),
    _drawn("_random_randint", shape=(2, 3), low=-3, high=4),
    _drawn("_random_randint", shape=4, low=-(2**40), high=2**40, dtype="int64"),
    _like("uniform", (2, 3), low=1, high=2),
    _like("uniform", (0, 3)),
    _like("normal", (2, 3), loc=3),
    _like("gamma", (2, 3), alpha=3),
    _like("exponential", (4,), lam=3),
    _like("poisson", (4, 1), lam=3),
    _like("negative_binomial", (4, 1), k=2, p=0.5),
    _like("generalized_negative_binomial", (4, 1), mu=2, alpha=0.5),
)
