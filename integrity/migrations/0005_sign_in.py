"""登录."""

import django.db.models.manager
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrity', '0004_read_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='signed_out_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='终止登录时间'),
        ),
        migrations.AddField(
            model_name='historicalaccount',
            name='signed_out_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='终止登录时间'),
        ),
        migrations.CreateModel(
            name='UsedPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('password', models.CharField(max_length=128)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '曾用口令',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SignInAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True, verbose_name='时间')),
                ('name_digest', models.CharField(db_index=True, max_length=64)),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='地址')),
                ('outcome', models.CharField(choices=[('signed_in', '已登录'), ('failed', '未通过'), ('refused', '暂停登录')], max_length=10, verbose_name='结果')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账户')),
            ],
            options={
                'verbose_name': '登录记录',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['name_digest', '-at'], name='sign_in_by_name'), models.Index(fields=['address', '-at'], name='sign_in_by_address')],
            },
        ),
        migrations.AlterModelManagers(
            name='appraisal',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='assessment',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='breach',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='commitment',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='decision',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='honour',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='integrityfile',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='integritynote',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='licence',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='listentry',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='objection',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='penalty',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='penaltyremedy',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='personalmattersreport',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='post',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='practitionercommitment',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='practitionerhonour',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='practitionerrecord',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='qualification',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='remedy',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='statement',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='training',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelManagers(
            name='useentry',
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('followed', django.db.models.manager.Manager()),
            ],
        ),
    ]
