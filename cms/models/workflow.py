"""Review of pages by another person 四眼原则 (H18; 政府信息公开条例 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.locks import WorkflowLock
from wagtail.models import AbstractGroupApprovalTask, Page, Revision, TaskState, WorkflowState

from cms.personal_data.checking import refuse_numbers, refuse_undecided
from cms.vocabulary import GROUPS
from integrity.choices import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from integrity.models import Account


class ReviewLock(WorkflowLock):
    """The lock of a page under review 审查中锁定. Wagtail's words would let reviewers edit; nobody may here."""

    def get_message(self, user: Account) -> str:
        return str(
            _("本页正在办理“%(step)s”，正文锁定，任何人不得改动；需要改动的，退回采编。") % {"step": self.task.name}
        )

    def get_locked_by(self, user: Account, can_lock: bool = False) -> str:
        return str(_("审查中锁定"))

    def get_description(self, user: Account, can_lock: bool = False) -> str:
        return str(_("审查期间任何人不得改动正文"))


class SecondPersonTask(AbstractGroupApprovalTask):
    """A step that nobody may take who wrote, submitted or already passed the same text 非同一人审查.

    While the step is open the text stands still: Wagtail publishes the LATEST revision, not the approved one, so
    a change made during review would be published without ever having been reviewed.
    """

    class Meta:
        verbose_name = _("非同一人审查")
        verbose_name_plural = _("非同一人审查")

    lock_class = ReviewLock

    def locked_for_user(self, obj: Page, user: Account) -> bool:
        return True

    def user_can_lock(self, obj: Page, user: Account) -> bool:
        return False

    def get_actions(self, obj: Page, user: Account) -> list[tuple[str, str, bool]]:
        if not self._user_in_groups(user) or self.bars(obj, user):
            return []
        state: WorkflowState = obj.current_workflow_state
        passing = _("通过并发布") if state.is_at_final_task else _("通过")
        return [
            ("approve", str(passing), False),
            ("approve", str(_("附意见%(passing)s") % {"passing": passing}), True),
            ("reject", str(_("退回修改")), True),
        ]

    def on_action(self, task_state: TaskState, user: Account, action_name: str, **kwargs: Any) -> None:
        """Asked again where the act is done: hidden buttons are no rule."""
        if not self.get_actions(task_state.workflow_state.content_object, user):
            raise PermissionDenied(_("编写、提交或已审过本文的人不得办理这一步。"))
        if action_name == "approve":
            self.check_personal_data(task_state.revision.as_object())
        super().on_action(task_state, user, action_name, **kwargs)

    def start(self, workflow_state: WorkflowState, user: Account | None = None) -> TaskState:
        """A page with numbers of persons is under no review, whichever way it was submitted."""
        refuse_numbers(workflow_state.content_object.get_latest_revision_as_object())
        state: TaskState = super().start(workflow_state, user=user)
        return state

    def check_personal_data(self, page: Page) -> None:
        """Numbers stop every step; names and files wait for the secrecy reviewer and go no further undecided."""
        before_secrecy = Role.EDITOR in self.roles()
        (refuse_numbers if before_secrecy else refuse_undecided)(page)

    def get_task_states_user_can_moderate(self, user: Account, **kwargs: Any) -> QuerySet[TaskState]:
        states: QuerySet[TaskState] = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        if not self._user_in_groups(user):
            states = states.none()
        barred = [
            state.pk
            for state in states.select_related("workflow_state")
            if self.bars(state.workflow_state.content_object, user)
        ]
        allowed: QuerySet[TaskState] = states.exclude(pk__in=barred)
        return allowed

    def roles(self) -> list[Role]:
        """The roles whose groups take this step."""
        names = {name.partition("·")[0] for name in self.groups.values_list("name", flat=True)}
        return [role for role, name in GROUPS.items() if name in names]

    def works_on(self, obj: Page, user: Account) -> bool:
        """Whether the page lies in a section where this person holds the role of the step today."""
        from cms.permissions import works_on  # it sets up tasks, this is one

        return any(works_on(user, obj, role) for role in self.roles())

    def user_can_access_editor(self, obj: Page, user: Account) -> bool:
        return self._user_in_groups(user) and self.works_on(obj, user)

    def bars(self, obj: Page, user: Account) -> bool:
        """Whether this person had a hand in the text under review."""
        state: WorkflowState | None = obj.current_workflow_state
        if state is None or state.requested_by_id == user.pk or not self.works_on(obj, user):
            return True
        written: QuerySet[Revision] = Revision.objects.for_instance(obj).filter(user_id=user.pk)
        if obj.live_revision_id:
            written = written.filter(pk__gt=obj.live_revision_id)
        if written.exists():
            return True
        passed = state.task_states.filter(finished_by_id=user.pk, status=TaskState.STATUS_APPROVED)
        return bool(passed.exclude(task_id=self.pk).exists())

    @classmethod
    def get_description(cls) -> str:
        return str(_("所选用户组的成员可以办理；编写、提交或已审过本文的人除外"))
