"""Faults that the geometry functions name to their caller."""


class GeoError(ValueError):
    """An input cannot be measured or joined; the message gives the fault, the value and the remedy."""


class BlockCodeError(GeoError):
    """A licence-block code does not follow the published coding rule."""

    def __init__(self, code: str, part: str, value: object, allowed: str) -> None:
        """Keep what is wrong: the code as written, the part at fault, its value and what is allowed there."""
        super().__init__(f"Licence block {code!r}: {part} is {value!r}; allowed: {allowed}.")
        self.code = code
        self.part = part
        self.value = value
        self.allowed = allowed


class SheetNameError(GeoError):
    """A map sheet is named as no sheet of Kazakhstan is."""

    def __init__(self, name: str, part: str, value: object, allowed: str) -> None:
        """Keep what is wrong: the name as written, the part at fault, its value and what is allowed there."""
        super().__init__(f"Map sheet {name!r}: {part} is {value!r}; allowed: {allowed}.")
        self.name = name
        self.part = part
        self.value = value
        self.allowed = allowed
