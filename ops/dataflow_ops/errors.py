"""What a declaration's rules raise: small, to be given their context by the caller."""


class DeclarationError(ValueError):
    """A call does not fit an operator's declaration."""


class AttributeValueError(DeclarationError):
    """An attribute is unknown, missing or has a value outside its domain."""


class ShapeError(DeclarationError):
    """Shapes contradict one another or an operator's rule."""


class DTypeError(DeclarationError, TypeError):
    """Element types contradict one another or an operator's rule."""
