"""Good models of the demonstration: plainly made up, in both languages, so that the library can be tried."""

from handlers.desk import Desk
from handlers.desk.allocations import Wording, Writing
from handlers.desk.office import Official

WRITINGS = (
    Writing(
        Wording(
            "Nuôi gà thả vườn (mẫu)", "Nuôi khoảng ba chục con gà ta quanh nhà, bán dần vào dịp lễ, Tết.",
            "Một người, sáng và chiều", "Vườn rào kín, chuồng che mưa", "Dịch bệnh; cần tiêm phòng, không thả chung",
            "Dữ liệu mẫu, không phải nơi thật",
        ),
        Wording(
            "Free-range chickens (sample)",
            "Keep some thirty local chickens around the house, sell them before feasts.",
            "One person, mornings and evenings", "A fenced garden, a shed against rain",
            "Disease; vaccinate, keep them apart from others", "Sample data, no real place",
        ),
        4_000_000, "garden", "light",
    ),
    Writing(
        Wording(
            "Đan giỏ tre tại nhà (mẫu)", "Nhận nguyên liệu, đan giỏ ở nhà, giao lại mỗi tuần.",
            "Một người, làm lúc rảnh", "Một góc nhà khô ráo", "Đầu ra ít dần khi hết mùa du lịch",
            "Dữ liệu mẫu, không phải nơi thật",
        ),
        Wording(
            "Bamboo baskets at home (sample)",
            "Material is brought, baskets are woven at home and collected every week.",
            "One person, in spare hours", "A dry corner of the house", "Fewer orders outside the tourist season",
            "Sample data, no real place",
        ),
        0, "none", "light",
    ),
    Writing(
        Wording(
            "Trồng nấm rơm (mẫu)", "Ủ rơm sau vụ gặt, chăm hai tuần, hái bán ở chợ gần nhà.",
            "Hai người, khỏe", "Nhà che vài chục mét vuông", "Mưa lạnh thì nấm không lên",
            "Dữ liệu mẫu, không phải nơi thật",
        ),
        None, 8_000_000, "field", "two",
    ),
)  # fmt: skip


def fill(desk: "Desk", writer: Official, approver: Official) -> None:
    """Write the models in one official's name and approve all but the last in another's, who may do so."""
    written = [desk.of(writer).models.begin(writing) for writing in WRITINGS]
    models = desk.of(approver).models
    for model_id in written[:-1]:
        found = models.find(model_id or "")
        if found is not None:
            models.approve(found.id, found.seen)
