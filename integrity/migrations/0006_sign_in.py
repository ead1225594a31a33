"""登录."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrity", "0005_read_log")]
    operations = []
