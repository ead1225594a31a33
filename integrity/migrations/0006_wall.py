"""第二道墙：PostgreSQL 行级安全."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrity", "0005_sign_in")]
    operations = []
