"""Good models of the demonstration: plainly made up, in both languages, so that the library can be tried."""

from handlers.desk import Desk
from handlers.desk.allocations import Wording, Writing
from handlers.desk.office import Official

WRITINGS = (
    Writing(
        vi=Wording(
            title="Nuôi gà thả vườn (mẫu)",
            what="Nuôi khoảng ba chục con gà ta quanh nhà, bán dần vào dịp lễ, Tết.",
            labour="Một người, sáng và chiều",
            area="Vườn rào kín, chuồng che mưa",
            risk="Dịch bệnh; cần tiêm phòng, không thả chung",
            where="Dữ liệu mẫu, không phải nơi thật",
        ),
        en=Wording(
            title="Free-range chickens (sample)",
            what="Keep some thirty local chickens around the house, sell them before feasts.",
            labour="One person, mornings and evenings",
            area="A fenced garden, a shed against rain",
            risk="Disease; vaccinate, keep them apart from others",
            where="Sample data, no real place",
        ),
        cost=4_000_000,
        land="garden",
        work="light",
    ),
    Writing(
        vi=Wording(
            title="Đan giỏ tre tại nhà (mẫu)",
            what="Nhận nguyên liệu, đan giỏ ở nhà, giao lại mỗi tuần.",
            labour="Một người, làm lúc rảnh",
            area="Một góc nhà khô ráo",
            risk="Đầu ra ít dần khi hết mùa du lịch",
            where="Dữ liệu mẫu, không phải nơi thật",
        ),
        en=Wording(
            title="Bamboo baskets at home (sample)",
            what="Material is brought, baskets are woven at home and collected every week.",
            labour="One person, in spare hours",
            area="A dry corner of the house",
            risk="Fewer orders outside the tourist season",
            where="Sample data, no real place",
        ),
        cost=0,
        land="none",
        work="light",
    ),
    Writing(
        vi=Wording(
            title="Trồng nấm rơm (mẫu)",
            what="Ủ rơm sau vụ gặt, chăm hai tuần, hái bán ở chợ gần nhà.",
            labour="Hai người, khỏe",
            area="Nhà che vài chục mét vuông",
            risk="Mưa lạnh thì nấm không lên",
            where="Dữ liệu mẫu, không phải nơi thật",
        ),
        en=None,
        cost=8_000_000,
        land="field",
        work="two",
    ),
)


def fill(desk: "Desk", writer: Official, approver: Official) -> None:
    """Write the models in one official's name and approve all but the last in another's, who may do so."""
    written = [desk.of(writer).models.begin(writing) for writing in WRITINGS]
    models = desk.of(approver).models
    for model_id in written[:-1]:
        found = models.find(model_id or "")
        if found is not None:
            models.approve(found.id, found.seen)
