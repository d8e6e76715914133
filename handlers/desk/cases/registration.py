"""What somebody tells us when she registers a need."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a registration says. Empty words mean not given; phone in international form."""

    needs: tuple[str, ...]
    unit_id: str | None
    place: str
    name: str = ""
    birth_year: int | None = None
    phone: str = ""
    story: str = ""
    work: str = ""
    goods: str = ""
    reach: str = ""
    tongue: str = ""
    for_other: bool = False
    relation: str = ""
    told: str = ""
    helper_name: str = ""
    helper_phone: str = ""
