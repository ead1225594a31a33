"""案件授权申请、回避、紧急查阅."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrity", "0003_assignment_changes")]
    operations = []
