"""The account as an official set it up in Zalo's console, and what Zalo lets it do."""

from dataclasses import dataclass, field

from fakes.wire import Json

OA_ID, APP_ID = "3885000000000000002", "1234567890123456789"
APP_SECRET = "fake-app-secret-of-the-kit-01"
SECRET_KEY = "fake-oa-secret-key-of-the-kit-02"


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template. params: how many letters each may have; by_uid, by_phone: how it may be sent."""

    id: str
    params: dict[str, int]
    by_uid: bool = True
    by_phone: bool = True
    approved: bool = True


@dataclass(slots=True)
class Account:
    """One Official Account and its app.

    proof_required: the console's switch "require app secret proof". buttons_refused: the code that a message with
    buttons gets, 0 to take them. standing: the code that every call gets, as of a disabled account, 0 for none.
    package_left: messages that the package pays for; out_of_money: what costs is refused with -321. echoes, receipts:
    whether these events come. oaid: getoa writes `oaid` for `oa_id`.
    """

    oa_id: str = OA_ID
    app_id: str = APP_ID
    app_secret: str = APP_SECRET
    secret_key: str = SECRET_KEY
    name: str = "Chung Tay (mẫu)"
    callback: str = ""
    proof_required: bool = False
    buttons_refused: int = 0
    standing: int = 0
    package_left: int = 0
    package_total: int = 0
    template_quota: int = 500
    out_of_money: bool = False
    echoes: bool = True
    receipts: bool = True
    oaid: bool = False
    templates: dict[str, Template] = field(default_factory=dict)

    def add_template(self, template: Template) -> None:
        """Have a template approved."""
        self.templates[template.id] = template

    def about(self, followers: int) -> Json:
        """What getoa answers."""
        return {
            "oaid" if self.oaid else "oa_id": self.oa_id,
            "name": self.name,
            "is_verified": True,
            "oa_type": 4,
            "num_follower": followers,
            "package_name": "Growth",
            "package_valid_through_date": "31/12/2099",
            "linked_ZCA": "ZCA (mẫu)",
        }
