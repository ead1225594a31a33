"""登录."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrity", "0004_read_log")]
    operations = []
