"""岗位授权的提出与批准."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrity", "0002_domain")]
    operations = []
