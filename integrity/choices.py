"""Closed vocabularies 代码表: each with its national standard or statute; open ones (professions, lists) are rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Grade(models.IntegerChoices):
    """Sensitivity grade 数据分级 (数据安全法 21; domain §9). State secrets never enter."""

    PUBLIC = 1, _("S1 公开")
    INTERNAL = 2, _("S2 内部")
    SENSITIVE = 3, _("S3 敏感")
    STRICT = 4, _("S4 严格")
    SEALED = 5, _("S5 封存")


class Level(models.IntegerChoices):
    """The five levels of organisation 五级 (省–市(州)–县–乡–村)."""

    PROVINCE = 1, _("省级")
    PREFECTURE = 2, _("市（州）级")
    COUNTY = 3, _("县级")
    TOWNSHIP = 4, _("乡级")
    VILLAGE = 5, _("村级")


class OrganKind(models.TextChoices):
    """What kind of body an organisation is: decides which decisions it is competent for (公务员法 2, 监察法 7)."""

    PARTY_COMMITTEE = "party_committee", _("党委（党组）")
    ORGANISATION_DEPARTMENT = "organisation_department", _("组织部门")
    DISCIPLINE_INSPECTION = "discipline_inspection", _("纪委监委")
    GOVERNMENT = "government", _("人民政府")
    GOVERNMENT_DEPARTMENT = "government_department", _("政府工作部门")
    COURT = "court", _("人民法院")
    PROCURATORATE = "procuratorate", _("人民检察院")
    PROFESSION_ASSOCIATION = "association", _("行业协会")
    VILLAGE_COMMITTEE = "village_committee", _("村（居）民委员会")
    OTHER = "other", _("其他机关")


class RelationKind(models.TextChoices):
    """Dated relations between organisations 机构关系."""

    SUBORDINATION = "subordination", _("隶属")
    MANAGING_AUTHORITY = "managing_authority", _("干部管理权限")
    STATIONED = "stationed", _("派驻")
    VERTICAL = "vertical", _("垂直管理")
    GUIDANCE = "guidance", _("业务指导")
    SUCCESSOR = "successor", _("承继")


class NameKind(models.TextChoices):
    """Dated name rows of a subject 姓名 (2016 notice of twelve ministries on the interpunct)."""

    LEGAL = "legal", _("现用名")
    FORMER = "former", _("曾用名")
    TIBETAN = "tibetan", _("藏文名")
    VARIANT = "variant", _("异体写法")
    ALIAS = "alias", _("别名")


class IdentifierKind(models.TextChoices):
    """Identity documents 身份证件 (GB 11643-1999 for the first three)."""

    IDENTITY_NUMBER = "identity_number", _("公民身份号码")
    RESIDENCE_PERMIT = "residence_permit", _("港澳台居民居住证")
    HISTORICAL_15 = "historical_15", _("15 位身份证号码（历史）")
    FOREIGN_PERMIT = "foreign_permit", _("外国人永久居留身份证")
    PASSPORT = "passport", _("护照")
    SOURCE_KEY = "source_key", _("来源系统编号")


class FileStatus(models.TextChoices):
    """Status of an integrity file 档案状态."""

    DRAFT = "draft", _("待建立")
    ESTABLISHED = "established", _("在管")
    FROZEN = "frozen", _("冻结")
    TRANSFERRED = "transferred", _("已转出")
    ARCHIVED = "archived", _("已归档")


class ServiceStatus(models.TextChoices):
    """Personnel status 人员状态 (公务员法 ch. 5, 12, 13, 14)."""

    PROBATION = "probation", _("试用期")
    SERVING = "serving", _("在职")
    SECONDED = "seconded", _("挂职/借调")
    SUSPENDED = "suspended", _("停职")
    MOVED_OUT = "moved_out", _("调出")
    RESIGNED = "resigned", _("辞去公职")
    DISMISSED = "dismissed", _("辞退")
    EXPELLED = "expelled", _("开除")
    RETIRED = "retired", _("退休")
    DECEASED = "deceased", _("死亡")
    UNKNOWN = "unknown", _("未载明")


class ServantKind(models.TextChoices):
    """Who may have a file 建档对象 (公务员法 2, 112; H7)."""

    CIVIL_SERVANT = "civil_servant", _("公务员")
    REFERENCE_MANAGED = "reference_managed", _("参照公务员法管理人员")


class PostCategory(models.TextChoices):
    """Post categories 职位类别 (公务员法 16)."""

    GENERAL = "general", _("综合管理类")
    TECHNICAL = "technical", _("专业技术类")
    ENFORCEMENT = "enforcement", _("行政执法类")
    JUDGE = "judge", _("法官")
    PROCURATOR = "procurator", _("检察官")
    POLICE = "police", _("人民警察")


class LeadingPost(models.IntegerChoices):
    """Leading post levels 领导职务层次 (公务员法 18); the lower the number the higher the post."""

    NATIONAL_CHIEF = 1, _("国家级正职")
    NATIONAL_DEPUTY = 2, _("国家级副职")
    PROVINCIAL_CHIEF = 3, _("省部级正职")
    PROVINCIAL_DEPUTY = 4, _("省部级副职")
    BUREAU_CHIEF = 5, _("厅局级正职")
    BUREAU_DEPUTY = 6, _("厅局级副职")
    COUNTY_CHIEF = 7, _("县处级正职")
    COUNTY_DEPUTY = 8, _("县处级副职")
    TOWNSHIP_CHIEF = 9, _("乡科级正职")
    TOWNSHIP_DEPUTY = 10, _("乡科级副职")


class Rank(models.IntegerChoices):
    """Ranks of general-management civil servants 职级序列 (公务员法 19)."""

    INSPECTOR_1 = 1, _("一级巡视员")
    INSPECTOR_2 = 2, _("二级巡视员")
    RESEARCHER_1 = 3, _("一级调研员")
    RESEARCHER_2 = 4, _("二级调研员")
    RESEARCHER_3 = 5, _("三级调研员")
    RESEARCHER_4 = 6, _("四级调研员")
    SENIOR_CLERK_1 = 7, _("一级主任科员")
    SENIOR_CLERK_2 = 8, _("二级主任科员")
    SENIOR_CLERK_3 = 9, _("三级主任科员")
    SENIOR_CLERK_4 = 10, _("四级主任科员")
    CLERK_1 = 11, _("一级科员")
    CLERK_2 = 12, _("二级科员")


class RecordState(models.TextChoices):
    """Legal life of a record 记录状态 (domain §15, Record)."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已审核")
    NOTIFIED = "notified", _("已告知")
    IN_FORCE = "in_force", _("生效中")
    EXPIRED = "expired", _("期满")
    LIFTED = "lifted", _("已解除")
    AMENDED = "amended", _("已变更")
    SUSPENDED = "suspended", _("停止执行")
    REVOKED = "revoked", _("已撤销")
    VOIDED = "voided", _("录入作废")
    ARCHIVED = "archived", _("已归档")
    DISCARDED = "discarded", _("草稿作废")

    @classmethod
    def unapproved(cls) -> tuple[RecordState, ...]:
        """States seen by the author and the reviewer only (H2); a draft that is thrown away stays one of them."""
        return (cls.DRAFT, cls.SUBMITTED, cls.RETURNED, cls.DISCARDED)

    @classmethod
    def open(cls) -> tuple[RecordState, ...]:
        """Drafts that somebody still has to do something about."""
        return (cls.DRAFT, cls.SUBMITTED, cls.RETURNED)

    @classmethod
    def thrown_away(cls) -> tuple[RecordState, ...]:
        """Entered by mistake: before anybody approved it, or after."""
        return (cls.DISCARDED, cls.VOIDED)

    @classmethod
    def effective(cls) -> tuple[RecordState, ...]:
        """States in which a decision has effect if its dates say so."""
        return (cls.APPROVED, cls.NOTIFIED, cls.IN_FORCE)


class PublicationState(models.TextChoices):
    """Life of a publication 公示状态 (domain §15, Publication)."""

    PROPOSED = "proposed", _("已提出")
    REVIEWED = "reviewed", _("已审查")
    NOTICED = "noticed", _("已告知当事人")
    PUBLISHED = "published", _("公示中")
    ANNOTATED = "annotated", _("公示中（有标注）")
    SUSPENDED = "suspended", _("暂停公示")
    WITHDRAWN = "withdrawn", _("已撤下")
    REFUSED = "refused", _("不予公示")

    @classmethod
    def shown(cls) -> tuple[PublicationState, ...]:
        return (cls.PUBLISHED, cls.ANNOTATED)


class WithdrawalReason(models.TextChoices):
    """Why a publication ended 撤下原因 (行政处罚法 48; domain §15)."""

    EXPIRED = "expired", _("公示期满")
    REPAIRED = "repaired", _("信用修复")
    CHANGED = "changed", _("决定变更")
    REVOKED = "revoked", _("决定撤销")
    ERROR = "error", _("公示有误")
    OBJECTION = "objection", _("异议成立")
    DEATH = "death", _("当事人死亡")
    ORDER = "order", _("依法定要求")


class PublicationClass(models.TextChoices):
    """Classes of misconduct for publication 失信等级 (信用修复管理办法, NDRC order 36)."""

    MINOR = "minor", _("轻微")
    GENERAL = "general", _("一般")
    SERIOUS = "serious", _("严重")


class DecisionFamily(models.TextChoices):
    """Families of decisions on civil servants (domain §5)."""

    GOVERNMENT_DISCIPLINE = "government_discipline", _("政务处分（处分）")
    PARTY_DISCIPLINE = "party_discipline", _("党纪处分")
    ORGANISATIONAL = "organisational", _("组织处理")
    ADMONITION = "admonition", _("诫勉")
    CRIMINAL = "criminal", _("刑事判决")
    UNCLASSIFIED = "unclassified", _("待定")


class DecisionKind(models.TextChoices):
    """Kinds of decisions on civil servants 决定种类 (政务处分法 7; 公务员法 62; 纪律处分条例; 组织处理规定).

    The period, authority and remedies of each kind are RuleSet rows, never constants.
    """

    WARNING = "gd_warning", _("警告")
    DEMERIT = "gd_demerit", _("记过")
    MAJOR_DEMERIT = "gd_major_demerit", _("记大过")
    DEMOTION = "gd_demotion", _("降级")
    REMOVAL = "gd_removal", _("撤职")
    EXPULSION = "gd_expulsion", _("开除")
    PARTY_WARNING = "pd_warning", _("党内警告")
    PARTY_SERIOUS_WARNING = "pd_serious_warning", _("党内严重警告")
    PARTY_REMOVAL = "pd_removal", _("撤销党内职务")
    PARTY_PROBATION = "pd_probation", _("留党察看")
    PARTY_EXPULSION = "pd_expulsion", _("开除党籍")
    SUSPENSION_FOR_REVIEW = "om_suspension", _("停职检查")
    TRANSFER_OF_POST = "om_transfer", _("调整职务")
    ORDERED_RESIGNATION = "om_ordered_resignation", _("责令辞职")
    REMOVAL_FROM_POST = "om_removal", _("免职")
    REDUCTION_IN_RANK = "om_reduction", _("降职")
    ADMONITION = "admonition", _("诫勉")
    JUDGMENT = "judgment", _("刑事判决（生效）")
    UNCLASSIFIED = "unclassified", _("种类待定")

    @property
    def family(self) -> DecisionFamily:
        prefix = self.value.partition("_")[0]
        return {
            "gd": DecisionFamily.GOVERNMENT_DISCIPLINE,
            "pd": DecisionFamily.PARTY_DISCIPLINE,
            "om": DecisionFamily.ORGANISATIONAL,
            "admonition": DecisionFamily.ADMONITION,
            "judgment": DecisionFamily.CRIMINAL,
        }.get(prefix, DecisionFamily.UNCLASSIFIED)


class PenaltyKind(models.TextChoices):
    """Kinds of decisions on practitioners (行政处罚法 9; domain §6): what a profession allows is rows."""

    WARNING = "warning", _("警告")
    CRITICISM = "criticism", _("通报批评")
    FINE = "fine", _("罚款")
    CONFISCATION = "confiscation", _("没收违法所得")
    SUSPENSION = "suspension", _("暂停（停止）执业")
    REVOCATION = "revocation", _("吊销证照")
    WITHDRAWAL_OF_LICENCE = "withdrawal", _("撤销资格（登记）")
    BAN = "ban", _("从业禁止（市场禁入）")
    DISQUALIFICATION = "disqualification", _("取消申报资格")
    REGULATORY_MEASURE = "regulatory", _("监管措施")
    INDUSTRY_SANCTION = "industry", _("行业处分")
    JUDGMENT = "judgment", _("刑事判决（执业行为，生效）")
    UNCLASSIFIED = "unclassified", _("种类待定")


class LicenceState(models.TextChoices):
    """State of a licence 证照状态: 吊销 a penalty, 撤销 undoes a wrong grant, 注销 a formality, 丧失 by law."""

    VALID = "valid", _("有效")
    SUSPENDED = "suspended", _("暂停")
    CANCELLED = "cancelled", _("注销")
    REVOKED = "revoked", _("吊销")
    WITHDRAWN = "withdrawn", pgettext_lazy("证照状态", "撤销")
    LOST = "lost", _("丧失")
    LAPSED = "lapsed", _("期满未延续")
    UNKNOWN = "unknown", _("未载明")


class StatusBasis(models.TextChoices):
    """What makes somebody a practitioner of the profession 执业身份依据."""

    LICENCE = "licence", _("执业证")
    REGISTRATION = "registration", _("注册/登记")
    FILING = "filing", _("资格证加备案")
    QUALIFICATION = "qualification", _("资格证")
    APPROVED_POST = "approved_post", _("任职核准")
    NONE = "none", _("无证照（仅凭决定建档）")


class LawLevel(models.TextChoices):
    """Rank of a legal basis 法律位阶 (立法法)."""

    LAW = "law", _("法律")
    REGULATION = "regulation", _("行政法规")
    LOCAL = "local", _("地方性法规")
    RULE = "rule", _("部门规章")
    PARTY = "party", _("党内法规")
    POLICY = "policy", _("党和国家政策文件")
    STANDARD = "standard", _("国家标准")
    DESIGN = "design", _("系统设定")


class RuleKind(models.TextChoices):
    """What a dated rule row decides 规则类别."""

    EFFECT_PERIOD = "effect_period", _("影响期")
    COMPETENCE = "competence", _("决定机关")
    REMEDY = "remedy", _("救济途径")
    RESTRICTION = "restriction", _("期间限制")
    PUBLICATION_PERIOD = "publication_period", _("公示期限")
    REPORT_DUE = "report_due", _("个人有关事项报告期限")
    COMMITMENT_PERIOD = "commitment_period", _("离职从业限制期限")
    OBJECTION_LIMIT = "objection_limit", _("异议处理期限")
    DISCLOSURE_LIMIT = "disclosure_limit", _("信息公开期限")
    ACCESS_LIMIT = "access_limit", _("访问管理限度")
    ERASURE_GROUND = "erasure_ground", _("删除事由")
    RETENTION = "retention", _("保存期限")
    REQUEST_REPLY = "request_reply", _("依申请公开答复")
    SURVEY = "survey", _("满意度调查")


class ReportKind(models.TextChoices):
    """Personal-matters reports 个人有关事项报告 (规定 2017, revised 2023)."""

    YEARLY = "yearly", _("年度报告")
    CHANGE = "change", _("变更报告")
    NEW_POST = "new_post", _("新任报告")


class ReportCheck(models.TextChoices):
    NONE = "none", _("未查核")
    RANDOM = "random", _("随机抽查")
    FOCUSED = "focused", _("重点查核")


class ReportResult(models.TextChoices):
    """Result of a check: 漏报 and 隐瞒不报 are adverse and need a decision (H2)."""

    PENDING = "pending", _("尚无结果")
    TRUTHFUL = "truthful", _("如实报告")
    OMITTED = "omitted", _("漏报")
    CONCEALED = "concealed", _("隐瞒不报")


class IntegrityNoteKind(models.TextChoices):
    """Integrity notes 廉政记录: documents served on the subject only; no 谈话函询."""

    PRE_APPOINTMENT_TALK = "pre_appointment_talk", _("任前廉政谈话")
    REMINDER = "reminder", _("提醒")
    GIFT_REGISTERED = "gift_registered", _("礼品礼金登记上交")
    ACCOUNTABILITY_AUDIT = "accountability_audit", _("经济责任审计结论")


class AppraisalGrade(models.TextChoices):
    """Yearly appraisal grades 年度考核等次 (公务员法 38): facts of a decision, never a score (H1)."""

    EXCELLENT = "excellent", _("优秀")
    COMPETENT = "competent", _("称职")
    BASICALLY_COMPETENT = "basically_competent", _("基本称职")
    INCOMPETENT = "incompetent", _("不称职")
    UNDETERMINED = "undetermined", _("不确定等次")


class FindingKind(models.TextChoices):
    """What a breach rests on 违约认定依据: an effective judgment, award or written finding."""

    JUDGMENT = "judgment", _("生效判决")
    AWARD = "award", _("仲裁裁决")
    WRITTEN_FINDING = "written_finding", _("书面认定")


class TrainingTheme(models.TextChoices):
    INTEGRITY = "integrity", _("诚信")
    RULE_OF_LAW = "rule_of_law", _("法治")
    ETHICS = "ethics", _("职业道德")
    PROBITY = "probity", _("廉政")


class HonourKind(models.TextChoices):
    """Honours 奖励 (公务员法 53); revocable (56, H15)."""

    COMMENDATION = "commendation", _("嘉奖")
    MERIT_3 = "merit_3", _("记三等功")
    MERIT_2 = "merit_2", _("记二等功")
    MERIT_1 = "merit_1", _("记一等功")
    TITLE = "title", _("授予称号")
    OTHER = "other", _("其他表彰")


class CommitmentKind(models.TextChoices):
    """Commitments 承诺 (公务员法 107 for the last)."""

    INTEGRITY = "integrity", _("诚信承诺")
    PROBITY = "probity", _("廉洁承诺")
    SERVICE = "service", _("服务承诺")
    POST_EMPLOYMENT = "post_employment", _("离职从业限制承诺")


class CommitmentOutcome(models.TextChoices):
    PERFORMING = "performing", _("履行中")
    FULFILLED = "fulfilled", _("已履行")
    BREACHED = "breached", _("违反（经认定）")


class RemedyKind(models.TextChoices):
    """Remedies against a decision 救济 (监察法 56; 公务员法 95–96; 行政复议法; 行政诉讼法)."""

    REEXAMINATION = "reexamination", _("复审")
    REVIEW = "review", _("复核")
    APPEAL = "appeal", _("申诉")
    FURTHER_APPEAL = "further_appeal", _("再申诉")
    RECONSIDERATION = "reconsideration", _("行政复议")
    SUIT = "suit", _("行政诉讼")
    PARTY_APPEAL = "party_appeal", _("党内申诉")


class RemedyOutcome(models.TextChoices):
    PENDING = "pending", _("办理中")
    UPHELD = "upheld", _("维持")
    CHANGED = "changed", _("变更")
    REVOKED = "revoked", pgettext_lazy("救济结果", "撤销")
    REMADE = "remade", _("责令重新作出")
    DECLARED_UNLAWFUL = "declared_unlawful", _("确认违法")
    DECLARED_INVALID = "declared_invalid", _("确认无效")
    WITHDRAWN = "withdrawn", _("撤回")


class ObjectionState(models.TextChoices):
    """Life of an objection 异议 (domain §15)."""

    RECEIVED = "received", _("已收到")
    SUPPLEMENT_ASKED = "supplement_asked", _("待补正")
    LAPSED = "lapsed", _("逾期未补正")
    ACCEPTED = "accepted", _("已受理")
    REFUSED = "refused", _("不予受理")
    MARKED = "marked", _("已标注")
    CHECKING = "checking", _("核查中")
    UPHELD = "upheld", _("成立")
    PARTLY = "partly", _("部分成立")
    DISMISSED = "dismissed", _("不成立")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")

    @classmethod
    def open(cls) -> tuple[ObjectionState, ...]:
        return (cls.RECEIVED, cls.SUPPLEMENT_ASKED, cls.ACCEPTED, cls.MARKED, cls.CHECKING)


class ObjectionKind(models.TextChoices):
    WRONG_PERSON = "wrong_person", _("非本人")
    WRONG_TEXT = "wrong_text", _("内容有误")
    WRONG_PERIOD = "wrong_period", _("期限有误")
    OVERDUE = "overdue", _("逾期未撤下")
    UNLAWFUL_PUBLICATION = "unlawful_publication", _("不应公开")


class ListState(models.TextChoices):
    """Life of a list entry 名单状态 (国办发〔2020〕49号, 国办发〔2025〕22号; domain §15)."""

    PROPOSED = "proposed", _("拟列入")
    NOTICED = "noticed", _("已告知")
    STATEMENT = "statement", _("陈述申辩")
    DECIDED = "decided", _("已决定")
    SERVED = "served", _("已送达")
    DROPPED = "dropped", _("不予列入")
    LISTED = "listed", _("在列")
    REMOVED = "removed", _("已移出")


class NoticeChannel(models.TextChoices):
    """How a document was served 送达方式 (民事诉讼法 ch. 7 by reference of 行政处罚法 61)."""

    IN_PERSON = "in_person", _("直接送达")
    POST = "post", _("邮寄送达")
    ELECTRONIC = "electronic", _("电子送达")
    LEFT = "left", _("留置送达")
    ANNOUNCEMENT = "announcement", _("公告送达")


class Role(models.TextChoices):
    """Roles 角色 (domain §10). The three administrators are separated and read no content (三员分立)."""

    CLERK = "clerk", _("档案经办")
    REVIEWER = "reviewer", _("档案审核")
    ORGANISATION_OFFICER = "organisation_officer", _("公务员主管部门")
    INSPECTOR = "inspector", _("纪检监察")
    REGULATOR = "regulator", _("行业监管")
    OBJECTION_OFFICER = "objection_officer", _("异议处理")
    TIP_DESK = "tip_desk", _("举报受理")
    EDITOR = "editor", _("信息采编")
    SECRECY_REVIEWER = "secrecy_reviewer", _("保密与个人信息审查")
    PUBLISHER = "publisher", _("信息发布")
    REQUEST_OFFICER = "request_officer", _("依申请公开承办")
    REQUEST_HEAD = "request_head", _("依申请公开负责人")
    EXCHANGE_OPERATOR = "exchange_operator", _("交换操作")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")

    @classmethod
    def administrators(cls) -> tuple[Role, ...]:
        return (cls.SYSTEM_ADMIN, cls.SECURITY_ADMIN, cls.AUDIT_ADMIN)


class Act(models.TextChoices):
    """What somebody does to content; every door asks access for one of these."""

    LIST = "list", _("列表")
    READ = "read", _("查看")
    SEARCH = "search", _("检索")
    REVEAL = "reveal", _("查看证件号码")
    EXPORT = "export", _("导出")
    ESTABLISH = "establish", _("建档")
    ENTER = "enter", _("录入")
    APPROVE = "approve", _("审核")
    REVOKE = "revoke", _("变更撤销")
    IMPORT = "import", _("批量导入")
    PROPOSE = "propose", _("提出公示")
    REVIEW_PUBLICATION = "review_publication", _("公示审查")
    SERVE = "serve", _("告知送达")
    PUBLISH = "publish", _("公示")
    OBJECT = "object", _("提出异议")
    GRANT = "grant", _("授权")
    ERASE = "erase", _("删除")
    HANDLE = "handle", _("办理公开申请")
    SIGN = "sign", _("签发公开答复")
    COMPOSE = "compose", _("编制调查")


class BatchState(models.TextChoices):
    """Life of an import batch 导入批次."""

    PREVIEWED = "previewed", _("已预览")
    RUNNING = "running", _("导入中")
    INTERRUPTED = "interrupted", _("中断")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


class RowOutcome(models.TextChoices):
    CREATED = "created", _("新增")
    CHANGED = "changed", _("变更")
    UNCHANGED = "unchanged", _("未变")
    REJECTED = "rejected", _("拒收")


class ChangeKind(models.TextChoices):
    """Changes of access that need a second person 授权变更事项 (H18)."""

    OPEN = "open", _("开设账户")
    ASSIGN = "assign", _("岗位授权")
    ALTER = "alter", _("变更级别或期限")
    PLACE = "place", _("变更所在单位")
    LINK = "link", _("关联本人档案")
    REACTIVATE = "reactivate", _("恢复账户")
    RESET_FACTOR = "reset_factor", _("重置第二因子")
    RESET_PASSWORD = "reset_password", _("签发设置口令的链接")
    END_RECUSAL = "end_recusal", _("终止回避")
    LINK_PROVIDER = "link_provider", _("关联统一身份")


class CaseRequestKind(models.TextChoices):
    """What an officer asks for of a case 办案申请."""

    OPEN = "open", _("登记案件")
    EXTEND = "extend", _("延长办案期限")


class ChangeState(models.TextChoices):
    """Life of such a request 申请状态."""

    PROPOSED = "proposed", _("待决定")
    CONFIRMED = "confirmed", _("已批准")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


class RecusalKind(models.TextChoices):
    """Why somebody keeps away 回避事由 (政务处分法 47, 公务员法 76)."""

    CONFLICT = "conflict", _("利害关系")
    KINSHIP = "kinship", _("亲属关系")
    CASE = "case", _("曾任证人、办案人员等")
    IMPOSED = "imposed", _("责令回避")


class KinRelation(models.TextChoices):
    """Relatives before whom an official stands back 亲属关系 (公务员法 74, 76)."""

    SPOUSE = "spouse", _("夫妻")
    LINEAL = "lineal", _("直系血亲")
    COLLATERAL = "collateral", _("三代以内旁系血亲")
    AFFINITY = "affinity", _("近姻亲")


class EmergencyState(models.TextChoices):
    """Life of emergency reading 紧急查阅状态; its end is a moment, not a state."""

    ASKED = "asked", _("待批准")
    OPENED = "opened", _("已批准")
    REFUSED = "refused", _("未批准")
    CUT = "cut", _("提前终止")


class ErasureKind(models.TextChoices):
    """What is erased 删除范围."""

    FIELD = "field", _("单个字段")
    PERSON = "person", _("整个主体")
    ACTOR = "actor", _("经办人化名")


class ErasureState(models.TextChoices):
    """Life of a request for erasure 删除申请状态."""

    PROPOSED = "proposed", _("待决定")
    APPROVED = "approved", _("已批准，待执行")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")
    DONE = "done", _("已删除")


class HoldState(models.TextChoices):
    """Life of a legal hold 法律保全状态: set by one at once, lifted by two."""

    HELD = "held", _("保全中")
    LIFTING = "lifting", _("申请解除")
    LIFTED = "lifted", _("已解除")

    @classmethod
    def holding(cls) -> tuple[HoldState, ...]:
        return (cls.HELD, cls.LIFTING)


class ReviewResult(models.TextChoices):
    """What the review of emergency reading found 复核结论."""

    JUSTIFIED = "justified", _("理由成立")
    UNJUSTIFIED = "unjustified", _("理由不成立")


class SignInOutcome(models.TextChoices):
    """How an attempt to sign in went 登录结果."""

    SIGNED_IN = "signed_in", _("已登录")
    FAILED = "failed", _("未通过")
    REFUSED = "refused", _("暂停登录")


class UnusualReading(models.TextChoices):
    """Reading that is looked at afterwards 异常查阅规则; their figures are dated rows (access_limit)."""

    RATE = "rate", _("短时间大量查阅")
    OFF_HOURS = "off_hours", _("非工作时间查阅")
    COLLEAGUES = "colleagues", _("查阅本单位人员")
    NAMESAKES = "namesakes", _("反复查阅同名人员")
    REFUSALS = "refusals", _("多次被拒绝")
    OUT_OF_DUTY = "out_of_duty", _("离岗前后查阅")


class FindingState(models.TextChoices):
    """Review of unusual reading 审查状态."""

    OPEN = "open", _("待审查")
    EXPLAINED = "explained", _("已说明")
    ESCALATED = "escalated", _("已移送")


class ReadOutcome(models.TextChoices):
    SHOWN = "shown", _("已显示")
    REFUSED = "refused", _("已拒绝")


class RequestState(models.TextChoices):
    """Life of a request for information 依申请公开 (信息公开条例 29–37; domain §8)."""

    RECEIVED = "received", _("已收到")
    SUPPLEMENT_ASKED = "supplement_asked", _("待补正")
    LAPSED = "lapsed", _("逾期未补正")
    ACCEPTED = "accepted", _("办理中")
    CONSULTING = "consulting", _("征求第三方意见")
    EXTENDED = "extended", _("已延期")
    REPLIED = "replied", _("已答复")
    WITHDRAWN = "withdrawn", _("已撤回")
    CLOSED = "closed", _("已办结")

    @classmethod
    def open(cls) -> tuple[RequestState, ...]:
        """Somebody has to do something, or the applicant has."""
        return (cls.RECEIVED, cls.SUPPLEMENT_ASKED, cls.ACCEPTED, cls.CONSULTING, cls.EXTENDED)

    @classmethod
    def counting(cls) -> tuple[RequestState, ...]:
        """The office's own time runs."""
        return (cls.RECEIVED, cls.ACCEPTED, cls.EXTENDED)


class ApplicantKind(models.TextChoices):
    """Kinds of applicants, the columns of the yearly report 申请人类别 (国办公开办函〔2021〕30号)."""

    NATURAL = "natural", _("自然人")
    BUSINESS = "business", _("商业企业")
    RESEARCH = "research", _("科研机构")
    CHARITY = "charity", _("社会公益组织")
    LAW_SERVICE = "law_service", _("法律服务机构")
    OTHER = "other", _("其他组织")


class DeliveryForm(models.TextChoices):
    """How the answer is to come 获取方式 (信息公开条例 29, 40)."""

    ONLINE = "online", _("在本站查看和下载")
    POST = "post", _("邮寄")
    IN_PERSON = "in_person", _("自行领取")


class ReplyKind(models.TextChoices):
    """Kinds of replies (信息公开条例 36), as finely as the yearly report counts them; articles are rule rows."""

    ALREADY_PUBLIC = "already_public", _("已主动公开，告知获取方式")
    OPEN = "open", _("予以公开")
    PARTIAL = "partial", _("部分公开")
    STATE_SECRET = "state_secret", _("不予公开：属于国家秘密")
    FORBIDDEN = "forbidden", _("不予公开：其他法律行政法规禁止公开")
    SAFETY = "safety", _("不予公开：危及“三安全一稳定”")
    THIRD_PARTY = "third_party", _("不予公开：保护第三方合法权益")
    INTERNAL = "internal", _("不予公开：属于三类内部事务信息")
    PROCESS = "process", _("不予公开：属于四类过程性信息")
    CASE_FILE = "case_file", _("不予公开：属于行政执法案卷")
    SPECIAL_QUERY = "special_query", _("不予公开：属于行政查询事项")
    NOT_EXIST = "not_exist", _("信息不存在")
    OTHER_BODY = "other_body", _("不属于本机关负责公开")
    NOT_READY = "not_ready", _("没有现成信息，需要另行制作")
    UNCLEAR = "unclear", _("补正后申请内容仍不明确")
    PETITION = "petition", _("信访举报投诉类申请")
    REPEATED = "repeated", _("重复申请")
    PUBLICATION = "publication", _("要求提供公开出版物")
    EXCESSIVE = "excessive", _("无正当理由大量反复申请")
    CONFIRMATION = "confirmation", _("要求确认或重新出具已获取信息")
    FEE_UNPAID = "fee_unpaid", _("逾期未缴纳费用")
    OTHER = "other", _("其他")

    @classmethod
    def releasing(cls) -> tuple[ReplyKind, ...]:
        """With these the information itself goes out."""
        return (cls.OPEN, cls.PARTIAL)


class RequestEntryKind(models.TextChoices):
    """What happened to a request, in words 办理经过."""

    SUPPLEMENT_ASKED = "supplement_asked", _("告知补正")
    SUPPLEMENT = "supplement", _("申请人补正")
    ACCEPTED = "accepted", _("受理")
    OPINION_ASKED = "opinion_asked", _("书面征求第三方意见")
    OPINION = "opinion", _("第三方意见")
    EXTENSION_ASKED = "extension_asked", _("提请延期")
    EXTENDED = "extended", _("延长答复期限")
    NOT_EXTENDED = "not_extended", _("不同意延期")
    RETURNED = "returned", _("答复稿退回")
    WITHDRAWN = "withdrawn", _("申请人撤回")

    @classmethod
    def told(cls) -> tuple[RequestEntryKind, ...]:
        """What the applicant reads on the status page; the third party's words stay in the office."""
        return (cls.SUPPLEMENT_ASKED, cls.SUPPLEMENT, cls.EXTENDED, cls.WITHDRAWN)


class SurveyState(models.TextChoices):
    """Life of a survey 调查状态; that it is open on a day follows from its dates."""

    DRAFT = "draft", _("草稿")
    PROPOSED = "proposed", _("待发布")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤下")


class SurveyMode(models.TextChoices):
    """What keeps an answer from being given twice 防重方式."""

    DEVICE = "device", _("每台设备一次")
    CODE = "code", _("凭发放的一次性代码")


class Satisfaction(models.TextChoices):
    """How an option counts 计入方式: satisfaction = satisfied ÷ valid answers (domain §17)."""

    SATISFIED = "satisfied", _("计为满意")
    UNSATISFIED = "unsatisfied", _("计为不满意")
    NOT_VALID = "not_valid", _("不计入有效答卷")
